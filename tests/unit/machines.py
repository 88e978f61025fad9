"""One machine on a clock that tests turn, and what stands in for its stores."""

from __future__ import annotations

import io
import json
import logging
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fakes import NOON, TurnableClock
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceReader, BigCommerceStore
from orderwarden.domain.shop import OrderStatus
from orderwarden.domain.statuses import NAMES
from orderwarden.errors import OrderwardenError
from orderwarden.ports import Answer
from orderwarden_local.bootstrap import Machine
from orderwarden_local.configuration import Configuration, StoreConfiguration
from orderwarden_local.sqlite_changelog import SqliteChangelog
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.sqlite_state import SqliteState

STORE = "abc123"
CLIENT_SECRET = "client-secret-of-the-store"
WITHIN_S = 10.0
"""Nothing here takes a tenth of this; a test that waits so long has failed."""


class FakeReader(BigCommerceReader):
    """A store that tells its order statuses, or does not, and nothing else."""

    def __init__(self, answer: Mapping[int, str] | OrderwardenError = NAMES) -> None:
        """Answer this until it is changed."""
        self.answer = answer
        self.calls = 0

    def statuses(self) -> Answer[Mapping[int, OrderStatus]]:
        """Answer, and count."""
        self.calls += 1
        if isinstance(self.answer, OrderwardenError):
            raise self.answer
        return Answer({i: OrderStatus(i, name, name) for i, name in self.answer.items()}, NOON)

    def close(self) -> None:
        """Nothing is open."""


def a_store_configuration(store: str = STORE) -> StoreConfiguration:
    """Return what is configured of one store."""
    return StoreConfiguration(
        store=store,
        api_url="https://api.example.com",
        access_token="tok3n-never-shown",
        client_id="",
        client_secrets=(CLIENT_SECRET,),
        hook_secrets=(),
        proof="either",
        rules=None,
    )


def a_machine(
    folder: Path, readers: Mapping[str, FakeReader], clock: TurnableClock | None = None
) -> Machine:
    """Return a machine with these stores; a call by another client than these reaches nobody."""
    clock = clock or TurnableClock()
    database = Database(folder / "orderwarden.sqlite3")
    configured = {name: a_store_configuration(name) for name in readers}
    pacers = {name: Pacer(clock) for name in readers}
    stores = {
        name: BigCommerceStore(name, store.access_token, store.api_url, pacers[name], clock)
        for name, store in configured.items()
    }
    return Machine(
        configuration=Configuration(folder, "", 2, configured),
        clock=clock,
        database=database,
        queue=SqliteQueue(database, clock),
        receipts=SqliteReceipts(database, clock),
        changelog=SqliteChangelog(database),
        state=SqliteState(database),
        stores=stores,
        readers=readers,
        pacers=pacers,
    )


class LogLines(io.StringIO):
    """A stream for the log, whose readers may wait for a line."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._changed = threading.Condition()

    def write(self, text: str) -> int:
        """Keep text and wake whoever waits."""
        with self._changed:
            written = super().write(text)
            self._changed.notify_all()
            return written

    def events(self, name: str) -> list[Mapping[str, Any]]:
        """Return the events of this name so far."""
        lines = [json.loads(line) for line in self.getvalue().splitlines()]
        return [line for line in lines if line["event"] == name]

    def wait_for(self, name: str, count: int = 1) -> list[Mapping[str, Any]]:
        """Return the events of this name once there are so many."""
        self.wait_until(lambda: len(self.events(name)) >= count)
        return self.events(name)

    def wait_until(self, is_so: Callable[[], bool]) -> None:
        """Return once it is so; looked at whenever something was written."""
        with self._changed:
            assert self._changed.wait_for(is_so, WITHIN_S), self.getvalue()


def joined(thread: threading.Thread) -> bool:
    """Return whether a thread ended in time."""
    thread.join(WITHIN_S)
    return not thread.is_alive()


@contextmanager
def what_a_server_takes_is_given_back() -> Iterator[None]:
    """Put back what belongs to the process, and what a server in it has for itself."""
    heeded = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    handlers, hook = list(logging.getLogger().handlers), threading.excepthook
    yield
    for number, handler in heeded.items():
        signal.signal(number, handler)
    logging.getLogger().handlers[:] = handlers
    threading.excepthook = hook
