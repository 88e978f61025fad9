"""The ASGI application: the API under `/stores/`, the control API and the page beside it."""

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Receive, Scope, Send

from bigcommerce_sim.exchange import Request, Response
from bigcommerce_sim.store import SimulatedStore
from bigcommerce_sim.web.compression import compressed
from bigcommerce_sim.web.connection import send_response
from bigcommerce_sim.web.control import control_routes
from bigcommerce_sim.web.page import page_routes

_LARGEST_BODY = 8 * 1024 * 1024


class StoreApp:
    """Hand API calls to the store, everything else to a small Starlette application."""

    def __init__(self, store: SimulatedStore) -> None:
        self._store = store
        self._rest: ASGIApp = Starlette(routes=[*control_routes(store), *page_routes(store)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith("/stores/"):
            await self._rest(scope, receive, send)
            return
        try:
            body = await _read_body(receive)
        except ClientDisconnect:
            return  # half a request is none
        too_large = body is None
        response = Response(413) if too_large else self._store.handle(_request(scope, body or b""))
        if self._store.settings.gzip:
            response = compressed(response, scope)
        await send_response(response, scope, receive, send)


async def _read_body(receive: Receive) -> bytes | None:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
        if size > _LARGEST_BODY:
            return None
        if not message.get("more_body", False):
            return b"".join(chunks)


def _request(scope: Scope, body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers={
            name.decode("latin-1").lower(): text.decode("latin-1")
            for name, text in scope["headers"]
        },
        body=body,
    )
