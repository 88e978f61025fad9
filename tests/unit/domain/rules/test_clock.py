"""Fields that ask the clock, in the store's zone and calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from orderwarden.domain.calendar import Calendar
from orderwarden.domain.facts import Facts
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.fields import FIELDS
from orderwarden.domain.rules.kinds import BUSINESS_DAYS
from orderwarden.domain.rules.model import Not, Test
from orderwarden.domain.rules.readings import AtLeast
from orderwarden.domain.rules.truth import Truth
from rule_builders import an_order, some_facts

DAY, HOUR = 86_400, 3_600
NEW_YORK = Calendar(ZoneInfo("America/New_York"), frozenset({date(2026, 12, 25)}))


def now(text: str, **more: object) -> Facts:
    """Return facts of an order placed three days before a moment (UTC)."""
    at = datetime.fromisoformat(text).replace(tzinfo=UTC)
    created = f"{at - timedelta(days=3):%a, %d %b %Y %H:%M:%S +0000}"
    order = an_order(date_created=created, date_modified=created)
    return some_facts(order, age=timedelta(days=3), calendar=NEW_YORK, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("at", "weekday", "clock"),
    [
        ("2026-12-21 17:30:05", "Monday", 12 * HOUR + 30 * 60 + 5),
        ("2026-12-21 03:00:00", "Sunday", 22 * HOUR),
        ("2026-12-21 05:00:00", "Monday", 0),
        ("2026-07-04 15:00:00", "Saturday", 11 * HOUR),  # summer time
    ],
)
def test_the_stores_own_clock_is_asked(at: str, weekday: str, clock: int) -> None:
    assert FIELDS["weekday"].read(now(at)) == weekday
    assert FIELDS["time_of_day"].read(now(at)) == clock


@pytest.mark.parametrize(
    ("operator", "operands", "at", "expected"),
    [
        ("between", (9 * HOUR, 17 * HOUR), "2026-12-21 22:00:00", Truth.TRUE),
        ("between", (9 * HOUR, 17 * HOUR), "2026-12-21 22:00:01", Truth.FALSE),
        ("between", (22 * HOUR, 6 * HOUR), "2026-12-21 04:00:00", Truth.TRUE),
        ("between", (22 * HOUR, 6 * HOUR), "2026-12-21 11:00:00", Truth.TRUE),
        ("between", (22 * HOUR, 6 * HOUR), "2026-12-21 17:00:00", Truth.FALSE),
        ("over", (17 * HOUR,), "2026-12-21 22:00:00", Truth.FALSE),
        ("under", (17 * HOUR,), "2026-12-21 21:59:59", Truth.TRUE),
    ],
)
def test_a_time_of_day_may_lie_across_midnight(
    operator: str, operands: tuple[int, ...], at: str, expected: Truth
) -> None:
    assert evaluate(Test("time_of_day", operator, operands), now(at)).truth is expected


@pytest.mark.parametrize(
    ("since", "test", "expected"),
    [
        pytest.param(2 * DAY, ("at_least", 2 * DAY), Truth.TRUE, id="seen, long enough"),
        pytest.param(2 * DAY, ("over", 2 * DAY), Truth.FALSE, id="seen, not longer"),
        pytest.param(2 * DAY, ("under", 3 * DAY), Truth.TRUE, id="seen, short enough"),
        pytest.param(None, ("at_least", 3 * DAY), Truth.TRUE, id="unchanged for long enough"),
        pytest.param(None, ("at_least", 3 * DAY + 1), Truth.UNKNOWN, id="perhaps longer still"),
        pytest.param(None, ("over", DAY), Truth.UNKNOWN, id="only at_least may be true"),
        pytest.param(None, ("under", DAY), Truth.UNKNOWN, id="nor is it known to be false"),
    ],
)
def test_a_status_is_held_for_as_long_as_somebody_saw_it(
    since: int | None, test: tuple[str, int], expected: Truth
) -> None:
    facts = now("2026-12-21 17:00:00")
    if since is not None:
        facts = now("2026-12-21 17:00:00", status_since=facts.now - timedelta(seconds=since))

    operator, operand = test
    found = Test("status_for", operator, (operand,))

    assert evaluate(found, facts).truth is expected
    negated = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}.get(expected, Truth.UNKNOWN)
    assert evaluate(Not(found), facts).truth is negated


def test_unchanged_for_is_a_bound_of_status_for() -> None:
    facts = now("2026-12-21 17:00:00")

    assert FIELDS["unchanged_for"].read(facts) == 3 * DAY
    assert FIELDS["status_for"].read(facts) == AtLeast(3 * DAY)


@pytest.mark.parametrize(
    ("at", "days", "expected"),
    [
        # three days before each of these, the order was placed
        ("2026-12-17 17:00:00", 3, Truth.TRUE),  # Monday to Thursday
        ("2026-12-21 17:00:00", 1, Truth.TRUE),  # Friday to Monday
        ("2026-12-21 17:00:00", 2, Truth.FALSE),
        ("2026-12-28 17:00:00", 1, Truth.FALSE),  # a holiday, Saturday, Sunday: to Monday noon
        ("2026-12-29 05:00:00", 1, Truth.TRUE),  # and Monday is over
    ],
)
def test_ages_may_be_counted_in_business_days(at: str, days: int, expected: Truth) -> None:
    test = Test("age", "at_least", (days * DAY,), BUSINESS_DAYS)

    assert evaluate(test, now(at)).truth is expected


def test_a_status_nobody_saw_change_is_bounded_in_business_days_too() -> None:
    facts = now("2026-12-17 17:00:00")

    def truth(operator: str) -> Truth:
        test = Test("status_for", operator, (3 * DAY,), BUSINESS_DAYS)
        return evaluate(test, facts).truth

    assert truth("at_least") is Truth.TRUE
    assert truth("at_most") is Truth.UNKNOWN


def test_after_a_change_of_ours_the_status_is_new() -> None:
    facts = now("2026-12-21 17:00:00", status_since=datetime(2026, 12, 1, tzinfo=UTC))

    after = facts.with_status(11)

    assert FIELDS["status_for"].read(after) == 0
    assert FIELDS["unchanged_for"].read(after) == 0
    assert FIELDS["age"].read(after) == 3 * DAY
    assert FIELDS["previous_status"].read(after) == 7


@pytest.mark.parametrize("date_created", ["0001-01-01T00:00:00", "9999-12-31T23:59:59"])
def test_the_ends_of_the_calendar_are_unknown_in_business_days(date_created: str) -> None:
    order = an_order(date_created=date_created, date_modified=date_created)
    facts = Facts(order, datetime(2026, 12, 21, tzinfo=UTC), calendar=NEW_YORK)
    auckland = Facts(
        order, datetime(2026, 12, 21, tzinfo=UTC), calendar=Calendar(ZoneInfo("Pacific/Auckland"))
    )

    truths = {
        evaluate(Test("age", "at_least", (DAY,), BUSINESS_DAYS), each).truth
        for each in (facts, auckland)
    }

    assert Truth.UNKNOWN in truths
