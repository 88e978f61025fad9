"""A line of the changelog: one write to an order, and why; or why there was none."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Result(StrEnum):
    """How the write of a line ended; `would` and `blocked` lines stand for no write."""

    INTENDED = "intended"
    APPLIED = "applied"
    RECOVERED = "recovered"
    NOT_APPLIED = "not_applied"
    UNCONFIRMED = "unconfirmed"
    FAILED = "failed"
    UNDONE = "undone"
    WOULD = "would"
    BLOCKED = "blocked"


WRITTEN: Final = frozenset({Result.APPLIED, Result.RECOVERED})
"""Results that say the store shows our change."""

HAD: Final = frozenset({Result.APPLIED, Result.RECOVERED, Result.UNCONFIRMED, Result.UNDONE})
"""Results after which the same effect is not had again."""

REPLACEABLE: Final = frozenset({Result.BLOCKED, Result.WOULD, Result.NOT_APPLIED})
"""Results that a new attempt at the same effect writes over."""

SOMEBODY_ELSE: Final = "somebody_else"
"""In `undone_by`: a person or another app took the change back, not a line of ours."""

HOOKS: Final = 0
"""Stands for the order in lines about the store's hooks: no order has this id."""

FAILED_STANDS: Final = timedelta(hours=24)
"""How long what the store refused is not tried again."""

TRIED_ONCE: Final = frozenset({"capture", "void", "refund"})
"""Actions that move money: what the store refused is never tried again by itself."""


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the changelog.

    Attributes:
        id: The effect key, `effect_key(...)`: no time in it, so an effect has one line.
        at: When it was intended, by the store's clock, as its events are.
        order_id: The order; `HOOKS` in a line about the store's hooks, whose statuses say nothing.
        action: What the line stands for: set_status, staff_note, ...
        also: What the same write carried besides.
        path: Every rule whose change is in this write, in order.
        read_modified: The order's `date_modified` as read before the write.
        attempt: The random id of the attempt that wrote it; empty where nothing was tried.
        occasion: What made this effect one of its own; empty for once-for-ever effects.
        actor: `rule`, or the person or command behind it.
        is_dangerous: Whether it could lose a paid order.
        is_counted: Whether the rule's limits counted it.
        settled_at: When its result was known, by the store's clock.
        undone_by: The line that took it back.
        restores: The line that this one takes back.
    """

    id: str
    at: datetime
    store: str
    order_id: int
    trigger: str
    rule: str
    rules_version: int
    action: str
    also: tuple[str, ...]
    from_status_id: int
    to_status_id: int | None
    result: Result
    reason: str
    actor: str = "rule"
    run_id: str | None = None
    path: tuple[str, ...] = ()
    read_modified: datetime | None = None
    attempt: str = ""
    occasion: str = ""
    is_dangerous: bool = False
    is_counted: bool = False
    settled_at: datetime | None = None
    undone_by: str | None = None
    restores: str | None = None


def effect_key(store: str, order_id: int, rule: str, action: str, occasion: str) -> str:
    """Return the id of the line for this effect: 32 hex digits."""
    parts = "\n".join((store, str(order_id), rule, action, occasion))
    return hashlib.sha256(parts.encode()).hexdigest()[:32]


def intended_at(line: Line) -> datetime:
    """Return when a line was intended: what lines are put in order by."""
    return line.at


def hides_effect(standing: Line, other: Line) -> bool:
    """Return whether an effect is open to be had by one line, and was or may be had by another.

    Args:
        standing: What is known in one place.
        other: What another place knows of the same effect.
    """
    keeps_off = HAD | {Result.INTENDED}
    return standing.result not in keeps_off and other.result in keeps_off


def may_be_replaced(line: Line, now: datetime) -> bool:
    """Return whether a new attempt may write over this line of the same effect."""
    if line.result is Result.FAILED:
        if line.action in TRIED_ONCE:
            return False
        return line.settled_at is not None and now - line.settled_at >= FAILED_STANDS
    return line.result in REPLACEABLE
