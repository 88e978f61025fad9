"""The store's calendar: its time zone, its holidays, and what counts as a business day."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

DAY_S: Final = 86_400
_WEEKDAYS: Final = 5
_MONDAY: Final = date(1, 1, 1).toordinal()  # the first day of the calendar was one

WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where and when a store does business.

    Attributes:
        zone: The store's time zone.
        holidays: Days that are no business days, besides Saturdays and Sundays.
    """

    zone: tzinfo = UTC
    holidays: frozenset[date] = frozenset()
    _closed: tuple[int, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Sort the holidays that would be business days otherwise."""
        closed = sorted(day.toordinal() for day in self.holidays if day.weekday() < _WEEKDAYS)
        object.__setattr__(self, "_closed", tuple(closed))

    def local(self, at: datetime) -> datetime | None:
        """Return a time as the store's clocks show it; None at the very ends of the calendar."""
        try:
            return at.astimezone(self.zone)
        except OverflowError:
            return None

    def business_seconds(self, start: datetime, end: datetime) -> int | None:
        """Return how much of the time between lies in business days, 86400 to each of them.

        From Friday 15:00 to Monday 15:00 is one business day; a Saturday counts nothing. Told by
        the clocks on the wall, so the day on which they are changed is a day like any other.
        """
        first, last = self.local(start), self.local(end)
        if first is None or last is None:
            return None
        if last <= first:
            return 0
        upto_last = self._days_before(last.date()) * DAY_S + self._seconds_today(last)
        upto_first = self._days_before(first.date()) * DAY_S + self._seconds_today(first)
        return max(upto_last - upto_first, 0)

    def after_business_seconds(self, start: datetime, seconds: int) -> datetime | None:
        """Return the first second by which so many business seconds have passed since `start`.

        None where the calendar ends before that.
        """
        most = timedelta(seconds=seconds + DAY_S)
        while (upto := _later(start, most)) and self._passed(start, upto) < seconds:
            most *= 2
        if upto is None:
            return None
        low, high = -1, int(most.total_seconds())  # not yet at the one, surely at the other
        while high - low > 1:
            middle = (low + high) // 2
            if self._passed(start, start + timedelta(seconds=middle)) < seconds:
                low = middle
            else:
                high = middle
        return start + timedelta(seconds=high)

    def _passed(self, start: datetime, end: datetime) -> int:
        passed = self.business_seconds(start, end)
        return -1 if passed is None else passed

    def _seconds_today(self, at: datetime) -> int:
        """Return the seconds of a day gone by, none of a day that is no business day."""
        return seconds_of_day(at) if self._is_open(at.date()) else 0

    def _is_open(self, day: date) -> bool:
        return day.weekday() < _WEEKDAYS and day not in self.holidays

    def _days_before(self, day: date) -> int:
        """Return the business days before a day since the first Monday of the calendar."""
        weeks, rest = divmod(day.toordinal() - _MONDAY, 7)
        return (
            weeks * _WEEKDAYS + min(rest, _WEEKDAYS) - bisect_left(self._closed, day.toordinal())
        )


UTC_WITHOUT_HOLIDAYS: Final = Calendar()


def zone_named(name: str) -> tzinfo:
    """Return a time zone.

    Raises:
        LookupError: There is none of that name.
    """
    if name == "UTC":
        return UTC
    from zoneinfo import ZoneInfo  # noqa: PLC0415  # slow to import, and UTC is the default

    return ZoneInfo(name)


def _later(start: datetime, by: timedelta) -> datetime | None:
    try:
        return start + by
    except OverflowError:
        return None


def seconds_of_day(at: datetime) -> int:
    """Return the seconds since midnight by the clock on the wall."""
    return at.hour * 3_600 + at.minute * 60 + at.second
