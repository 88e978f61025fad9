from __future__ import annotations

from orderwarden.domain.signal import Signal
from orderwarden.ports import Depth
from orderwarden.services.top_up import WHILE_UNKNOWN, room


class Quota:
    def __init__(self, calls: int | None) -> None:
        self.calls = calls

    def allowance(self, seconds: float) -> int | None:
        return None if self.calls is None else int(self.calls * seconds / 300)


class Waiting:
    def __init__(self, queued: int = 0, in_flight: int = 0) -> None:
        self.counts = Depth(queued, in_flight, 0)

    def depth(self) -> Depth:
        return self.counts

    def put(self, signal: Signal) -> None:
        raise AssertionError(signal)


def test_a_third_of_the_calls_of_a_period_may_wait() -> None:
    assert room(Quota(900), Waiting(), 300) == 300


def test_what_waits_or_is_in_hand_already_counts() -> None:
    assert room(Quota(900), Waiting(queued=250, in_flight=10), 300) == 40


def test_a_full_queue_leaves_no_room() -> None:
    assert room(Quota(900), Waiting(queued=5000), 300) == 0


def test_a_quota_nobody_told_of_is_taken_for_small() -> None:
    assert room(Quota(None), Waiting(queued=1), 300) == WHILE_UNKNOWN - 1
