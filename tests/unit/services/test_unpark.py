"""Parked signals return to the queue: first queued, then forgotten."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from contracts.builders import OTHER_STORE, STORE, a_parked, a_signal
from fakes import NOON, TurnableClock
from orderwarden.domain.signal import Signal
from orderwarden.errors import TryAgain
from orderwarden.services.unpark import drop_all, unpark_all, unpark_due, unpark_waiting
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_state import SqliteState
from webhook_builders import ListQueue

HOUR = timedelta(hours=1)


@pytest.fixture
def state(tmp_path: Path) -> SqliteState:
    return SqliteState(Database(tmp_path / "orderwarden.sqlite3"))


def keys(queue: ListQueue) -> list[str]:
    return [signal.receipt_key for signal in queue.signals]


def test_a_signal_whose_time_has_come_is_queued_and_forgotten(state: SqliteState) -> None:
    state.park(a_parked("due", until=NOON))
    state.park(a_parked("later", until=NOON + HOUR))
    state.park(a_parked("never", until=None))
    queue = ListQueue()

    count = unpark_due(state, queue, TurnableClock(), STORE, limit=10)

    assert count == 1
    assert queue.signals == [a_signal(key="due")]
    assert state.count_parked(STORE) == 2


def test_the_longest_due_come_first_and_no_more_than_allowed(state: SqliteState) -> None:
    for hours, key in ((1, "c"), (3, "a"), (2, "b")):
        state.park(a_parked(key, until=NOON - hours * HOUR))
    queue = ListQueue()

    count = unpark_due(state, queue, TurnableClock(), STORE, limit=2)

    assert count == 2
    assert keys(queue) == ["a", "b"]
    assert state.count_parked(STORE) == 1


def test_only_those_that_waited_for_this_are_freed(state: SqliteState) -> None:
    state.park(a_parked("a", waits_for="store"))
    state.park(a_parked("b", waits_for="rule:x"))
    queue = ListQueue()

    count = unpark_waiting(state, queue, STORE, "rule:x", limit=10)

    assert count == 1
    assert keys(queue) == ["b"]
    assert state.count_parked(STORE) == 1


def test_all_that_waited_for_this_are_freed_and_top_the_queue_up(state: SqliteState) -> None:
    for number in range(250):
        state.park(a_parked(f"k{number:03}", waits_for="rule:x"))
    state.park(a_parked("other", waits_for="rule:y"))
    queue = ListQueue()

    count = unpark_all(state, queue, STORE, "rule:x")
    at_once = len(queue.signals)
    while queue.signals and unpark_due(state, queue, TurnableClock(), STORE, limit=100) == 0:
        queue.signals.pop()  # handled

    assert (count, at_once) == (250, 100)
    assert len(queue.signals) == 100  # one was handled, and another took its place
    assert state.count_parked(STORE) == 150
    assert [one.signal.receipt_key for one in state.waiting_for(STORE, "rule:y", 10)] == ["other"]
    assert list(state.waiting_for(STORE, "rule:x", 10)) == []


def test_all_that_waited_for_this_are_dropped_and_nothing_else(state: SqliteState) -> None:
    for number in range(150):
        state.park(a_parked(f"k{number:03}", waits_for="approval:x"))
    state.park(a_parked("other", waits_for="rule:x"))

    count = drop_all(state, STORE, "approval:x")

    assert count == 150
    assert [one.signal.receipt_key for one in state.waiting_for(STORE, "rule:x", 10)] == ["other"]
    assert state.count_parked(STORE) == 1


def test_nobody_waits_and_nothing_happens(state: SqliteState) -> None:
    queue = ListQueue()

    assert unpark_all(state, queue, STORE, "store") == 0
    assert drop_all(state, STORE, "store") == 0
    assert queue.signals == []


def test_another_stores_signals_stay_parked(state: SqliteState) -> None:
    theirs = a_signal(store=OTHER_STORE)
    state.park(a_parked(signal=theirs, until=NOON, waits_for="store"))
    queue = ListQueue()

    due = unpark_due(state, queue, TurnableClock(), STORE, limit=10)
    freed = unpark_waiting(state, queue, STORE, "store", limit=10)

    assert (due, freed) == (0, 0)
    assert queue.signals == []
    assert state.count_parked(OTHER_STORE) == 1


def test_a_signal_that_could_not_be_queued_stays_parked(state: SqliteState) -> None:
    state.park(a_parked(until=NOON))

    with pytest.raises(TryAgain):
        unpark_due(state, ListQueue(TryAgain("database_busy")), TurnableClock(), STORE, limit=10)

    assert state.count_parked(STORE) == 1


def test_a_signal_is_still_parked_while_it_is_queued(state: SqliteState) -> None:
    class Watching(ListQueue):
        def put(self, signal: Signal) -> None:
            super().put(signal)
            self.parked_meanwhile = state.count_parked(STORE)

    state.park(a_parked(until=NOON))
    queue = Watching()

    unpark_due(state, queue, TurnableClock(), STORE, limit=10)

    assert queue.parked_meanwhile == 1
