"""Facts as a merchant writes them down for a test: field by field, all others unknown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from orderwarden.domain.calendar import Calendar
from orderwarden.domain.facts import Facts
from orderwarden.domain.order import Order
from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.kinds import BUSINESS_DAYS, Kind
from orderwarden.domain.rules.model import Condition, Not, Test
from orderwarden.domain.rules.readings import Reading

_SOME_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
_NO_STATUS: Final = -1
_BY_THE_CLOCK: Final = frozenset({"weekday", "time_of_day"})


@dataclass(frozen=True, slots=True)
class Given:
    """What a test says of an order.

    Attributes:
        values: Readings by the name of the field.
        currency: Of the amounts; empty where the test does not say.
        now: The time in the store, without a zone; None where the test does not say.
    """

    values: Mapping[str, Reading]
    currency: str = ""
    now: datetime | None = None

    def facts(self, calendar: Calendar) -> Facts:
        """Return facts with the times and statuses that were given."""
        now = self.now.replace(tzinfo=calendar.zone).astimezone(UTC) if self.now else _SOME_DAY
        status, previous = self.values.get("status"), self.values.get("previous_status")
        order = Order(
            id=0,
            status_id=status if isinstance(status, int) else _NO_STATUS,
            date_created=now - self._seconds("age"),
            date_modified=now - self._seconds("unchanged_for"),
            is_archived=False,
            staff_notes="",
            raw={},
        )
        is_known = self.values.get("status_for") is not None
        return Facts(
            order=order,
            now=now,
            previous_status_id=previous if isinstance(previous, int) else None,
            status_since=now - self._seconds("status_for") if is_known else None,
            calendar=calendar,
        )

    def bind(self, condition: Condition) -> Condition:
        """Return the condition with every test reading what was given."""
        if isinstance(condition, Test):
            return self._bound(condition)
        if isinstance(condition, Not):
            return Not(self.bind(condition.part))
        return type(condition)(tuple(self.bind(part) for part in condition.parts))

    def _seconds(self, name: str) -> timedelta:
        seconds = self.values.get(name)
        return timedelta(seconds=seconds if isinstance(seconds, int) else 0)

    def _bound(self, test: Test) -> Test:
        value = self.values.get(test.field)
        if self._is_read_of_facts(test, value):
            return test
        is_other_currency = test.unit and test.unit != self.currency
        found = None if is_other_currency else value
        return test.reading(lambda _: found)

    def _is_read_of_facts(self, test: Test, value: Reading) -> bool:
        """Return whether the facts themselves tell it, by the times that were given."""
        field = field_named(test.field)
        if field is not None and field.kind is Kind.DURATION:
            is_given = value is not None
            if test.field == "status_for":
                is_given = is_given or self.values.get("unchanged_for") is not None
            return is_given and (test.unit != BUSINESS_DAYS or self.now is not None)
        return test.field in _BY_THE_CLOCK and value is None and self.now is not None
