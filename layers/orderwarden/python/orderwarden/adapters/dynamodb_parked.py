"""Parked signals in DynamoDB."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from orderwarden.adapters.dynamodb_items import Item, Value, item_of, number_in, text_in
from orderwarden.adapters.dynamodb_table import DynamoTable
from orderwarden.domain.instants import from_text
from orderwarden.domain.signal import VERSION, Signal
from orderwarden.ports import Parked


class DynamoParkedSignals:
    """`ports.ParkedSignals`: subject store#parked, name = receipt key.

    Two indexes hold keys only: `by_time` (`subject`, `until`) and `by_cause` (`cause`: store#what
    it waits for, `at`). What a newer version parked waits for code that can read it.
    """

    _table: DynamoTable

    def park(self, parked: Parked) -> None:
        """Keep a signal; the newest of a receipt key replaces."""
        signal = parked.signal
        item = item_of(
            subject=_subject(signal.store),
            name=signal.receipt_key,
            cause=_cause(signal.store, parked.waits_for),
            reason=parked.reason,
            at=parked.at,
            until=parked.until,
            waits_for=parked.waits_for,
            signal=signal.to_json(),
            signal_version=signal.version,
        )
        self._table.put(item)

    def due(self, store: str, now: datetime, limit: int) -> Sequence[Parked]:
        """Return those whose `until` has passed; the longest due first."""
        which = "#subject = :subject AND #until <= :now"
        subject = _subject(store)
        items = self._table.query_index("by_time", which, page=limit, subject=subject, now=now)
        return tuple(islice(_readable(items), limit))

    def waiting_for(self, store: str, waits_for: str, limit: int) -> Sequence[Parked]:
        """Return those that wait for this; the longest parked first."""
        cause = _cause(store, waits_for)
        items = self._table.query_index("by_cause", "#cause = :cause", page=limit, cause=cause)
        return tuple(islice(_readable(items), limit))

    def unpark(self, parked: Parked) -> None:
        """Forget one; nothing happens if it is gone or was replaced."""
        key = (_subject(parked.signal.store), parked.signal.receipt_key)
        same = "#reason = :reason AND #at = :at AND #waits_for = :waits_for AND "
        same += "attribute_not_exists(#until)" if parked.until is None else "#until = :until"
        identity: dict[str, Value] = {
            "reason": parked.reason,
            "at": parked.at,
            "waits_for": parked.waits_for,
        }
        if parked.until is not None:
            identity["until"] = parked.until
        self._table.delete(key, same, **identity)

    def count_parked(self, store: str) -> int:
        """Return how many wait; costs a read of them all."""
        return self._table.count("#subject = :subject", subject=_subject(store))

    def every_parked(self, store: str) -> Iterator[Parked]:
        """Return all that this version of the code can read."""
        yield from _readable(self._table.query("#subject = :subject", subject=_subject(store)))


def _subject(store: str) -> str:
    return f"{store}#parked"


def _cause(store: str, waits_for: str) -> str:
    return f"{store}#{waits_for}"


def _readable(items: Iterator[Item]) -> Iterator[Parked]:
    for item in items:
        if number_in(item, "signal_version") <= VERSION:
            yield Parked(
                signal=Signal.from_json(text_in(item, "signal")),
                reason=text_in(item, "reason"),
                at=from_text(text_in(item, "at")),
                until=from_text(text_in(item, "until")) if "until" in item else None,
                waits_for=text_in(item, "waits_for"),
            )
