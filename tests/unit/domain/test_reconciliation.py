"""The windows of reconciliations: what one leaves, the next one covers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from builders import an_order, at
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.reconciliation import (
    Pass,
    first_pass,
    next_pass,
    pass_since,
    signal_of,
)

DAY = timedelta(days=1)
TWO_HOURS = timedelta(hours=2)
MINUTE = 60
TIMES = st.datetimes(timezones=st.just(UTC))
PASSES = st.builds(Pass, TIMES, TIMES, st.none() | st.integers(1), TIMES)


def done(begin: float, end: float, deep: float = 0.0) -> Pass:
    return Pass(at(begin), at(end), None, at(deep))


def test_the_first_pass_looks_back_from_a_minute_ago() -> None:
    assert first_pass(at(0), TWO_HOURS) == Pass(at(-7260), at(-60), 1, at(0))


def test_the_next_pass_overlaps_the_last_one_by_ten_minutes() -> None:
    found = next_pass(done(-7260, -60), at(900), TWO_HOURS)

    assert found == Pass(at(-660), at(840), 1, at(0))


def test_once_a_day_a_pass_looks_back_as_far_as_the_first_one() -> None:
    found = next_pass(done(0, 86_340), at(86_400), TWO_HOURS)

    assert found == Pass(at(86_400 - 7260), at(86_340), 1, at(86_400))


def test_after_a_long_outage_the_pass_begins_where_the_last_one_ended() -> None:
    found = next_pass(done(0, 840), at(10 * 86_400), TWO_HOURS)

    assert (found.begin, found.end) == (at(240), at(10 * 86_400 - 60))


def test_a_clock_that_was_set_back_leaves_no_gap() -> None:
    by_little = next_pass(done(0, 3900, deep=3960), at(3600), TWO_HOURS)
    by_days = next_pass(done(0, 900_000, deep=900_060), at(3600), TWO_HOURS)
    asked_for = pass_since(at(3500), done(0, 900_000), at(3600))

    assert by_little == Pass(at(3540 - 600), at(3540), 1, at(3600))
    assert by_days == Pass(at(3540 - 7200), at(3540), 1, at(3600))
    assert asked_for.begin == at(3540) - timedelta(hours=72)


def test_a_pass_that_a_person_asks_for_covers_what_is_owed_as_well() -> None:
    unfinished = Pass(at(-5000), at(-100), 118, at(-5000))

    later = pass_since(at(-1000), unfinished, at(0))
    earlier = pass_since(at(-9000), unfinished, at(0))
    after_a_done_one = pass_since(at(-100), done(-5000, -1000), at(0))
    first = pass_since(at(-100), None, at(0))

    assert (later.begin, later.end, later.next_id) == (at(-5000), at(-60), 1)
    assert earlier.begin == at(-9000)
    assert after_a_done_one.begin == at(-1600)
    assert first == Pass(at(-100), at(-60), 1, at(0))


def test_a_pass_of_the_last_moments_is_empty_and_not_upside_down() -> None:
    assert pass_since(at(-10), None, at(0)) == Pass(at(-10), at(-10), 1, at(0))


@given(st.lists(st.integers(1, 40 * 86_400), min_size=1, max_size=20))
def test_passes_follow_each_other_without_a_gap(steps: list[int]) -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    current = first_pass(now, DAY)
    for step in steps:
        before, now = current.up_to(None), now + timedelta(seconds=step)

        current = next_pass(before, now, DAY)

        assert current.begin <= before.end - timedelta(minutes=10)
        assert current.end == now - timedelta(seconds=MINUTE)


@given(PASSES)
def test_the_bookmark_says_where_a_pass_stands(current: Pass) -> None:
    assert Pass.from_text(current.to_text()) == current


def test_a_signal_is_that_of_one_body_under_one_version_of_the_rules() -> None:
    order = an_order(modified=5)

    first = signal_of("abc123", order, 3, "run-1")
    again = signal_of("abc123", order, 3, "run-2")
    others = [
        signal_of("abc123", an_order(modified=6), 3, "run-1"),
        signal_of("abc123", order, 4, "run-1"),
        signal_of("xyz789", order, 3, "run-1"),
    ]

    assert (first.order_id, first.occurred_at, first.run_id) == (118, at(5), "run-1")
    assert first.receipt_key == again.receipt_key
    assert len({first.receipt_key, *(other.receipt_key for other in others)}) == 4
