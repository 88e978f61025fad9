"""The one-machine server: web, workers and housekeeping in one process."""

from __future__ import annotations

import json
import logging
import signal
import socket
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import uvicorn
from orderwarden.errors import ConfigurationError
from orderwarden.services.log_fields import where
from starlette.applications import Starlette

from orderwarden_local.bootstrap import Machine, ingest_service, process_service
from orderwarden_local.catching_up import CatchingUp
from orderwarden_local.health import health
from orderwarden_local.hook_keeper import HookKeeper
from orderwarden_local.housekeeping import Housekeeping
from orderwarden_local.structured_log import LibraryLog, LoggingNotifier, StructuredLog
from orderwarden_local.sweeping import Sweeping
from orderwarden_local.web import web_app
from orderwarden_local.workers import Workers

GRACE_S = 5
"""How long open requests may take after SIGTERM; ours are answered within 3 s."""


class _Server(uvicorn.Server):
    """Prints one line of JSON on stdout once it listens; a signal only asks it to stop."""

    def __init__(self, app: Starlette, url: str) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._url = url
        self.met_a_bug = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        sys.stdout.write(json.dumps({"event": "ready", "url": self._url}) + "\n")
        sys.stdout.flush()

    def heed_signals(self) -> None:
        """Stop at SIGTERM and SIGINT from now on, however early they come."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)

    def heed_bugs(self, log: StructuredLog) -> None:
        """Stop when a thread ends by a bug: no server is better than half of one."""

        def stop(ended: threading.ExceptHookArgs) -> None:
            name = ended.thread.name if ended.thread else None
            log.write("bug", thread=name, reason=where(ended.exc_value or ended.exc_type()))
            self.met_a_bug = self.should_exit = True

        threading.excepthook = stop

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Do nothing: uvicorn would raise the signal again, and die before work is finished."""
        yield


def serve(
    machine: Machine, log: StructuredLog, host: str, port: int, unchecked: Iterable[str]
) -> bool:
    """Serve until SIGTERM or SIGINT; what is in hand is finished first.

    Args:
        machine: The backend and its stores.
        log: Where everything is written that happens meanwhile, libraries' warnings included.
        host: Address to listen on.
        port: Port to listen on; 0 takes any free one.
        unchecked: Stores whose order statuses were not compared yet.

    Returns:
        False if a bug ended it, and not a signal.

    Raises:
        ConfigurationError: The address cannot be listened on.
    """
    notifier = LoggingNotifier(log)
    process = process_service(machine, notifier)
    hooks = HookKeeper(machine, notifier, log)
    workers = Workers(machine.queue, process, log, machine.configuration.workers)
    sweeping = Sweeping(machine, log, workers.wake)
    housekeeping = Housekeeping(machine, log, unchecked, hooks=hooks)
    catching_up = CatchingUp(machine, log)
    app = web_app(
        ingest_service(machine), lambda: health(machine), workers.wake, log, hooks.heed_exception
    )
    listening = _listen(host, port)
    logging.getLogger().addHandler(LibraryLog(log))
    shown = f"[{host}]" if ":" in host else host
    server = _Server(app, f"http://{shown}:{listening.getsockname()[1]}")
    server.heed_signals()
    server.heed_bugs(log)
    workers.start()
    housekeeping.start()
    catching_up.start()
    sweeping.start()
    try:
        server.run(sockets=[listening])
    finally:
        sweeping.stop()
        catching_up.stop()
        housekeeping.stop()
        workers.stop()
    log.write("stopped")
    return not server.met_a_bug


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen()  # two may bind to one address; only the first may listen
    except (OSError, UnicodeError) as error:  # a name that no resolver takes is a UnicodeError
        listening.close()
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({error}); choose another --host or --port"
        ) from error
    return listening
