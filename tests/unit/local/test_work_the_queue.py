"""Waiting for the signals of a run, whoever works the queue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from contracts.builders import a_receipt
from fakes import TurnableClock
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.work_the_queue import Worked, wait_for


class ReceiptsThatMove(SqliteReceipts):
    """Ends one more receipt, in order, whenever somebody looks."""

    def __init__(self, folder: Path, clock: TurnableClock, order: list[str]) -> None:
        super().__init__(Database(folder / "state.sqlite3"), clock)
        self._order = order

    def look_up(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        if self._order:
            key = self._order.pop(0)
            self.replace(a_receipt(key, state=ReceiptState.DONE, outcome="no_match"), None)
        return super().look_up(keys)


def test_nothing_to_wait_for_takes_no_time(tmp_path: Path) -> None:
    clock = TurnableClock()

    worked = wait_for(ReceiptsThatMove(tmp_path, clock, []), clock, [])

    assert worked == Worked()
    assert clock.waits == ()


def test_signals_are_waited_for_until_the_last_has_ended(tmp_path: Path) -> None:
    clock = TurnableClock()
    receipts = ReceiptsThatMove(tmp_path, clock, ["k2", "other", "k1"])
    told: list[int] = []

    worked = wait_for(receipts, clock, ["k1", "k2"], told=told.append)

    assert worked == Worked({"k1": "no_match", "k2": "no_match"})
    assert told == [1, 2]


def test_a_parked_signal_is_not_waited_for(tmp_path: Path) -> None:
    clock = TurnableClock()
    receipts = ReceiptsThatMove(tmp_path, clock, [])
    held = a_receipt("k1")
    receipts.replace(held, None)
    receipts.replace(replace(held, state=ReceiptState.PARKED, outcome="paused"), held)

    worked = wait_for(receipts, clock, ["k1"])

    assert worked == Worked({"k1": "parked"})


def test_a_signal_that_fails_and_fails_is_not_waited_for(tmp_path: Path) -> None:
    clock = TurnableClock()
    receipts = ReceiptsThatMove(tmp_path, clock, [])
    receipts.replace(a_receipt("k1", state=ReceiptState.RELEASED, failures=3), None)

    worked = wait_for(receipts, clock, ["k1"])

    assert worked == Worked({"k1": "again"})


def test_what_does_not_move_for_long_is_left_to_the_queue(tmp_path: Path) -> None:
    clock = TurnableClock()
    began_at = clock.now()
    receipts = ReceiptsThatMove(tmp_path, clock, ["k1"])
    receipts.replace(a_receipt("k2", state=ReceiptState.RELEASED), None)

    worked = wait_for(receipts, clock, ["k1", "k2", "k3"], patience_s=60)

    assert worked == Worked({"k1": "no_match"}, frozenset({"k2", "k3"}))
    assert (clock.now() - began_at).total_seconds() == 60


def test_of_thousands_all_have_their_turn_and_few_are_looked_at_in_one_go(tmp_path: Path) -> None:
    clock = TurnableClock()
    keys = [f"k{number:04}" for number in range(1200)]
    receipts = ReceiptsThatCount(Database(tmp_path / "state.sqlite3"), clock)
    for key in keys[700:]:
        receipts.replace(a_receipt(key, state=ReceiptState.DONE, outcome="no_match"), None)

    worked = wait_for(receipts, clock, keys, patience_s=10.0)

    assert worked.outcomes.keys() == set(keys[700:])
    assert worked.waiting == set(keys[:700])
    assert max(receipts.looked_at) == 500


class ReceiptsThatCount(SqliteReceipts):
    """Keeps how many receipts each look asks for."""

    def __init__(self, database: Database, clock: TurnableClock) -> None:
        super().__init__(database, clock)
        self.looked_at: list[int] = []

    def look_up(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        asked = list(keys)
        self.looked_at.append(len(asked))
        return super().look_up(asked)
