"""The shared budget: how long calls wait, and that they never flood."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from fakes import NOON, TurnableClock
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.adapters.bigcommerce_pacing import Grant, Pacer
from orderwarden.errors import TryAgain


def rates(left: int, reset_s: float = 15, quota: int = 10, window_s: float = 30) -> dict[str, str]:
    """Return the four rate headers."""
    return {
        "X-Rate-Limit-Requests-Quota": str(quota),
        "X-Rate-Limit-Requests-Left": str(left),
        "X-Rate-Limit-Time-Reset-Ms": str(round(reset_s * 1000)),
        "X-Rate-Limit-Time-Window-Ms": str(round(window_s * 1000)),
    }


def a_call(pacer: Pacer, headers: dict[str, str] | None = None, status: int = 200) -> float | None:
    """Make one call that is answered like this."""
    with pacer.call() as grant:
        return pacer.learn(grant, status, headers or {})


def waited(clock: TurnableClock) -> float:
    """Return the seconds of the clock's waits together."""
    return sum(clock.waits)


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def pacer(clock: TurnableClock) -> Pacer:
    return Pacer(clock, jitter=lambda: 0.0)


# --- the quota


def test_without_headers_nothing_is_paced(pacer: Pacer, clock: TurnableClock) -> None:
    for _ in range(1000):
        a_call(pacer)

    assert clock.waits == ()


def test_the_allowance_of_a_stretch_is_the_quota_of_its_windows_less_the_reserve(
    pacer: Pacer,
) -> None:
    before = pacer.allowance(300)

    a_call(pacer, rates(left=9, quota=150))

    assert before is None
    assert pacer.allowance(300) == 1200  # ten windows of 150, of which 30 are left to others


def test_the_reserve_is_left_alone(pacer: Pacer, clock: TurnableClock) -> None:
    a_call(pacer, rates(left=5))  # the reserve is 2 of 10

    for _ in range(3):
        a_call(pacer)

    assert clock.waits == ()
    with pytest.raises(TryAgain), pacer.call(at_most_s=0):
        pass


def test_what_the_answers_say_counts_more_than_our_own_count(
    pacer: Pacer, clock: TurnableClock
) -> None:
    a_call(pacer, rates(left=8))

    a_call(pacer, rates(left=2))  # other apps used five
    a_call(pacer)

    assert waited(clock) == pytest.approx(15, abs=0.1)


def test_a_call_waits_for_the_refill_and_no_longer(pacer: Pacer, clock: TurnableClock) -> None:
    a_call(pacer, rates(left=2, reset_s=12.5))

    a_call(pacer)

    assert 12.5 <= waited(clock) <= 12.6


def test_a_refilled_window_grants_the_quota_less_the_reserve(
    pacer: Pacer, clock: TurnableClock
) -> None:
    a_call(pacer, rates(left=2))

    for _ in range(8):
        a_call(pacer)

    assert waited(clock) == pytest.approx(15, abs=0.1)
    with pytest.raises(TryAgain):
        a_call(pacer)


def test_an_answer_to_a_call_of_an_earlier_window_says_nothing_of_this_one(
    pacer: Pacer, clock: TurnableClock
) -> None:
    a_call(pacer, rates(left=5))
    with pacer.call() as late:
        clock.advance(16)
        a_call(pacer, rates(left=8, reset_s=30))

        pacer.learn(late, 200, rates(left=1, reset_s=0))

        for _ in range(5):
            a_call(pacer)
    assert clock.waits == ()


def test_an_answer_that_arrives_after_the_refill_does_not_keep_the_old_count(
    pacer: Pacer, clock: TurnableClock
) -> None:
    a_call(pacer, rates(left=4))
    with pacer.call() as slow:
        clock.advance(16)
        pacer.learn(slow, 200, rates(left=9, reset_s=29))

    for _ in range(7):
        a_call(pacer)

    assert clock.waits == ()


def test_a_wait_beyond_the_patience_is_not_begun(pacer: Pacer, clock: TurnableClock) -> None:
    a_call(pacer, rates(left=0, reset_s=25))

    with pytest.raises(TryAgain) as raised:
        a_call(pacer)

    assert raised.value.reason == "quota"
    assert raised.value.retry_after_s == pytest.approx(25, abs=0.1)
    assert not raised.value.backs_off
    assert clock.waits == ()


def test_the_calls_of_one_invocation_share_its_patience(
    pacer: Pacer, clock: TurnableClock
) -> None:
    with pacer.patience(20):
        a_call(pacer, rates(left=0, reset_s=12))
        a_call(pacer, rates(left=0, reset_s=12))
        with pytest.raises(TryAgain):
            a_call(pacer)

    a_call(pacer)

    assert [round(wait) for wait in clock.waits] == [12, 12]


def test_patience_within_patience_gives_way_to_the_outer_one(
    pacer: Pacer, clock: TurnableClock
) -> None:
    a_call(pacer, rates(left=0, reset_s=12))

    with pacer.patience(5):
        with pacer.patience(0), pytest.raises(TryAgain):
            a_call(pacer)
        with pytest.raises(TryAgain):
            a_call(pacer)

    a_call(pacer)
    assert len(clock.waits) == 1


def test_the_patience_of_one_thread_is_not_anothers(pacer: Pacer, clock: TurnableClock) -> None:
    a_call(pacer, rates(left=0, reset_s=12))

    with pacer.patience(0):
        other = threading.Thread(target=a_call, args=(pacer,))
        other.start()
        other.join()

    assert len(clock.waits) == 1


def test_calls_in_flight_count_against_what_is_left(pacer: Pacer) -> None:
    with pacer.call(), pacer.call(), pacer.call() as third:
        pacer.learn(third, 200, rates(left=5))  # the other two may not be counted in it

        a_call(pacer)  # 5 less 2 less 1 is the reserve

        with pytest.raises(TryAgain), pacer.call(at_most_s=0):
            pass


def test_calls_in_flight_across_a_refill_count_in_the_new_window(
    pacer: Pacer, clock: TurnableClock
) -> None:
    a_call(pacer, rates(left=9))
    with pacer.call(), pacer.call(), pacer.call():
        clock.advance(16)

        for _ in range(5):  # 10 less 3 less the reserve
            a_call(pacer)

        with pytest.raises(TryAgain), pacer.call(at_most_s=0):
            pass


def test_an_answer_that_travelled_long_does_not_postpone_the_refill(
    pacer: Pacer, clock: TurnableClock
) -> None:
    a_call(pacer, rates(left=9, reset_s=10))
    clock.advance(4)
    a_call(pacer, rates(left=2, reset_s=10))  # said four seconds ago

    a_call(pacer)

    assert waited(clock) == pytest.approx(6, abs=0.1)


def test_a_call_that_fails_is_no_longer_in_flight(pacer: Pacer) -> None:
    for _ in range(5):
        with pytest.raises(OSError, match="gone"), pacer.call():
            raise OSError("gone")

    a_call(pacer, rates(left=4))

    a_call(pacer)
    a_call(pacer)


@pytest.mark.parametrize(("quota", "reserve"), [(1, 0.2), (1, 1.0), (10, 1.0), (3, 0.9)])
def test_some_call_is_granted_in_every_window_however_large_the_reserve(
    clock: TurnableClock, quota: int, reserve: float
) -> None:
    pacer = Pacer(clock, reserve=reserve)
    a_call(pacer, rates(left=0, quota=quota))

    for _ in range(5):
        a_call(pacer, rates(left=quota - 1, quota=quota))

    assert waited(clock) == pytest.approx(5 * 15, abs=1)


def test_the_reserve_may_be_changed(pacer: Pacer, clock: TurnableClock) -> None:
    a_call(pacer, rates(left=2))

    pacer.reserve = 0.0
    a_call(pacer)
    a_call(pacer)

    assert clock.waits == ()


def test_a_clock_set_back_does_not_stretch_the_wait(pacer: Pacer, clock: TurnableClock) -> None:
    a_call(pacer, rates(left=0))
    clock.advance(-3600)

    a_call(pacer)

    assert clock.waits == ()


# --- 429


def test_after_a_429_every_call_waits_as_long_as_it_said(
    pacer: Pacer, clock: TurnableClock
) -> None:
    said_s = a_call(pacer, {"X-Retry-After": "12"}, status=429)

    a_call(pacer)

    assert said_s == pytest.approx(12, abs=0.1)
    assert 12 <= waited(clock) <= 12.1


@pytest.mark.parametrize(("retry_after", "reset_s"), [("5", 17), ("17", 5), ("nonsense", 17)])
def test_the_longer_of_retry_after_and_reset_counts(
    pacer: Pacer, clock: TurnableClock, retry_after: str, reset_s: float
) -> None:
    headers = {**rates(left=35, quota=150, reset_s=reset_s), "X-Retry-After": retry_after}

    said_s = a_call(pacer, headers, status=429)

    a_call(pacer)
    assert said_s == pytest.approx(17, abs=0.1)
    assert 17 <= waited(clock) <= 17.1


def test_a_pause_longer_than_the_patience_is_for_the_queue(
    pacer: Pacer, clock: TurnableClock
) -> None:
    a_call(pacer, {"X-Retry-After": "300"}, status=429)

    with pytest.raises(TryAgain) as raised:
        a_call(pacer)

    assert raised.value.reason == "quota"
    assert raised.value.retry_after_s == pytest.approx(300, abs=0.1)
    assert clock.waits == ()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Retry-After": "NaN"},
        {"X-Retry-After": "-5"},
        {"X-Retry-After": "99999999"},
        {"X-Retry-After": "soon"},
        {"X-Retry-After": "0"},
        rates(left=0, reset_s=0),
        {**rates(left=0), "X-Rate-Limit-Time-Reset-Ms": "1e99"},
    ],
)
def test_429s_that_do_not_say_how_long_double_the_pause_up_to_a_minute(
    clock: TurnableClock, headers: dict[str, str]
) -> None:
    pacer = Pacer(clock, patience_s=100, jitter=lambda: 1.0)

    pauses = [a_call(pacer, headers, status=429) for _ in range(8)]

    assert pauses == pytest.approx([2, 4, 8, 16, 32, 60, 60, 60], abs=0.1)
    assert waited(clock) == pytest.approx(2 + 4 + 8 + 16 + 32 + 60 + 60, abs=1)


def test_half_of_such_a_pause_is_left_to_chance(clock: TurnableClock) -> None:
    pauses = [
        a_call(Pacer(clock, jitter=lambda chance=chance: chance), status=429)  # type: ignore[misc]
        for chance in (0.0, 0.5, 0.999)
    ]

    assert pauses == pytest.approx([1.0, 1.5, 2.0], abs=0.1)


def test_a_good_answer_ends_the_doubling(clock: TurnableClock) -> None:
    pacer = Pacer(clock, jitter=lambda: 1.0)
    a_call(pacer, status=429)
    a_call(pacer, status=429)

    a_call(pacer, status=200)

    assert a_call(pacer, status=429) == pytest.approx(2, abs=0.1)


def test_429s_of_calls_that_were_in_flight_together_count_once(clock: TurnableClock) -> None:
    pacer = Pacer(clock, jitter=lambda: 1.0)
    with pacer.call() as first, pacer.call() as second, pacer.call() as third:
        told = [pacer.learn(grant, 429, {}) for grant in (first, second, third)]

    assert told == pytest.approx([2, 2, 2], abs=0.1)
    assert a_call(pacer, status=429) == pytest.approx(4, abs=0.1)


def test_a_good_answer_to_an_older_call_does_not_end_the_doubling(clock: TurnableClock) -> None:
    pacer = Pacer(clock, jitter=lambda: 1.0)
    with pacer.call() as older:
        a_call(pacer, status=429)
        pacer.learn(older, 200, {})

    assert a_call(pacer, status=429) == pytest.approx(4, abs=0.1)


def test_a_shorter_pause_does_not_shorten_a_longer_one(pacer: Pacer, clock: TurnableClock) -> None:
    with pacer.call() as first, pacer.call() as second:
        pacer.learn(first, 429, {"X-Retry-After": "18"})
        assert pacer.learn(second, 429, {"X-Retry-After": "3"}) == pytest.approx(18, abs=0.1)

    a_call(pacer)

    assert waited(clock) == pytest.approx(18, abs=0.2)


def test_a_clock_set_back_ends_a_pause(pacer: Pacer, clock: TurnableClock) -> None:
    a_call(pacer, {"X-Retry-After": "3600"}, status=429)
    clock.advance(-86400)

    a_call(pacer)

    assert clock.waits == ()


def test_another_error_passes_its_wait_on_without_a_pause(
    pacer: Pacer, clock: TurnableClock
) -> None:
    assert a_call(pacer, {"X-Retry-After": "30"}, status=503) == 30.0

    a_call(pacer)

    assert clock.waits == ()


# --- many threads


class CountingStore:
    """A store with a quota; windows begin with their first request."""

    def __init__(self, clock: TurnableClock, quota: int) -> None:
        self._clock = clock
        self._quota = quota
        self._began_at = NOON
        self._lock = threading.Lock()
        self.used: Counter[timedelta] = Counter()
        self.refused = 0

    def answer(self) -> tuple[int, dict[str, str]]:
        """Count one request."""
        with self._lock:
            now = self._clock.now()
            if now >= self._began_at + timedelta(seconds=30):
                self._began_at = now
            window = self._began_at - NOON
            status = 200 if self.used[window] < self._quota else 429
            self.refused += status == 429
            self.used[window] += status == 200
            left_s = (self._began_at + timedelta(seconds=30) - now).total_seconds()
            return status, rates(self._quota - self.used[window], left_s, self._quota)


def test_many_threads_together_leave_the_reserve_and_are_never_refused() -> None:
    clock = TurnableClock()
    store = CountingStore(clock, quota=40)
    pacer = Pacer(clock, patience_s=1000)

    def work() -> None:
        for _ in range(60):
            with pacer.call() as grant:
                pacer.learn(grant, *store.answer())

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert store.used.total() == 8 * 60
    assert store.refused == 0
    assert max(list(store.used.values())[1:]) <= 40 - 8  # nothing was known in the first window


def test_the_lock_is_free_while_somebody_waits() -> None:
    class Calling(TurnableClock):
        def wait(self, seconds: float) -> None:
            super().wait(seconds)
            other = threading.Thread(target=a_call, args=(shared,), daemon=True)
            other.start()
            other.join(5)
            has_finished.append(not other.is_alive())

    has_finished: list[bool] = []
    shared = Pacer(Calling())
    a_call(shared, rates(left=0))

    a_call(shared)

    assert has_finished == [True]


def test_a_window_that_no_answer_tells_of_ends_all_the_same(
    pacer: Pacer, clock: TurnableClock
) -> None:
    a_call(pacer, rates(left=0, quota=1, reset_s=5))
    a_call(pacer)  # waits for the refill, and its answer has no headers
    clock.advance(31)

    with pacer.call(at_most_s=0):
        pass

    assert waited(clock) == pytest.approx(5, abs=0.1)


# --- whatever comes

texts = st.one_of(st.integers(0, 200_000).map(str), st.sampled_from(["", "NaN", "-3", "1e9"]))
steps = st.tuples(
    st.sampled_from([200, 204, 404, 429, 500]),
    st.dictionaries(st.sampled_from([*rates(left=0), "X-Retry-After"]), texts),
    st.floats(-100, 100),
)


@given(st.lists(steps, max_size=30), st.floats(0, 1))
def test_whatever_the_store_says_waits_are_bounded_and_calls_go_on(
    answers: list[tuple[int, dict[str, str], float]], reserve: float
) -> None:
    clock = TurnableClock()
    pacer = Pacer(clock, reserve=reserve)
    asked_s: list[float] = []

    for status, headers, passes_s in answers:
        try:
            a_call(pacer, headers, status)
        except TryAgain as error:
            asked_s.append(error.retry_after_s or 0.0)
        clock.advance(passes_s)

    assert all(0 < wait <= 20 for wait in clock.waits)
    assert all(20 < wait <= 3600.1 for wait in asked_s)
    clock.advance(3601)
    with pacer.call(at_most_s=0) as grant:
        assert isinstance(grant, Grant)
