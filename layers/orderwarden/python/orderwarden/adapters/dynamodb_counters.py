"""Counters in DynamoDB."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from orderwarden.adapters.dynamodb_items import number_in, text_in
from orderwarden.adapters.dynamodb_table import DynamoTable, Key

# Each call leaves a random id, so that a second sending of it does not count twice. Only if
# another call came between the two sendings, the count is one too high: never too low.
_CHANGE: Final = "ADD #count :change SET #latest_call = :call"
_IS_NEW: Final = "(attribute_not_exists(#latest_call) OR #latest_call <> :call)"
_MAY_RISE: Final = f"{_IS_NEW} AND (attribute_not_exists(#count) OR #count < :ceiling)"
_MAY_FALL: Final = f"{_IS_NEW} AND #count > :zero"


class DynamoCounters:
    """`ports.Counters`: subject store#counters, name = the counter's."""

    _table: DynamoTable

    def take(self, store: str, name: str, ceiling: int) -> bool:
        """Add one unless that would pass the ceiling; return whether it was added."""
        if ceiling < 1:
            return False
        call = uuid4().hex
        refusal = self._table.update(
            _key(store, name), _CHANGE, _MAY_RISE, change=1, call=call, ceiling=ceiling
        )
        if refusal is None:
            return True
        return refusal.item is not None and text_in(refusal.item, "latest_call") == call

    def give_back(self, store: str, name: str) -> None:
        """Take one off again, never below zero."""
        call = uuid4().hex
        self._table.update(_key(store, name), _CHANGE, _MAY_FALL, change=-1, call=call, zero=0)

    def counted(self, store: str, name: str) -> int:
        """Return the count."""
        return number_in(self._table.get(*_key(store, name)) or {}, "count")

    def every_count(self, store: str) -> Mapping[str, int]:
        """Return all counts of a store, by name."""
        items = self._table.query("#subject = :subject", subject=_subject(store))
        return {text_in(item, "name"): number_in(item, "count") for item in items}

    def raise_to(self, store: str, name: str, count: int) -> None:
        """Set a count, unless it is so high already."""
        is_lower = "attribute_not_exists(#count) OR #count < :count"
        self._table.update(_key(store, name), "SET #count = :count", is_lower, count=count)


def _subject(store: str) -> str:
    return f"{store}#counters"


def _key(store: str, name: str) -> Key:
    return _subject(store), name
