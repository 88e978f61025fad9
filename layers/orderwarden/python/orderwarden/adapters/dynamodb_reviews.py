"""Reviews in DynamoDB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from orderwarden.adapters.dynamodb_items import Shape, item_of, text_in
from orderwarden.adapters.dynamodb_table import DynamoTable, Key
from orderwarden.ports import Review

_SHAPE: Final = Shape(Review)


class DynamoReviews:
    """`ports.Reviews`: subject store#reviews, name = id."""

    _table: DynamoTable

    def open_review(self, review: Review) -> bool:
        """Store a review unless its id exists; return whether it is new."""
        subject, name = _key(review.store, review.id)
        item = {**item_of(subject=subject, name=name), **_SHAPE.pack(review)}
        return self._table.put(item, "attribute_not_exists(#subject)") is None

    def reviews(self, store: str, state: str | None = "open") -> Sequence[Review]:
        """Return reviews, oldest first; None for any state. Costs a read of them all."""
        items = self._table.query("#subject = :subject", subject=_subject(store))
        found = (_SHAPE.unpack(item) for item in items)
        wanted = (review for review in found if state in {None, review.state})
        return sorted(wanted, key=lambda review: (review.at, review.id))

    def close_review(self, store: str, review_id: str, state: str) -> bool:
        """Set an open review to `approved` or `rejected`; return whether it was open."""
        change, condition = "SET #state = :state", "#state = :open"
        key = _key(store, review_id)
        refusal = self._table.update(key, change, condition, state=state, open="open")
        if refusal is None:
            return True
        is_so_now = refusal.item is not None and text_in(refusal.item, "state") == state
        return refusal.was_sent_again and is_so_now


def _subject(store: str) -> str:
    return f"{store}#reviews"


def _key(store: str, review_id: str) -> Key:
    return _subject(store), review_id
