"""When an order is due, to the second, and which orders are listed for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from orderwarden.domain.calendar import UTC_WITHOUT_HOLIDAYS, Calendar
from orderwarden.domain.facts import Facts
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.model import All, AnyOf, Condition, Rule, Test
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.signal import Trigger
from orderwarden.domain.sweep import due, due_at
from orderwarden.domain.sweep_windows import windows
from rule_builders import a_rule, an_order

HOUR, DAY = 3_600, 86_400
NEW_YORK = ZoneInfo("America/New_York")
SHOP = Calendar(NEW_YORK, frozenset({date(2026, 12, 25), date(2026, 12, 28)}))
AWAITING_PAYMENT, CANCELLED = 7, 5


def sweeping(*tests: Condition, target: int | None = CANCELLED) -> Rule:
    return a_rule(All(tests), on=Trigger.SWEEP, set_status=target)


def age(operator: str, *seconds: int, unit: str = "", field: str = "age") -> Test:
    return Test(field, operator, seconds, unit)


def facts(
    created: datetime,
    now: datetime,
    *,
    modified: datetime | None = None,
    since: datetime | None = None,
    calendar: Calendar = UTC_WITHOUT_HOLIDAYS,
    **body: object,
) -> Facts:
    order = replace(an_order(**body), date_created=created, date_modified=modified or created)
    return Facts(order, now, status_since=since, calendar=calendar)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


seconds = st.integers(0, 400 * DAY)
lengths = st.integers(0, 60 * DAY)
created_at = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(  # noqa: DTZ001
    lambda when: when.replace(microsecond=0, tzinfo=UTC)
)


# The due moment


@given(created_at, lengths, seconds, st.sampled_from(["over", "at_least"]))
def test_a_rule_is_true_from_the_due_second_on_and_not_before(
    created: datetime, length: int, elapsed: int, operator: str
) -> None:
    rule = sweeping(age(operator, length))
    moment = due_at(rule, facts(created, created))
    assert moment is not None

    for now in (created + timedelta(seconds=elapsed), moment, moment - timedelta(seconds=1)):
        is_true = evaluate(rule.when, facts(created, now)).truth is Truth.TRUE
        assert is_true is (now >= moment)


@settings(max_examples=60)
@given(created_at, st.integers(0, 15).map(lambda days: days * DAY), st.sampled_from([0, 1]))
def test_business_days_are_due_at_the_first_second_in_which_the_rule_is_true(
    created: datetime, length: int, over: int
) -> None:
    rule = sweeping(age("over" if over else "at_least", length, unit="business days"))
    moment = due_at(rule, facts(created, created, calendar=SHOP))
    assert moment is not None

    then = evaluate(rule.when, facts(created, moment, calendar=SHOP)).truth
    before = moment - timedelta(seconds=1)
    assert then is Truth.TRUE
    if before >= created:
        assert evaluate(rule.when, facts(created, before, calendar=SHOP)).truth is Truth.FALSE


@pytest.mark.parametrize(
    ("placed", "expected"),
    [
        pytest.param("2026-12-21 15:00", "2026-12-23 15:00", id="within a week"),
        pytest.param("2026-12-24 15:00", "2026-12-30 15:00", id="over holidays and a weekend"),
        pytest.param("2026-12-26 09:00", "2026-12-31 00:00", id="from a Saturday"),
    ],
)
def test_two_business_days_by_the_wall_calendar(placed: str, expected: str) -> None:
    rule = sweeping(age("at_least", 2 * DAY, unit="business days"))

    assert due_at(rule, facts(at(placed), at(placed), calendar=SHOP)) == at(expected)


def test_the_last_of_several_least_times_counts() -> None:
    created = datetime(2026, 11, 1, 12, tzinfo=UTC)
    rule = sweeping(
        age("at_least", 12 * HOUR),
        age("over", HOUR, field="unchanged_for"),
        age("between", DAY, 3 * DAY, field="status_for"),
    )
    modified, since = created + timedelta(hours=30), created + timedelta(hours=5)

    known = facts(created, created, modified=modified, since=since)

    assert due_at(rule, known) == created + timedelta(hours=31, seconds=1)


def test_one_of_several_ways_has_no_moment_of_its_own() -> None:
    created = datetime(2026, 11, 1, 12, tzinfo=UTC)
    rule = sweeping(AnyOf((age("at_least", HOUR), Test("total", "over", (500,)))))

    assert due_at(rule, facts(created, created)) is None


def test_twenty_four_minutes_are_no_day() -> None:
    created = datetime(2026, 11, 1, 12, tzinfo=UTC)
    rule = sweeping(age("at_least", DAY))

    assert due((rule,), facts(created, created + timedelta(minutes=24))) is None
    assert due((rule,), facts(created, created + timedelta(days=1))) is not None


# Who is due


CREATED = datetime(2026, 11, 1, 12, tzinfo=UTC)
LATER = CREATED + timedelta(days=2)
OLD = age("at_least", DAY)


def test_what_only_a_call_can_tell_leaves_an_order_due() -> None:
    asked = sweeping(OLD, Test("paid", "is", (False,)))

    assert due((asked,), facts(CREATED, LATER)) is not None


def test_what_is_unknown_for_good_never_fires() -> None:
    asked = sweeping(OLD, Test("source", "is", ("www",)))

    assert due((asked,), facts(CREATED, LATER, order_source=None)) is None


def test_an_order_that_has_the_status_already_is_not_due() -> None:
    assert due((sweeping(OLD),), facts(CREATED, LATER, status_id=CANCELLED)) is None


# The key


def key(rule: Rule, known: Facts, run_id: str = "run-1") -> str:
    found = due((rule,), known)
    assert found is not None
    return found.signal("abc123", run_id, known.now).receipt_key


RULE = replace(sweeping(OLD), fingerprint="f1")


def test_the_same_order_has_the_same_key_in_every_run() -> None:
    later = facts(CREATED, LATER + timedelta(days=9))

    assert key(RULE, facts(CREATED, LATER)) == key(RULE, later, "run-2")


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        (replace(RULE, fingerprint="f2"), facts(CREATED, LATER)),
        (replace(RULE, name="other"), facts(CREATED, LATER)),
        (RULE, facts(CREATED, LATER, modified=CREATED + timedelta(seconds=1))),
        (RULE, facts(CREATED - timedelta(seconds=1), LATER, modified=CREATED)),
        (RULE, facts(CREATED, LATER, id=219)),
    ],
)
def test_another_rule_order_moment_or_change_has_another_key(rule: Rule, known: Facts) -> None:
    assert key(rule, known) != key(RULE, facts(CREATED, LATER))


# What is listed


durations = st.sampled_from(["age", "status_for", "unchanged_for"])
bounds = st.one_of(
    st.tuples(st.sampled_from(["over", "at_least", "under", "at_most"]), st.tuples(lengths)),
    st.tuples(
        st.just("between"), st.tuples(lengths, lengths).map(lambda ends: tuple(sorted(ends)))
    ),
)
units = st.sampled_from(["", "business days"])


@given(
    st.lists(st.tuples(durations, bounds, units), min_size=1, max_size=3),
    created_at,
    st.tuples(st.integers(0, 70 * DAY), st.integers(0, 70 * DAY)),
    st.none() | st.integers(0, 70 * DAY),
    st.integers(-240, 240),
)
def test_no_order_is_missed_whatever_the_clocks_say_within_minutes(
    tests: list[tuple[str, tuple[str, tuple[int, ...]], str]],
    created: datetime,
    waits: tuple[int, int],
    held: int | None,
    skew: int,
) -> None:
    rule = sweeping(
        Test("status", "is", (AWAITING_PAYMENT,)),
        *(Test(name, operator, ends, unit) for name, (operator, ends), unit in tests),
    )
    modified = created + timedelta(seconds=waits[0])
    now = modified + timedelta(seconds=waits[1])
    since = None if held is None else max(created, modified - timedelta(seconds=held))
    known = facts(created, now, modified=modified, since=since, calendar=SHOP)

    listed = windows((rule,), now + timedelta(seconds=skew))

    if evaluate(rule.when, known).truth is Truth.TRUE:
        assert listed[AWAITING_PAYMENT].admits(known.order)


def test_each_status_is_listed_once_for_all_rules_that_name_it() -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)
    twelve = sweeping(Test("status", "is", (AWAITING_PAYMENT,)), age("at_least", 12 * HOUR))
    day = sweeping(Test("status", "in", (AWAITING_PAYMENT, 12)), age("at_least", DAY))

    listed = windows((twelve, day), now)

    slack = timedelta(minutes=5)
    assert listed == {
        7: OrderFilter(status_id=7, created_to=now + slack - timedelta(hours=12)),
        12: OrderFilter(status_id=12, created_to=now + slack - timedelta(days=1)),
    }


def test_a_rule_without_a_status_lists_every_status() -> None:
    rule = sweeping(age("between", HOUR, DAY))

    assert sorted(windows((rule,), LATER)) == list(range(15))
