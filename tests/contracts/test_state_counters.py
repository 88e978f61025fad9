"""What `ports.Counters` promises."""

from __future__ import annotations

import pytest
from contracts.backends import RACES, Backend
from contracts.builders import OTHER_STORE, STORE, all_at_once


def test_a_counter_nobody_took_from_is_at_zero(backend: Backend) -> None:
    assert backend.state.counted(STORE, "cancel-unpaid") == 0


def test_a_counter_counts_up_to_its_ceiling(backend: Backend) -> None:
    taken = [backend.state.take(STORE, "cancel-unpaid", 3) for _ in range(5)]

    assert taken == [True, True, True, False, False]
    assert backend.state.counted(STORE, "cancel-unpaid") == 3


def test_a_ceiling_of_zero_lets_nothing_through(backend: Backend) -> None:
    assert not backend.state.take(STORE, "cancel-unpaid", 0)
    assert backend.state.counted(STORE, "cancel-unpaid") == 0


def test_a_ceiling_that_was_lowered_below_the_count_lets_nothing_through(
    backend: Backend,
) -> None:
    for _ in range(3):
        backend.state.take(STORE, "cancel-unpaid", 3)

    assert not backend.state.take(STORE, "cancel-unpaid", 2)
    assert backend.state.counted(STORE, "cancel-unpaid") == 3


def test_what_is_given_back_may_be_taken_again(backend: Backend) -> None:
    backend.state.take(STORE, "cancel-unpaid", 1)

    backend.state.give_back(STORE, "cancel-unpaid")

    assert backend.state.counted(STORE, "cancel-unpaid") == 0
    assert backend.state.take(STORE, "cancel-unpaid", 1)


def test_a_counter_never_falls_below_zero(backend: Backend) -> None:
    backend.state.give_back(STORE, "never taken")
    backend.state.take(STORE, "taken once", 5)
    backend.state.give_back(STORE, "taken once")
    backend.state.give_back(STORE, "taken once")

    assert backend.state.counted(STORE, "never taken") == 0
    assert backend.state.counted(STORE, "taken once") == 0


def test_counters_of_other_names_and_stores_are_apart(backend: Backend) -> None:
    backend.state.take(STORE, "cancel-unpaid 2026-11-21T12", 9)

    assert backend.state.counted(STORE, "cancel-unpaid 2026-11-21T13") == 0
    assert backend.state.counted(OTHER_STORE, "cancel-unpaid 2026-11-21T12") == 0


def test_every_count_of_a_store_is_listed(backend: Backend) -> None:
    for name in ("cancel-unpaid", "cancel-unpaid", "complete"):
        backend.state.take(STORE, name, 9)
    backend.state.take(OTHER_STORE, "cancel-unpaid", 9)

    assert backend.state.every_count(STORE) == {"cancel-unpaid": 2, "complete": 1}
    assert backend.state.every_count("nobody") == {}


def test_a_count_is_raised_and_never_lowered(backend: Backend) -> None:
    for count in (5, 3, 7, 6):
        backend.state.raise_to(STORE, "cancel-unpaid", count)

    assert backend.state.counted(STORE, "cancel-unpaid") == 7
    assert not backend.state.take(STORE, "cancel-unpaid", 7)
    assert backend.state.take(STORE, "cancel-unpaid", 8)


@pytest.mark.sqlite_only(RACES)
def test_eight_threads_never_pass_a_ceiling(backend: Backend) -> None:
    def take_twenty() -> int:
        return sum(backend.state.take(STORE, "cancel-unpaid", 100) for _ in range(20))

    taken = all_at_once([take_twenty] * 8)

    assert sum(taken) == 100
    assert backend.state.counted(STORE, "cancel-unpaid") == 100
