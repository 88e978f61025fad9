"""Hold the changelog against itself and against the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from orderwarden.domain.line import Line
from orderwarden.domain.verification import (
    Checked,
    Problem,
    Wrong,
    held_against,
    last_changes,
    problems_of,
)
from orderwarden.errors import Refused
from orderwarden.ports import Changelog, OrderReads


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found.

    Attributes:
        lines: How many were looked at.
        checked: What the store says of the last change of each order, counted; empty where it
            was not asked.
        unreadable: Orders that the store does not show any more.
    """

    lines: int
    problems: Sequence[Problem]
    checked: Mapping[str, int] = field(default_factory=dict)
    unreadable: int = 0


def verify(
    changelog: Changelog,
    lines: Sequence[Line],
    now: datetime,
    reader: OrderReads | None,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> Verified:
    """Verify lines, oldest first; without a reader the store is not asked.

    Costs one call for each order whose last change is among them.
    """
    problems = [*problems_of(lines, now)]
    if reader is None:
        return Verified(len(lines), problems)
    changes = [line for line in last_changes(lines) if _is_last(changelog, line)]
    counts: Counter[str] = Counter()
    unreadable = 0
    for number, line in enumerate(changes, 1):
        try:
            found = held_against(line, reader.order(line.order_id).value)
        except Refused:
            unreadable += 1
        else:
            counts[found.value] += 1
            if found is Checked.DIFFERS:
                problems.append(Problem(line, Wrong.NOT_IN_THE_STORE))
        told(number, len(changes))
    return Verified(len(lines), problems, counts, unreadable)


def _is_last(changelog: Changelog, line: Line) -> bool:
    """Return whether no later change of ours stands, in the time that was not asked about."""
    every = changelog.of_order(line.store, line.order_id)
    return [each.id for each in last_changes(every)] == [line.id]
