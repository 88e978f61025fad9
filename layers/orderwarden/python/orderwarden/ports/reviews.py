"""The port of reviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Review:
    """Something a person must decide; ids only, no personal data.

    Attributes:
        id: Equal for the same matter, so that it is asked once.
        kind: A short code: refused, unconfirmed, paid_in_window, tug_of_war, approval, ...
        detail: One sentence for the person.
        state: open, approved or rejected.
    """

    id: str
    store: str
    kind: str
    at: datetime
    detail: str
    order_id: int | None = None
    rule: str | None = None
    line_id: str | None = None
    receipt_key: str | None = None
    state: str = "open"


class Reviews(Protocol):
    """What waits for a person."""

    def open_review(self, review: Review) -> bool:
        """Store a review unless its id exists; return whether it is new."""
        ...

    def reviews(self, store: str, state: str | None = "open") -> Sequence[Review]:
        """Return reviews, oldest first; None for any state."""
        ...

    def close_review(self, store: str, review_id: str, state: str) -> bool:
        """Set an open review to `approved` or `rejected`; return whether it was open."""
        ...
