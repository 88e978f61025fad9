"""A store that was stopped for its token runs again once the token is taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from contracts.builders import a_parked
from orderwarden.errors import OrderwardenError, Refused, StoreUnauthorised, TryAgain
from orderwarden.services.probe import probe
from orderwarden.services.stopping import stop_unauthorised
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_state import SqliteState
from scenario import Notices
from unit.machines import STORE, FakeReader
from webhook_builders import ListQueue


@pytest.fixture
def state(tmp_path: Path) -> SqliteState:
    return SqliteState(Database(tmp_path / "orderwarden.sqlite3"))


def test_a_store_whose_token_is_taken_again_runs_and_gets_its_signals(state: SqliteState) -> None:
    state.stop(STORE, "unauthorised_401")
    state.park(a_parked("k1", waits_for="store"))
    queue, reader = ListQueue(), FakeReader()

    runs = probe(state, queue, STORE, reader, limit=10)

    assert runs
    assert state.controls(STORE).stopped == ""
    assert [signal.receipt_key for signal in queue.signals] == ["k1"]
    assert state.count_parked(STORE) == 0
    assert reader.calls == 1


@pytest.mark.parametrize(
    "error",
    [
        StoreUnauthorised(STORE, 401),
        TryAgain("timeout"),
        Refused(403, "no"),
    ],
)
def test_a_store_that_still_refuses_stays_stopped(
    state: SqliteState, error: OrderwardenError
) -> None:
    state.stop(STORE, "unauthorised_401")
    state.park(a_parked(waits_for="store"))
    queue = ListQueue()

    runs = probe(state, queue, STORE, FakeReader(error), limit=10)

    assert not runs
    assert state.controls(STORE).stopped == "unauthorised_401"
    assert queue.signals == []
    assert state.count_parked(STORE) == 1


@pytest.mark.parametrize("reason", ["by hand", "status_mismatch", "not unauthorised"])
def test_what_a_person_must_resume_is_not_even_asked(state: SqliteState, reason: str) -> None:
    state.stop(STORE, reason)
    state.park(a_parked(waits_for="store"))
    queue, reader = ListQueue(), FakeReader()

    runs = probe(state, queue, STORE, reader, limit=10)

    assert not runs
    assert state.controls(STORE).stopped == reason
    assert queue.signals == []
    assert reader.calls == 0


def test_a_running_store_gets_what_still_waits_for_it_without_a_call(state: SqliteState) -> None:
    for key in ("a", "b", "c"):
        state.park(a_parked(key, waits_for="store"))
    queue, reader = ListQueue(), FakeReader()

    runs = probe(state, queue, STORE, reader, limit=2)

    assert runs
    assert [signal.receipt_key for signal in queue.signals] == ["a", "b"]
    assert state.count_parked(STORE) == 1
    assert reader.calls == 0


def test_a_store_that_refuses_the_token_again_and_again_is_told_once(state: SqliteState) -> None:
    notices = Notices()
    error = StoreUnauthorised(STORE, 401)

    reasons = [stop_unauthorised(state, notices, STORE, error) for _ in range(2)]

    assert reasons == ["unauthorised_401", "unauthorised_401"]
    assert notices.kinds == ["store_stopped"]
