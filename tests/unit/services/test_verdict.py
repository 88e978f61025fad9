"""What a person's verdict frees, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest
from contracts.builders import a_parked, a_review
from fakes import NOON, TurnableClock
from orderwarden.errors import TryAgain
from orderwarden.services.unpark import unpark_due
from orderwarden.services.verdict import approve
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_state import SqliteState
from unit.machines import STORE
from webhook_builders import ListQueue

APPROVAL = a_review("approval-cancel-f1", kind="approval", rule="cancel")


@pytest.fixture
def state(tmp_path: Path) -> SqliteState:
    state = SqliteState(Database(tmp_path / "orderwarden.sqlite3"))
    state.open_review(APPROVAL)
    state.park(a_parked("k1", waits_for="approval:cancel"))
    return state


def test_an_approval_is_of_the_rule_that_was_asked_about(state: SqliteState) -> None:
    queue = ListQueue()

    approve(state, queue, STORE, APPROVAL.id)

    assert state.controls(STORE).approved == {"cancel:f1"}
    assert [signal.receipt_key for signal in queue.signals] == ["k1"]


def test_nothing_is_freed_before_its_approval_is_written(state: SqliteState) -> None:
    def out_of_reach(*_: object) -> None:
        raise TryAgain("database_busy", 1.0)

    state.approve = out_of_reach  # type: ignore[method-assign,assignment]
    queue = ListQueue()
    with pytest.raises(TryAgain):
        approve(state, queue, STORE, APPROVAL.id)

    assert queue.signals == []
    assert state.count_parked(STORE) == 1


def test_what_was_parked_only_tops_the_queue_up(state: SqliteState) -> None:
    queue = ListQueue()
    for number in range(3):
        state.park(a_parked(f"due-{number}", until=NOON))

    freed = [unpark_due(state, queue, TurnableClock(), STORE, 2) for _ in range(2)]

    assert freed == [2, 0]
