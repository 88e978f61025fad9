"""Does the changelog hold together, and does it agree with what the store shows?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from orderwarden.domain.line import WRITTEN, Line, Result
from orderwarden.domain.order import Order
from orderwarden.domain.settlement import AFTER, BEFORE

OPEN_FOR: Final = timedelta(hours=2)
"""A line is settled within minutes, or its signal is parked after an hour and looked at again."""

COUNTED: Final = "#"
"""In an occasion: the same body was acted on before, and somebody took that back."""


class Wrong(StrEnum):
    """What may be wrong with a line; docs/recovery.md says what each means."""

    UNSETTLED = "unsettled"
    DOUBLED = "doubled"
    REPEATED = "repeated"
    NOT_IN_THE_STORE = "not_in_the_store"


class Checked(StrEnum):
    """What the store's present state says of the last change of an order."""

    AGREES = "agrees"
    CHANGED_SINCE = "changed_since"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Problem:
    """One line with which something is wrong."""

    line: Line
    wrong: Wrong


def problems_of(lines: Iterable[Line], now: datetime) -> Iterator[Problem]:
    """Yield what is wrong with lines among themselves: unsettled, or two for one effect.

    Args:
        lines: Of one order or many, oldest first.
        now: By the store's clock, about.
    """
    effects: set[tuple[object, ...]] = set()
    bodies: set[tuple[object, ...]] = set()
    for line in lines:
        if line.result is Result.INTENDED and now - line.at > OPEN_FOR:
            yield Problem(line, Wrong.UNSETTLED)
        effect = (line.order_id, line.rule, line.action, line.occasion)
        if effect in effects:
            yield Problem(line, Wrong.DOUBLED)
        effects.add(effect)
        if not _is_status_change(line) or COUNTED in line.occasion:
            continue
        body = (line.order_id, line.read_modified, line.from_status_id, line.to_status_id)
        if body in bodies:
            yield Problem(line, Wrong.REPEATED)
        bodies.add(body)


def last_changes(lines: Iterable[Line]) -> Iterator[Line]:
    """Yield the last status change of each order that was changed; lines come oldest first."""
    last = {line.order_id: line for line in lines if _is_status_change(line)}
    yield from last.values()


def held_against(line: Line, order: Order) -> Checked:
    """Return what the store's present state says of the last change of an order.

    Whoever changed the order after us left a later date: then nothing can be told.
    """
    if order.date_modified > line.at + AFTER:
        return Checked.CHANGED_SINCE
    is_there = order.date_modified >= line.at - BEFORE and order.status_id == line.to_status_id
    return Checked.AGREES if is_there else Checked.DIFFERS


def _is_status_change(line: Line) -> bool:
    return line.result in WRITTEN and line.to_status_id not in {None, line.from_status_id}
