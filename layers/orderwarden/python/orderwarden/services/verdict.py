"""A person's verdict on a review: what it frees, and what it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orderwarden.domain.safeguards import EVERY_RULE
from orderwarden.ports import Queue, Review, State
from orderwarden.services.unpark import drop_all, unpark_all

APPROVAL: Final = "approval"
SHOWN: Final = 10_000
HOLD: Final = "hold"


@dataclass(frozen=True, slots=True)
class Judged:
    """What a verdict did.

    Attributes:
        review: As it was; None where there is no such open review.
        signals: Parked signals put back on the queue, or dropped.
    """

    review: Review | None
    signals: int = 0


def approve(state: State, queue: Queue, store: str, review_id: str) -> Judged:
    """Close a review; where a rule waits for approval, let it go on until it changes.

    Of a held order, let its rules act again, from its next event on; where several rules hold
    it, once each hold is approved.
    Each order is decided anew: what was right then may not be now.
    """
    review = find(state, store, review_id)
    if review is None:
        return Judged(None)
    signals = 0
    if review.kind == HOLD and review.order_id is not None and not _is_held_twice(state, review):
        state.lift(store, review.order_id, EVERY_RULE)
    if review.kind == APPROVAL and review.rule:
        state.approve(store, review.rule, fingerprint_of(review))
        signals = unpark_all(state, queue, store, f"approval:{review.rule}")
    state.close_review(store, review_id, "approved")
    return Judged(review, signals)


def reject(state: State, store: str, review_id: str) -> Judged:
    """Close a review; where a rule waits for approval, drop the signals that waited with it.

    A held order stays held.
    """
    review = find(state, store, review_id)
    if review is None:
        return Judged(None)
    signals = 0
    if review.kind == APPROVAL and review.rule:
        signals = drop_all(state, store, f"approval:{review.rule}")
    state.close_review(store, review_id, "rejected")
    return Judged(review, signals)


def orders_waiting(state: State, review: Review) -> list[int]:
    """Return the orders that wait for this approval now, at most `SHOWN`; none for other kinds."""
    if review.kind != APPROVAL or not review.rule:
        return []
    parked = state.waiting_for(review.store, f"approval:{review.rule}", SHOWN)
    return sorted({one.signal.order_id for one in parked if one.signal.order_id})


def find(state: State, store: str, review_id: str) -> Review | None:
    """Return an open review by its id, or None."""
    return next((one for one in state.reviews(store) if one.id == review_id), None)


def _is_held_twice(state: State, review: Review) -> bool:
    """Return whether another rule's hold of the order waits for a person, too."""
    holds = (one for one in state.reviews(review.store) if one.kind == HOLD)
    return any(one.order_id == review.order_id and one.id != review.id for one in holds)


def fingerprint_of(review: Review) -> str:
    """Return the fingerprint of the rule that an approval is about; its id ends with it."""
    return review.id.rpartition("-")[2]
