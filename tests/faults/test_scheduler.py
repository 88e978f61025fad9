"""The scheduler itself: one acts at a time, and nobody is waited for in vain."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from fakes import NOON, TurnableClock
from scheduler import Baton, Runaway, Scheduler, Stuck


@pytest.fixture
def scheduler() -> Iterator[Scheduler]:
    one = Scheduler(TurnableClock(), Random(1), stuck_after_s=1)
    yield one
    one.close()


def told(seed: int) -> list[tuple[str, int]]:
    """Return who was on in which order, where five pause at the same moments."""
    found: list[tuple[str, int]] = []
    one = Scheduler(TurnableClock(), Random(seed))

    def act(name: str) -> None:
        for step in range(20):
            found.append((name, step))
            one.pause(1.0)

    for name in "abcde":
        one.spawn(name, lambda name=name: act(name))  # type: ignore[misc]
    assert one.run(100.0)
    one.close()
    return found


def test_one_seed_has_one_order_and_another_seed_another() -> None:
    assert told(1) == told(1)
    assert told(1) != told(2)
    assert sorted(told(1)) == sorted(told(2))


def test_a_baton_is_not_handed_over_twice() -> None:
    baton = Baton()
    baton.give()

    with pytest.raises(RuntimeError):
        baton.give()

    assert baton.take(0.0)
    assert not baton.take(0.0)


def test_what_is_handed_over_before_somebody_waits_is_not_lost(scheduler: Scheduler) -> None:
    steps: list[int] = []

    def act() -> None:
        for number in range(2000):
            steps.append(number)
            scheduler.pause(0.001)

    scheduler.spawn("quick", act)

    assert scheduler.run(10.0)
    assert steps == list(range(2000))


def test_whoever_waits_for_something_else_is_named_with_where_it_stands() -> None:
    gate = threading.Event()
    scheduler = Scheduler(TurnableClock(), Random(1), stuck_after_s=1)

    def wait_for_something_else() -> None:
        gate.wait()

    scheduler.spawn("stubborn", wait_for_something_else)

    with pytest.raises(Stuck, match=r"stubborn does not give the baton back(.|\n)*wait"):
        scheduler.run(10.0)

    gate.set()
    scheduler.close()


def test_what_goes_wrong_in_an_actor_is_raised_where_it_is_seen(scheduler: Scheduler) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    scheduler.spawn("failing", fail)

    with pytest.raises(ZeroDivisionError):
        scheduler.run(10.0)


def test_whoever_pauses_for_ever_and_for_no_time_is_no_end(scheduler: Scheduler) -> None:
    def act() -> None:
        while True:
            scheduler.pause(0.0)

    scheduler.spawn("restless", act)

    with pytest.raises(Runaway):
        scheduler.run(10.0)


def test_in_the_end_everybody_stops_wherever_it_stands_and_tidies_up() -> None:
    scheduler = Scheduler(TurnableClock(), Random(1))
    ended: list[str] = []

    def act(name: str) -> None:
        try:
            while True:
                scheduler.pause(1.0, background=True)
        finally:
            ended.append(name)

    for name in "ab":
        scheduler.spawn(name, lambda name=name: act(name))  # type: ignore[misc]
    scheduler.run(5.0, is_patient=True)

    scheduler.close()

    assert ended == ["a", "b"]


def test_time_passes_only_as_far_as_somebody_wants() -> None:
    clock = TurnableClock()
    scheduler = Scheduler(clock, Random(1))
    scheduler.after(7.0, lambda: None)

    is_quiet = scheduler.run(100.0)

    assert is_quiet
    assert clock.now() == NOON + timedelta(seconds=7)
