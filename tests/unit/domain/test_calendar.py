"""Business days, weekdays and local times, worked out with a wall calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.calendar import DAY_S, Calendar, zone_named

NEW_YORK = ZoneInfo("America/New_York")
# 2026-12-25 is a Friday.
SHOP = Calendar(NEW_YORK, frozenset({date(2026, 12, 25), date(2026, 12, 26)}))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        pytest.param("2026-12-14 15:00", "2026-12-16 15:00", 2, id="within a week"),
        pytest.param("2026-12-18 15:00", "2026-12-21 15:00", 1, id="Friday to Monday"),
        pytest.param("2026-12-19 09:00", "2026-12-20 23:00", 0, id="a weekend"),
        pytest.param("2026-12-19 09:00", "2026-12-22 00:00", 1, id="Saturday to Monday night"),
        pytest.param("2026-12-24 15:00", "2026-12-28 15:00", 1, id="over a holiday"),
        pytest.param("2026-12-25 09:00", "2026-12-25 17:00", 0, id="on a holiday"),
        pytest.param("2026-12-14 00:00", "2026-12-28 00:00", 9, id="two weeks less a holiday"),
        pytest.param("2026-12-14 06:00", "2026-12-14 12:00", 0.25, id="a morning"),
        pytest.param("2026-03-06 12:00", "2026-03-09 12:00", 1, id="clocks go forward on Sunday"),
        pytest.param("2026-12-16 12:00", "2026-12-14 12:00", 0, id="backwards"),
    ],
)
def test_business_days_are_counted_by_the_clock_on_the_wall(
    start: str, end: str, days: float
) -> None:
    assert SHOP.business_seconds(at(start), at(end)) == days * DAY_S


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001  # made aware below
    st.timedeltas(timedelta(0), timedelta(days=60)),
    st.timedeltas(timedelta(0), timedelta(days=60)),
)
def test_business_time_adds_up_and_never_exceeds_the_time_that_passed(
    start: datetime, first: timedelta, second: timedelta
) -> None:
    calendar = Calendar(UTC, SHOP.holidays)
    begin = start.replace(microsecond=0, tzinfo=UTC)
    middle = begin + timedelta(seconds=first // timedelta(seconds=1))
    end = middle + timedelta(seconds=second // timedelta(seconds=1))

    parts = [calendar.business_seconds(*each) for each in ((begin, middle), (middle, end))]
    whole = calendar.business_seconds(begin, end)

    assert sum(part or 0 for part in parts) == whole
    assert 0 <= (whole or 0) <= (end - begin).total_seconds()


def test_day_by_day_counting_agrees_with_the_formula() -> None:
    start = at("2026-11-30 00:00")
    day, counted = date(2026, 11, 30), 0

    for number in range(1, 60):
        counted += day.weekday() < 5 and day not in SHOP.holidays
        day += timedelta(days=1)
        end = at("2026-11-30 00:00") + timedelta(days=number)
        assert SHOP.business_seconds(start, end) == counted * DAY_S


@pytest.mark.parametrize(
    "moment", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_the_ends_of_the_calendar_are_unknown_not_an_error(moment: datetime) -> None:
    zones = [Calendar(NEW_YORK), Calendar(ZoneInfo("Pacific/Auckland"))]

    found = [zone.local(moment) for zone in zones]

    assert None in found
    assert any(zone.business_seconds(moment, moment) is None for zone in zones)


def test_time_zones_have_names() -> None:
    assert zone_named("UTC") is UTC
    assert zone_named("America/New_York") == NEW_YORK
    with pytest.raises(LookupError):
        zone_named("Mars/Olympus")
