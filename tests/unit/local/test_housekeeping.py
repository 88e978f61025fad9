"""What the server does by the clock: free parked signals, probe, compare, forget."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from contracts.builders import a_parked, a_receipt, a_signal
from fakes import NOON, TurnableClock
from orderwarden.domain.receipt import ReceiptState
from orderwarden.domain.shop import OrderStatus
from orderwarden.domain.statuses import NAMES
from orderwarden.errors import OrderwardenError, StoreUnauthorised, TryAgain
from orderwarden.ports import Answer
from orderwarden_local.housekeeping import BACK_AT_ONCE, Housekeeping
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.structured_log import StructuredLog
from unit.machines import STORE, WITHIN_S, FakeReader, LogLines, a_machine, joined

OTHER = "xyz789"
DIFFERENT = {**NAMES, 11: "Ready"}


class Rig:
    """One machine with two stores, and its housekeeping, round by round."""

    def __init__(self, folder: Path, unchecked: tuple[str, ...] = ()) -> None:
        self.clock = TurnableClock()
        self.readers = {STORE: FakeReader(), OTHER: FakeReader()}
        self.machine = a_machine(folder, self.readers, self.clock)
        self.state = self.machine.state
        self.lines = LogLines()
        log = StructuredLog(self.clock, self.lines)
        self.housekeeping = Housekeeping(self.machine, log, unchecked)

    def queued(self) -> int:
        return self.machine.queue.depth().queued

    def failures(self) -> list[tuple[str | None, str]]:
        failed = self.lines.events("housekeeping_failed")
        return [(line.get("store"), line["reason"]) for line in failed]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def unauthorised() -> OrderwardenError:
    return StoreUnauthorised(STORE, 401)


# Parked signals


def test_a_parked_signal_comes_back_when_its_time_has_come(rig: Rig) -> None:
    rig.state.park(a_parked(until=NOON + timedelta(hours=1), waits_for=""))

    rig.housekeeping.run_round()
    assert (rig.queued(), rig.state.count_parked(STORE)) == (0, 1)

    rig.clock.advance(3600)
    rig.housekeeping.run_round()
    assert (rig.queued(), rig.state.count_parked(STORE)) == (1, 0)


def test_one_round_queues_no_flood(rig: Rig) -> None:
    for number in range(BACK_AT_ONCE + 1):
        rig.state.park(a_parked(f"k{number}", until=NOON, waits_for=""))

    rig.housekeeping.run_round()

    assert rig.queued() == 100
    assert rig.state.count_parked(STORE) == 1


def test_a_store_whose_token_is_taken_again_runs_and_gets_its_signals(rig: Rig) -> None:
    rig.readers[STORE].answer = unauthorised()
    rig.state.stop(STORE, "unauthorised_401")
    rig.state.park(a_parked(waits_for="store"))

    rig.housekeeping.run_round()
    assert rig.state.controls(STORE).stopped == "unauthorised_401"
    assert rig.queued() == 0

    rig.readers[STORE].answer = NAMES
    rig.clock.advance(15)
    rig.housekeeping.run_round()
    assert rig.state.controls(STORE).stopped == ""
    assert rig.queued() == 1


def test_a_token_that_stays_refused_is_tried_ever_more_seldom(rig: Rig) -> None:
    rig.readers[STORE].answer = unauthorised()
    rig.state.stop(STORE, "unauthorised_401")
    probed_after_s = []

    for seconds in range(0, 3600, 15):
        calls = rig.readers[STORE].calls
        rig.housekeeping.run_round()
        if rig.readers[STORE].calls > calls:
            probed_after_s.append(seconds)
        rig.clock.advance(15)

    assert probed_after_s == [0, 15, 45, 105, 225, 465, 945, 1845, 2745]


def test_a_store_that_a_person_resumes_is_looked_after_at_once(rig: Rig) -> None:
    rig.readers[STORE].answer = unauthorised()
    rig.state.stop(STORE, "unauthorised_401")
    rig.housekeeping.run_round()
    rig.state.park(a_parked(until=NOON, waits_for=""))

    rig.state.resume(STORE)
    rig.housekeeping.run_round()

    assert rig.queued() == 1


def test_a_store_that_a_person_stopped_keeps_its_signals(rig: Rig) -> None:
    rig.state.stop(STORE, "by hand")
    rig.state.park(a_parked("k1", waits_for="store"))
    rig.state.park(a_parked("k2", until=NOON, waits_for=""))

    rig.housekeeping.run_round()

    assert rig.state.controls(STORE).stopped == "by hand"
    assert (rig.queued(), rig.state.count_parked(STORE)) == (0, 2)
    assert rig.readers[STORE].calls == 0


# Statuses that could not be compared at the start


def test_statuses_are_compared_once_the_store_answers(tmp_path: Path) -> None:
    rig = Rig(tmp_path, unchecked=(STORE,))
    rig.readers[STORE].answer = TryAgain("timeout")

    rig.housekeeping.run_round()
    assert rig.failures() == [(STORE, "timeout")]

    rig.readers[STORE].answer = NAMES
    rig.housekeeping.run_round()
    rig.housekeeping.run_round()
    assert rig.readers[STORE].calls == 2
    assert rig.readers[OTHER].calls == 0
    assert rig.state.controls(STORE).stopped == ""


def test_a_store_whose_statuses_differ_is_stopped_and_keeps_its_signals(tmp_path: Path) -> None:
    rig = Rig(tmp_path, unchecked=(STORE,))
    rig.readers[STORE].answer = DIFFERENT
    rig.state.park(a_parked(until=NOON))

    rig.housekeeping.run_round()

    [line] = rig.lines.events("statuses_differ")
    assert (line["store"], line["differing"]) == (STORE, {"11": "Ready"})
    assert rig.state.controls(STORE).stopped == "status_mismatch"
    assert [review.kind for review in rig.state.reviews(STORE)] == ["status_mismatch"]
    assert rig.queued() == 0


def test_a_store_that_does_not_tell_its_statuses_gets_its_signals_all_the_same(
    tmp_path: Path,
) -> None:
    rig = Rig(tmp_path, unchecked=(STORE,))
    rig.readers[STORE].answer = TryAgain("timeout")
    rig.state.park(a_parked(until=NOON))

    rig.housekeeping.run_round()

    assert rig.queued() == 1


def test_one_store_out_of_reach_does_not_keep_the_others_waiting(tmp_path: Path) -> None:
    rig = Rig(tmp_path, unchecked=(STORE,))
    rig.readers[STORE].answer = unauthorised()
    rig.state.park(a_parked(signal=a_signal(store=OTHER), until=NOON))

    rig.housekeeping.run_round()

    assert rig.failures() == [(STORE, "store abc123: the API answered 401")]
    assert rig.queued() == 1


def test_what_the_store_said_is_logged_beside_the_reason(tmp_path: Path) -> None:
    rig = Rig(tmp_path, unchecked=(STORE,))
    rig.readers[STORE].answer = TryAgain("store_error", detail="Down for maintenance")

    rig.housekeeping.run_round()

    [line] = rig.lines.events("housekeeping_failed")
    assert (line["reason"], line["detail"]) == ("store_error", "Down for maintenance")


# Receipts


def test_receipts_that_have_expired_are_forgotten(rig: Rig) -> None:
    ended = a_receipt(state=ReceiptState.DONE, expires_at=NOON + timedelta(days=21))
    rig.machine.receipts.replace(ended, None)
    rig.machine.receipts.replace(a_receipt("k2"), None)

    rig.clock.advance(21 * 86_400)
    rig.housekeeping.run_round()

    with rig.machine.database.reading() as connection:
        kept = connection.execute("SELECT key FROM receipts").fetchall()
    assert kept == [("k2",)]


class StuckReceipts(SqliteReceipts):
    """Receipts that cannot be deleted."""

    def forget_expired(self, now: datetime, limit: int) -> int:
        raise TryAgain(f"database_busy, {limit} at {now:%H:%M}")


def test_what_could_not_be_forgotten_is_told_and_left_for_the_next_round(rig: Rig) -> None:
    machine = rig.machine
    stuck = replace(machine, receipts=StuckReceipts(machine.database, rig.clock))
    log = StructuredLog(rig.clock, rig.lines)

    Housekeeping(stuck, log, ()).run_round()

    assert rig.failures() == [(None, "database_busy, 1000 at 12:00")]


# The thread


class WatchedReader(FakeReader):
    """Lets a test wait for a number of calls."""

    def __init__(self) -> None:
        super().__init__(TryAgain("timeout"))
        self._called = threading.Condition()

    def statuses(self) -> Answer[Mapping[int, OrderStatus]]:
        with self._called:
            self._called.notify_all()
            return super().statuses()

    def wait_for_calls(self, count: int) -> None:
        with self._called:
            assert self._called.wait_for(lambda: self.calls >= count, WITHIN_S)


def test_rounds_follow_each_other_from_the_start_on_until_it_is_stopped(tmp_path: Path) -> None:
    reader = WatchedReader()
    machine = a_machine(tmp_path, {STORE: reader})
    log = StructuredLog(machine.clock, LogLines())
    housekeeping = Housekeeping(machine, log, [STORE], every_s=0.01)

    housekeeping.start()
    reader.wait_for_calls(3)
    housekeeping.stop()

    assert "housekeeping" not in [thread.name for thread in threading.enumerate()]


def test_a_long_pause_does_not_keep_it_from_stopping(tmp_path: Path) -> None:
    reader = WatchedReader()
    machine = a_machine(tmp_path, {STORE: reader})
    log = StructuredLog(machine.clock, LogLines())
    housekeeping = Housekeeping(machine, log, [STORE], every_s=3600)

    housekeeping.start()
    reader.wait_for_calls(1)
    stopping = threading.Thread(target=housekeeping.stop)
    stopping.start()

    assert joined(stopping)
    assert reader.calls == 1
