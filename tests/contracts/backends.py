"""What every contract is tested against; another backend joins as one more of `BACKENDS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from fakes import TurnableClock
from orderwarden.ports import Changelog, Queue, Receipts, State
from orderwarden_local.sqlite_changelog import SqliteChangelog
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.sqlite_state import SqliteState

MAX_RECEIVE_COUNT = 3


class Delivered(Protocol):
    """What a receive returns, as far as every backend tells."""

    @property
    def body(self) -> str: ...
    @property
    def receipt_handle(self) -> str: ...
    @property
    def receive_count(self) -> int: ...
    @property
    def sent_at(self) -> datetime: ...
    @property
    def group(self) -> str: ...


class ReceivableQueue(Queue, Protocol):
    """The queue with its other end, which on AWS is Lambda's and not ours.

    A message is buried by the receive after `MAX_RECEIVE_COUNT` others.
    """

    def receive(self, limit: int = 1, visibility_s: float = 30) -> Sequence[Delivered]: ...
    def delete(self, receipt_handle: str) -> bool: ...
    def change_visibility(self, receipt_handle: str, seconds: float) -> bool: ...
    def give_back(self, receipt_handle: str, seconds: float) -> bool: ...


@dataclass(frozen=True)
class Backend:
    """One of everything, empty, on a clock that the test turns."""

    queue: ReceivableQueue
    receipts: Receipts
    changelog: Changelog
    state: State
    clock: TurnableClock


def _sqlite(folder: Path) -> Iterator[Backend]:
    clock = TurnableClock()
    database = Database(folder / "orderwarden.sqlite3", wait_s=20)
    yield Backend(
        queue=SqliteQueue(database, clock, max_receive_count=MAX_RECEIVE_COUNT),
        receipts=SqliteReceipts(database, clock),
        changelog=SqliteChangelog(database),
        state=SqliteState(database),
        clock=clock,
    )
    database.close()


BACKENDS: dict[str, Callable[[Path], Iterator[Backend]]] = {"sqlite": _sqlite}
