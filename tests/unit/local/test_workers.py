"""Workers on the real queue: in order within an order, at once across orders, none lost."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from builders import a_line
from fakes import NOON, TurnableClock
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.errors import (
    AnswerLost,
    ConfigurationError,
    LeaseLost,
    NotFound,
    Rejected,
    TryAgain,
)
from orderwarden.services.process import Process
from orderwarden.services.process_steps.outcome import Outcome
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import Delivery, SqliteQueue
from orderwarden_local.structured_log import StructuredLog
from orderwarden_local.workers import LEASE_S, Pace, Workers
from unit.machines import STORE, WITHIN_S, LogLines, joined

DONE = Outcome("no_match")
BRISK = Pace(idle_s=0.01, out_of_reach_s=0.01, renew_every_s=0.01)
UNWOKEN = Pace(idle_s=3600.0, out_of_reach_s=3600.0, renew_every_s=3600.0)

Handle = Callable[[Signal, int], Outcome]


class FakeProcess(Process):
    """Handles signals as the test says, and counts the renewals of its leases."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._renewed = threading.Condition()
        self._renewals = 0
        self.renewal_error: Exception | None = None

    def handle(self, signal: Signal, receive_count: int) -> Outcome:
        return self._handle(signal, receive_count)

    def renew_leases(self) -> None:
        with self._renewed:
            self._renewals += 1
            self._renewed.notify_all()
        if self.renewal_error:
            raise self.renewal_error

    def wait_for_a_whole_round(self) -> None:
        """Return once everything in hand was renewed after this call."""
        with self._renewed:
            enough = self._renewals + 2  # the round that is under way may be past the queue
            assert self._renewed.wait_for(lambda: self._renewals >= enough, WITHIN_S)


class Gate:
    """Keeps a handler inside until the test lets it go."""

    def __init__(self) -> None:
        self._entered = threading.Event()
        self._open = threading.Event()

    def pass_through(self) -> None:
        self._entered.set()
        assert self._open.wait(WITHIN_S)

    def wait_until_entered(self) -> None:
        assert self._entered.wait(WITHIN_S)

    def open(self) -> None:
        self._open.set()


class Rig:
    """A queue on a clock that stands still, its workers, and what they log."""

    def __init__(self, folder: Path) -> None:
        self.clock = TurnableClock()
        self.database = Database(folder / "orderwarden.sqlite3")
        self.queue = SqliteQueue(self.database, self.clock)
        self.lines = LogLines()

    def put(self, order_id: int, key: str = "k1") -> None:
        self.queue.put(Signal(STORE, order_id, Trigger.ORDER_UPDATED, NOON, key))

    @contextmanager
    def working(self, handle: Handle, count: int = 1, pace: Pace = BRISK) -> Iterator[FakeProcess]:
        """Let workers run for the length of the block."""
        process = FakeProcess(handle)
        self.workers = Workers(
            self.queue, process, StructuredLog(self.clock, self.lines), count, pace
        )
        self.workers.start()
        try:
            yield process
        finally:
            self.workers.stop()

    def told(self, count: int = 1) -> list[tuple[int | None, str]]:
        """Return (order, outcome) of the signals that were handled, once there are so many."""
        return [
            (line.get("order_id"), line["outcome"])
            for line in self.lines.wait_for("signal", count)
        ]

    def seconds_away(self) -> float:
        """Return after how long the next signal may be received."""
        at = self.queue.next_visible_at()
        assert at is not None
        return (at - self.clock.now()).total_seconds()

    def counts(self) -> tuple[int, int, int]:
        """Return how many are queued, in flight and given up."""
        depth = self.queue.depth()
        return depth.queued, depth.in_flight, depth.dead_letters


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def done(_signal: Signal, _receive_count: int) -> Outcome:
    return DONE


def raising(error: Exception) -> Handle:
    def handle(_signal: Signal, _receive_count: int) -> Outcome:
        raise error

    return handle


# One signal


def test_a_signal_that_is_done_is_gone_from_the_queue_and_told_in_one_line(rig: Rig) -> None:
    rig.put(118, key="wh-1")
    line = a_line(rule="complete", reason="fully shipped")
    outcome = Outcome("applied", rule="complete", reason="r", lines=(line,), api_calls=3)

    with rig.working(lambda _signal, _count: outcome):
        [told] = rig.lines.wait_for("signal")

    duration_ms = told.pop("duration_ms")  # type: ignore[attr-defined]
    assert rig.counts() == (0, 0, 0)
    assert 0 <= duration_ms < WITHIN_S * 1000
    assert told == {
        "at": NOON.isoformat(),
        "event": "signal",
        "store": STORE,
        "order_id": 118,
        "trigger": "order_updated",
        "receipt_key": "wh-1",
        "outcome": "applied",
        "rule": "complete",
        "reason": "r",
        "changes": [
            {
                "line_id": "line-1",
                "rule": "complete",
                "action": "set_status",
                "from_status_id": 2,
                "to_status_id": 10,
                "result": "applied",
                "reason": "fully shipped",
            }
        ],
        "api_calls": 3,
    }


def test_process_is_told_how_often_the_queue_offered_a_signal(rig: Rig) -> None:
    counts: list[int] = []

    def twice(_signal: Signal, receive_count: int) -> Outcome:
        counts.append(receive_count)
        return Outcome("again", again_s=0.0) if receive_count == 1 else DONE

    rig.put(1)
    with rig.working(twice):
        rig.told(2)

    assert counts == [1, 2]


@pytest.mark.parametrize(
    ("handle", "outcome", "again_s"),
    [
        (lambda _s, _n: Outcome("again", reason="timeout", again_s=7.5), "again", 7.5),
        (raising(TryAgain("database_busy", 12.0)), "again", 12.0),
        (raising(TryAgain("database_unwritable")), "again", 1.0),
        (raising(AnswerLost("timeout", 3.0)), "again", 3.0),
        (raising(LeaseLost("lease_lost", 2.0)), "again", 2.0),
        (raising(ConfigurationError("store abc123: api_url answers 301")), "again", 60.0),
        (raising(NotFound(404, "jane@example.com")), "bug", 60.0),
        (raising(ZeroDivisionError("jane@example.com")), "bug", 60.0),
    ],
    ids=["asked", "busy", "unwritable", "answer", "lease", "configuration", "refused", "bug"],
)
def test_a_signal_that_cannot_be_handled_now_comes_back_in_time(
    rig: Rig, handle: Handle, outcome: str, again_s: float
) -> None:
    rig.put(1)

    with rig.working(handle):
        assert rig.told() == [(1, outcome)]

    assert rig.counts() == (1, 0, 0)
    assert rig.seconds_away() == again_s
    assert rig.lines.events("signal")[0]["again_s"] == again_s


@pytest.mark.parametrize(
    "handle",
    [
        raising(TryAgain("store_error", 60.0, detail="Down for maintenance")),
        lambda _signal, _count: Outcome(
            "parked", reason="store_error", detail="Down for maintenance"
        ),
    ],
)
def test_what_the_store_said_is_logged_beside_the_reason(rig: Rig, handle: Handle) -> None:
    rig.put(1)

    with rig.working(handle):
        rig.told()

    told = rig.lines.events("signal")[0]
    assert (told["reason"], told["detail"]) == ("store_error", "Down for maintenance")


def test_what_is_wrong_with_the_set_up_is_told_in_its_words(rig: Rig) -> None:
    rig.put(1)

    with rig.working(raising(ConfigurationError("store abc123 is not configured"))):
        rig.told()

    assert rig.lines.events("signal")[0]["reason"] == "store abc123 is not configured"


def test_a_bug_ends_neither_worker_nor_signal_and_keeps_its_text_to_itself(rig: Rig) -> None:
    def once(signal: Signal, _receive_count: int) -> Outcome:
        if signal.order_id == 1:
            raise ZeroDivisionError("jane@example.com")
        return DONE

    rig.put(1)
    rig.put(2)
    with rig.working(once):
        assert rig.told(2) == [(1, "bug"), (2, "no_match")]

    reason = rig.lines.events("signal")[0]["reason"]
    assert reason.startswith("ZeroDivisionError at ")
    assert "test_workers.py:" in reason
    assert "jane" not in rig.lines.getvalue()
    assert rig.counts() == (1, 0, 0)


# What cannot be read


@pytest.mark.parametrize("body", ["garbage", "{}", "[]", "null", '{"version": 1}'])
def test_what_is_no_signal_becomes_a_dead_letter_and_work_goes_on(rig: Rig, body: str) -> None:
    rig.queue.put_body(body, "g1")
    rig.put(2)

    with rig.working(done):
        assert rig.told(2) == [(None, "dead_letter"), (2, "no_match")]

    [letter] = rig.queue.dead_letters(10)
    assert (letter.body, letter.reason) == (body, "not_a_signal")
    assert rig.counts() == (0, 0, 1)


def test_what_process_can_never_use_becomes_a_dead_letter(rig: Rig) -> None:
    rig.put(1)

    with rig.working(raising(Rejected("number_not_storable"))):
        assert rig.told() == [(1, "dead_letter")]

    [letter] = rig.queue.dead_letters(10)
    assert letter.reason == "number_not_storable"


def test_a_signal_of_a_newer_version_waits_for_newer_code(rig: Rig) -> None:
    rig.queue.put_body(json.dumps({"version": 2, "wholly": "different"}), "g1")

    with rig.working(done):
        assert rig.told() == [(None, "again")]

    assert rig.counts() == (1, 0, 0)
    assert rig.seconds_away() == 60.0
    assert rig.lines.events("signal")[0]["reason"] == "unknown_version"


# Order


def test_signals_of_one_order_are_handled_one_after_the_other(rig: Rig) -> None:
    gate = Gate()
    begun: list[str] = []

    def handle(signal: Signal, _receive_count: int) -> Outcome:
        begun.append(signal.receipt_key)
        if signal.receipt_key == "first":
            gate.pass_through()
        return DONE

    rig.put(1, "first")
    rig.put(1, "second")
    with rig.working(handle, count=2):
        gate.wait_until_entered()
        rig.put(2, "other order")
        rig.told(1)  # so a free worker looked for work, and passed the second by
        assert begun == ["first", "other order"]
        gate.open()
        rig.told(3)

    assert begun == ["first", "other order", "second"]


def test_a_signal_that_waits_keeps_the_later_ones_of_its_order_back(rig: Rig) -> None:
    begun: list[tuple[str, int]] = []

    def handle(signal: Signal, receive_count: int) -> Outcome:
        begun.append((signal.receipt_key, receive_count))
        waits = begun == [("first", 1)]
        return Outcome("again", again_s=30.0) if waits else DONE

    rig.put(1, "first")
    rig.put(1, "second")
    rig.put(2, "other order")
    with rig.working(handle):
        rig.told(2)
        assert begun == [("first", 1), ("other order", 1)]
        rig.clock.advance(30)
        rig.told(4)

    assert begun[2:] == [("first", 2), ("second", 1)]
    assert rig.counts() == (0, 0, 0)


def test_different_orders_are_handled_at_the_same_time(rig: Rig) -> None:
    both = threading.Barrier(2)

    def handle(_signal: Signal, _receive_count: int) -> Outcome:
        both.wait(WITHIN_S)
        return DONE

    rig.put(1)
    rig.put(2)
    with rig.working(handle, count=2):
        assert sorted(rig.told(2), key=str) == [(1, "no_match"), (2, "no_match")]


# Leases


def test_what_is_in_hand_stays_in_hand_however_long_it_takes(rig: Rig) -> None:
    gate = Gate()

    def handle(_signal: Signal, _receive_count: int) -> Outcome:
        gate.pass_through()
        return DONE

    rig.put(1)
    with rig.working(handle) as process:
        gate.wait_until_entered()
        for _ in range(3):
            rig.clock.advance(LEASE_S - 1)
            process.wait_for_a_whole_round()

        assert rig.queue.receive() == []
        gate.open()

    assert rig.counts() == (0, 0, 0)


def test_the_signal_of_a_vanished_worker_is_offered_again_after_its_lease(rig: Rig) -> None:
    gate = Gate()

    def handle(_signal: Signal, _receive_count: int) -> Outcome:
        gate.pass_through()
        return DONE

    rig.put(1)
    with rig.working(handle, pace=Pace(idle_s=0.01, renew_every_s=3600.0)):
        gate.wait_until_entered()
        rig.clock.advance(LEASE_S)
        [delivery] = rig.queue.receive()
        gate.open()

    assert delivery.receive_count == 2
    assert rig.counts() == (0, 1, 0)  # the late worker cannot delete what is no longer its own


@pytest.mark.parametrize("error", [TryAgain("database_busy"), Rejected("visibility_timeout")])
def test_a_renewal_that_fails_is_tried_again(rig: Rig, error: Exception) -> None:
    with rig.working(done) as process:
        process.renewal_error = error

        process.wait_for_a_whole_round()
        process.wait_for_a_whole_round()


# Waking and stopping


def test_an_idle_worker_is_woken(rig: Rig) -> None:
    with rig.working(done, pace=UNWOKEN):
        rig.put(1)
        rig.workers.wake()

        assert rig.told() == [(1, "no_match")]


def test_one_call_wakes_workers_until_all_is_done(rig: Rig) -> None:
    for order_id in range(1, 6):
        rig.put(order_id)

    with rig.working(done, count=2, pace=UNWOKEN):
        assert len(rig.told(5)) == 5


def test_to_stop_finishes_what_is_in_hand_with_its_lease_and_begins_nothing_new(rig: Rig) -> None:
    gate = Gate()
    begun: list[int | None] = []

    def handle(signal: Signal, _receive_count: int) -> Outcome:
        begun.append(signal.order_id)
        gate.pass_through()
        return DONE

    rig.put(1)
    rig.put(2)
    with rig.working(handle) as process:
        gate.wait_until_entered()
        stopping = threading.Thread(target=rig.workers.stop)
        stopping.start()
        for _ in range(3):
            rig.clock.advance(LEASE_S - 1)
            process.wait_for_a_whole_round()
        in_hand = rig.queue.depth().in_flight
        gate.open()
        assert joined(stopping)

    assert in_hand == 1
    assert begun == [1]
    assert rig.told() == [(1, "no_match")]
    assert rig.counts() == (1, 0, 0)


def test_idle_workers_stop_at_once(rig: Rig) -> None:
    with rig.working(done, count=2, pace=UNWOKEN):
        stopping = threading.Thread(target=rig.workers.stop)
        stopping.start()

        assert joined(stopping)


# A queue that fails


class FailingQueue(SqliteQueue):
    """Out of reach for its first receives, and for every delete."""

    def __init__(self, rig: Rig, receives: int = 0, *, fails_deletes: bool = False) -> None:
        super().__init__(rig.database, rig.clock)
        self._receives = receives
        self._fails_deletes = fails_deletes

    def receive(self, limit: int = 1, visibility_s: float = 540.0) -> list[Delivery]:
        self._receives -= 1
        if self._receives >= 0:
            raise TryAgain("database_busy")
        return super().receive(limit, visibility_s)

    def delete(self, receipt_handle: str) -> bool:
        if self._fails_deletes:
            raise TryAgain("database_unwritable")
        return super().delete(receipt_handle)


def test_workers_wait_for_a_queue_that_is_out_of_reach(rig: Rig) -> None:
    rig.queue = FailingQueue(rig, receives=2)
    rig.put(1)

    with rig.working(done):
        assert rig.told() == [(1, "no_match")]

    told = rig.lines.events("queue_out_of_reach")
    assert [line["reason"] for line in told] == ["database_busy", "database_busy"]


def test_to_stop_does_not_wait_for_a_queue_that_is_out_of_reach(rig: Rig) -> None:
    rig.queue = FailingQueue(rig, receives=10**6)

    with rig.working(done, pace=UNWOKEN):
        rig.lines.wait_for("queue_out_of_reach")
        stopping = threading.Thread(target=rig.workers.stop)
        stopping.start()

        assert joined(stopping)


def test_a_signal_that_cannot_be_deleted_comes_back_after_its_lease(rig: Rig) -> None:
    rig.queue = FailingQueue(rig, fails_deletes=True)
    rig.put(1)

    with rig.working(done):
        assert rig.told() == [(1, "no_match")]
        assert rig.counts() == (0, 1, 0)

    rig.clock.advance(LEASE_S)
    assert [delivery.receive_count for delivery in rig.queue.receive()] == [2]
