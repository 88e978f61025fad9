"""The one-machine server: web, workers and housekeeping in one process."""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import uvicorn
from orderwarden.errors import ConfigurationError

from orderwarden_local.bootstrap import Machine, ingest_service, process_service
from orderwarden_local.health import health
from orderwarden_local.housekeeping import Housekeeping
from orderwarden_local.structured_log import LibraryLog, LoggingNotifier, StructuredLog
from orderwarden_local.web import web_app
from orderwarden_local.workers import Workers

GRACE_S = 5
"""How long open requests may take after SIGTERM; ours are answered within 3 s."""


class _Server(uvicorn.Server):
    """Prints one line of JSON on stdout once it listens; a signal only asks it to stop."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(json.dumps({"event": "ready", "url": self._url}) + "\n")
        sys.stdout.flush()

    def heed_signals(self) -> None:
        """Stop at SIGTERM and SIGINT from now on, however early they come."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: uvicorn would raise the signal again, and die before work is finished."""
        yield


def serve(machine: Machine, host: str, port: int, unchecked: Iterable[str]) -> None:
    """Serve until SIGTERM or SIGINT; what is in hand is finished first.

    Args:
        machine: The backend and its stores.
        host: Address to listen on.
        port: Port to listen on; 0 takes any free one.
        unchecked: Stores whose order statuses were not compared yet.

    Raises:
        ConfigurationError: The address cannot be listened on.
    """
    log = StructuredLog(machine.clock)
    logging.getLogger().addHandler(LibraryLog(log))
    notifier = LoggingNotifier(log)
    process = process_service(machine, notifier)
    workers = Workers(machine.queue, process, log, machine.configuration.workers)
    housekeeping = Housekeeping(machine, log, set(unchecked))
    app = web_app(ingest_service(machine), lambda: health(machine), workers.wake, log)
    listening = _listen(host, port)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{shown}:{listening.getsockname()[1]}"
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    server = _Server(config, url)
    server.heed_signals()
    workers.start()
    housekeeping.start()
    try:
        server.run(sockets=[listening])
    finally:
        housekeeping.stop()
        workers.stop()
        machine.database.close()
    log.write("stopped")


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({error.strerror}); choose another --port"
        ) from error
    return listening
