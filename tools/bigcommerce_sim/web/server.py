"""Running a store over HTTP: as the command does, or in a thread for tests."""

import contextlib
import json
import logging
import signal
import socket
import sys
import threading
from collections.abc import Iterator

import uvicorn

from bigcommerce_sim.store import SimulatedStore
from bigcommerce_sim.web.app import StoreApp
from bigcommerce_sim.web.connection import BreakableProtocol
from bigcommerce_sim.webhooks.driver import WebhookDriver

_STOP_WITHIN_S = 2


class _Server(uvicorn.Server):
    """Stop on SIGTERM and SIGINT with exit code 0; say when requests can come."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_ready.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self.handle_exit)
        yield


def run_server(store: SimulatedStore, host: str, port: int) -> None:
    """Serve until SIGTERM; print one JSON line when ready."""
    listening = _listen(host, port)
    url = _url(listening)
    server = _server(store)
    announcer = threading.Thread(target=_announce, args=(server, url), daemon=True)
    announcer.start()
    driver = WebhookDriver(store)
    driver.start()
    try:
        server.run([listening])
    finally:
        driver.stop()


@contextlib.contextmanager
def running(store: SimulatedStore, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve in a thread and yield the URL; webhooks are delivered in real time."""
    listening = _listen(host, port)
    server = _server(store)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    driver = WebhookDriver(store)
    thread.start()
    driver.start()
    try:
        if not server.is_ready.wait(10):
            raise RuntimeError("the server did not start")
        yield _url(listening)
    finally:
        driver.stop()
        server.should_exit = True
        thread.join(timeout=5)
        listening.close()


def _server(store: SimulatedStore) -> _Server:
    config = uvicorn.Config(
        StoreApp(store),
        http=BreakableProtocol,
        lifespan="off",
        log_config=None,
        log_level=logging.WARNING,
        access_log=False,
        date_header=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_WITHIN_S,
        timeout_keep_alive=75,  # idle clients should not meet a closing connection
    )
    return _Server(config)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=256)


def _url(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _announce(server: _Server, url: str) -> None:
    server.is_ready.wait()
    sys.stdout.write(json.dumps({"event": "ready", "url": url}) + "\n")
    sys.stdout.flush()
