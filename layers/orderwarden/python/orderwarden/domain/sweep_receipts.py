"""What the receipt of a sweep signal says: is its order to be queued again, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.receipt import KEPT, LOST_AFTER, Receipt, ReceiptState
from orderwarden.domain.signal import Signal

DAILY: Final = timedelta(hours=24)
UNREADABLE_FIRST: Final = timedelta(minutes=15)
UNREADABLE_LATER: Final = timedelta(hours=1)
UNREADABLE: Final = "blocked: transactions_unreadable"

_FOR_GOOD: Final = frozenset({"applied", "gave_up"})
"""Outcomes after which only a changed order, or a changed rule, is looked into anew."""


def is_wanted(found: Receipt | None, now: datetime) -> bool:
    """Return whether a sweep is to queue the signal of this receipt (None: it has none)."""
    if found is None:
        return True
    match found.state:
        case ReceiptState.PARKED:
            return False
        case ReceiptState.QUEUED:
            return now - found.first_at > LOST_AFTER
        case ReceiptState.HELD | ReceiptState.RELEASED:
            return found.lease_until is not None and now - found.lease_until > LOST_AFTER
        case _:
            return found.look_again_at is not None and found.look_again_at <= now


def why_not(found: Receipt) -> str:
    """Return why a sweep leaves the signal of this receipt alone, a short code for counts."""
    match found.state:
        case ReceiptState.PARKED:
            return f"parked: {found.outcome}"
        case ReceiptState.QUEUED:
            return "queued_already"
        case ReceiptState.HELD | ReceiptState.RELEASED:
            return "in_hand"
        case _:
            return found.outcome or "ended"


def queued(signal: Signal, found: Receipt | None, now: datetime) -> Receipt:
    """Return the receipt of a signal that is about to be queued.

    A stored decision is kept, for it may have been carried out; the last outcome is kept too.
    It may be forgotten: a run that died before the queue leaves one that nobody may ever claim.
    """
    if found is None:
        new = Receipt.of(signal, ReceiptState.QUEUED, now)
        return replace(new, expires_at=now + KEPT)
    return replace(
        found,
        state=ReceiptState.QUEUED,
        revision=found.revision + 1,
        first_at=now,
        token="",
        lease_until=None,
        decision="" if found.has_ended else found.decision,
        deaths=0 if found.has_ended else found.deaths,
        failures=0,
        look_again_at=None,
        expires_at=now + KEPT,
    )


def look_again_at(outcome: str, before: str, now: datetime) -> datetime | None:
    """Return when a sweep signal that ended may be looked into once more; None: never.

    Args:
        outcome: How it ended, as its receipt tells.
        before: How it ended the last time; empty the first time.
        now: Our clock.
    """
    if outcome.partition(":")[0] in _FOR_GOOD:
        return None
    if outcome == UNREADABLE:
        return now + (UNREADABLE_LATER if before == UNREADABLE else UNREADABLE_FIRST)
    return now + DAILY
