"""Fields that ask the clock: how long ago something was, and what time it is in the store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from orderwarden.domain.calendar import WEEKDAYS, seconds_of_day
from orderwarden.domain.facts import Facts
from orderwarden.domain.rules.readings import AtLeast, Reader, Reading

_SECOND: Final = timedelta(seconds=1)


class Since(NamedTuple):
    """When something began.

    Attributes:
        is_certain: False where it may have been earlier still.
    """

    at: datetime
    is_certain: bool = True


Beginning = Callable[[Facts], Since]


def placed(facts: Facts) -> Since:
    """Return when the order was placed."""
    return Since(facts.order.date_created)


def modified(facts: Facts) -> Since:
    """Return when the order was last changed, in whatever way."""
    return Since(facts.order.date_modified)


def status_given(facts: Facts) -> Since:
    """Return since when the order has its status; at the latest since its last change."""
    if facts.status_since is not None:
        return Since(facts.status_since)
    return Since(facts.order.date_modified, is_certain=False)


def seconds_since(beginning: Beginning) -> Reader:
    """Return a reader of the whole seconds that have passed."""

    def read(facts: Facts) -> Reading:
        since = beginning(facts)
        return _told((facts.now - since.at) // _SECOND, since)

    return read


def business_seconds_since(beginning: Beginning) -> Reader:
    """Return a reader of the seconds that lay in business days, 86400 to each."""

    def read(facts: Facts) -> Reading:
        since = beginning(facts)
        seconds = facts.calendar.business_seconds(since.at, facts.now)
        return None if seconds is None else _told(seconds, since)

    return read


def weekday(facts: Facts) -> str | None:
    """Return the day of the week in the store, in English."""
    now = facts.calendar.local(facts.now)
    return None if now is None else WEEKDAYS[now.weekday()]


def time_of_day(facts: Facts) -> int | None:
    """Return the seconds since midnight in the store."""
    now = facts.calendar.local(facts.now)
    return None if now is None else seconds_of_day(now)


def _told(seconds: int, since: Since) -> int | AtLeast:
    return seconds if since.is_certain else AtLeast(seconds)
