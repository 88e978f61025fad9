"""The HTTP API: requests become events of payload format 2.0 for the ingest function."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from deployed.stack import Function


@contextmanager
def gateway(ingest: Function, port: int = 0) -> Iterator[str]:
    """Yield the address at which webhooks reach the function, one after the other."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                answer = ingest.invoke(_event(self, body))
            self.send_response(answer["statusCode"])
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield "http://{}:{}".format(*server.server_address[:2])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _event(request: BaseHTTPRequestHandler, body: bytes) -> dict[str, Any]:
    is_exception = request.path.endswith("/exceptions")
    route = "POST /webhooks/{store_hash}" + "/exceptions" * is_exception
    return {
        "version": "2.0",
        "routeKey": route,
        "rawPath": request.path,
        "rawQueryString": "",
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "requestContext": {
            "http": {"method": "POST", "path": request.path},
            "routeKey": route,
            "stage": "$default",
        },
        "pathParameters": {"store_hash": request.path.split("/")[2]},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
