"""A receipt: that a signal was claimed, what was decided for it, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from orderwarden.domain.signal import Signal

KEPT: Final = timedelta(days=21)
"""Longer than a webhook may be old (72 h) plus the queue's retention (14 days)."""

LOST_AFTER: Final = timedelta(hours=6)
"""A signal that was queued or given back so long ago, and is in no hands, is lost."""

DEATHS_ALLOWED: Final = 4
"""A signal that killed its process once more than this is given to a person."""


class ReceiptState(StrEnum):
    """Where a signal stands."""

    HELD = "held"
    RELEASED = "released"
    QUEUED = "queued"
    PARKED = "parked"
    DONE = "done"
    NO_RULE = "no_rule"


ENDED: Final = frozenset({ReceiptState.DONE, ReceiptState.NO_RULE})


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is kept of one signal.

    Attributes:
        key: The signal's receipt key.
        revision: Grows with every write; a conditional write names the one it read.
        token: Random id of the call that holds it.
        lease_until: While held, nobody else may take it before this (our clock); once released,
            when that was.
        decision: The decision to be carried out, as JSON; empty where there is none.
        deaths: How often its holder vanished.
        failures: How often in a row nothing could be done for it; a look that was made ends the
            row.
        outcome: How it ended, a short code.
        first_at: When it was first claimed (our clock).
        look_again_at: When a finished signal may be decided once more.
        expires_at: When it may be forgotten; only what ended expires, and what was only queued.
    """

    key: str
    store: str
    order_id: int | None
    trigger: str
    state: ReceiptState
    first_at: datetime
    revision: int = 1
    token: str = ""
    lease_until: datetime | None = None
    decision: str = ""
    deaths: int = 0
    failures: int = 0
    outcome: str = ""
    look_again_at: datetime | None = None
    expires_at: datetime | None = None

    @classmethod
    def of(cls, signal: Signal, state: ReceiptState, now: datetime) -> Receipt:
        """Return the first receipt of a signal."""
        return cls(
            key=signal.receipt_key,
            store=signal.store,
            order_id=signal.order_id,
            trigger=signal.trigger.value,
            state=state,
            first_at=now,
        )

    @property
    def has_ended(self) -> bool:
        """Return whether nothing is left to do for it, until `look_again_at`."""
        return self.state in ENDED

    def has_expired(self, now: datetime) -> bool:
        """Return whether it counts as absent, deleted or not."""
        return self.expires_at is not None and self.expires_at <= now
