"""Tell a person that a store lists orders which it was not asked for."""

from __future__ import annotations

from datetime import datetime

from orderwarden.errors import OutsideWindow
from orderwarden.ports import Notifier, Review, Reviews


def ask_about_outside(
    reviews: Reviews,
    notifier: Notifier,
    store: str,
    error: OutsideWindow,
    now: datetime,
    *,
    named: str,
    ignores: str,
) -> None:
    """Open a review, once a day, and notify where it is new.

    Args:
        reviews: Where to open it.
        notifier: Whom to tell.
        store: Store hash.
        error: The order that was listed.
        now: Our clock.
        named: The review's id without its day, so that each kind of run asks for itself.
        ignores: What the store ignores, and what comes of it.
    """
    review = Review(
        id=f"{named}-{now:%Y-%m-%d}",
        store=store,
        kind="outside_window",
        at=now,
        detail=f"Order {error.order_id} was listed though it was not asked for: the store "
        f"ignores {ignores}.",
        order_id=error.order_id,
    )
    if reviews.open_review(review):
        notifier.notify(store, "outside_window", review.id, {})
