"""Which orders a sweep lists: by status, between dates that no due order can miss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.inspect import possible_statuses, top_tests
from orderwarden.domain.rules.kinds import BUSINESS_DAYS, Kind
from orderwarden.domain.rules.model import Rule, Test
from orderwarden.domain.statuses import NAMES
from orderwarden.domain.sweep import FROM

CLOCKS_DIFFER: Final = timedelta(minutes=5)
"""Windows are wider by this; what is due is told by the store's own clock, row by row."""

WALL_CLOCKS_JUMP: Final = timedelta(hours=2)
"""Business days go by the clock on the wall, which may be set by so much."""

_UP_TO: Final = frozenset({"under", "at_most", "between"})


def windows(rules: Iterable[Rule], now: datetime) -> Mapping[int, OrderFilter]:
    """Return what to list for these rules: by status, no order left out that is due by now.

    One list a status, since the store's list takes one status only; its rules share the list.
    """
    bounds: dict[int, _Bounds] = {}
    for rule in rules:
        statuses = possible_statuses(rule)
        found = _bounds(rule, now)
        for status_id in NAMES if statuses is None else statuses:
            known = bounds.get(status_id)
            bounds[status_id] = known.joined(found) if known else found
    return {status_id: bounds[status_id].wanted(status_id) for status_id in sorted(bounds)}


@dataclass(frozen=True, slots=True)
class _Bounds:
    """Between which dates orders were placed and last changed; None is no bound."""

    created_from: datetime | None = None
    created_to: datetime | None = None
    modified_from: datetime | None = None
    modified_to: datetime | None = None

    def joined(self, other: _Bounds) -> _Bounds:
        """Return bounds that let through what either does."""
        return _Bounds(
            created_from=_widest(min, self.created_from, other.created_from),
            created_to=_widest(max, self.created_to, other.created_to),
            modified_from=_widest(min, self.modified_from, other.modified_from),
            modified_to=_widest(max, self.modified_to, other.modified_to),
        )

    def wanted(self, status_id: int) -> OrderFilter:
        """Return the filter of one status."""
        return OrderFilter(
            status_id=status_id,
            created_from=self.created_from,
            created_to=self.created_to,
            modified_from=self.modified_from,
            modified_to=self.modified_to,
        )


def _bounds(rule: Rule, now: datetime) -> _Bounds:
    """Return the tightest bounds that no order can miss for which the rule is true."""
    placed_by: list[datetime] = []
    placed_since: list[datetime] = []
    changed_by: list[datetime] = []
    changed_since: list[datetime] = []
    for test in top_tests(rule.when):
        for name, at in _ends(test, now):
            match name, test.field:
                case "latest", "unchanged_for":
                    changed_by.append(at)
                case "latest", _:  # a status is never older than its order
                    placed_by.append(at)
                case "earliest", "age":
                    placed_since.append(at)
                case _:  # nor is it younger than the order's last change
                    changed_since.append(at)
    return _Bounds(
        created_from=max(placed_since, default=None),
        created_to=min(placed_by, default=None),
        modified_from=max(changed_since, default=None),
        modified_to=min(changed_by, default=None),
    )


def _ends(test: Test, now: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield the latest and the earliest moment at which what a test asks for may have begun."""
    field = field_named(test.field)
    if field is None or field.kind is not Kind.DURATION:
        return
    lengths = [each for each in test.operands if isinstance(each, int)]
    is_business = test.unit == BUSINESS_DAYS
    slack = CLOCKS_DIFFER + (WALL_CLOCKS_JUMP if is_business else timedelta(0))
    if test.operator in FROM:
        yield "latest", now + slack - timedelta(seconds=lengths[0])
    if test.operator in _UP_TO and not is_business:
        longest = timedelta(seconds=lengths[-1] + 1)  # a fraction of a second counts not
        yield "earliest", now - slack - longest


def _widest(
    pick: Callable[[datetime, datetime], datetime], one: datetime | None, other: datetime | None
) -> datetime | None:
    return None if one is None or other is None else pick(one, other)
