"""Receipts in DynamoDB."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from orderwarden.adapters.dynamodb_items import Item, Shape, item_of
from orderwarden.adapters.dynamodb_table import DynamoTable
from orderwarden.domain.receipt import Receipt

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from orderwarden.ports import Clock

_SHAPE: Final = Shape(Receipt)

# DynamoDB deletes what has expired within days: until then it is there and counts as absent.
_IS_ABSENT: Final = "attribute_not_exists(#key) OR #expires_at <= :now"
_IS_EXPECTED: Final = (
    "#revision = :revision AND (attribute_not_exists(#expires_at) OR #expires_at > :now)"
)


class DynamoReceipts:
    """`ports.Receipts`: key `key`; `expires_at_epoch`, in seconds, is the table's TTL."""

    def __init__(self, client: DynamoDBClient, table: str, clock: Clock) -> None:
        """Work on a table; the clock says what has expired."""
        self._table = DynamoTable(client, table, "key")
        self._clock = clock

    def look_up(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        """Return the receipts that exist, by key; consistent reads."""
        now = self._clock.now()
        receipts = map(_SHAPE.unpack, self._table.get_many((key,) for key in keys))
        return {receipt.key: receipt for receipt in receipts if not receipt.has_expired(now)}

    def replace(self, receipt: Receipt, expected: Receipt | None) -> Receipt | None:
        """Store it if what is stored has `expected`'s revision; else return what was found."""
        now = self._clock.now()
        if expected is None:
            refusal = self._table.put(_item(replace(receipt, revision=1)), _IS_ABSENT, now=now)
        else:
            stored = _item(replace(receipt, revision=expected.revision + 1))
            revision = expected.revision
            refusal = self._table.put(stored, _IS_EXPECTED, revision=revision, now=now)
        if refusal is None:
            return None
        found = _SHAPE.unpack(refusal.item) if refusal.item else None
        return expected if found is None or found.has_expired(now) else found

    def of_order(self, store: str, order_id: int) -> Sequence[Receipt]:
        """Return every receipt of an order that has not expired, oldest first.

        An index by order would cost every signal a write unit more, so the table is scanned.
        """
        which = "#store = :store AND #order_id = :order_id"
        items = self._table.scan(which, store=store, order_id=order_id)
        now = self._clock.now()
        standing = [one for one in map(_SHAPE.unpack, items) if not one.has_expired(now)]
        return tuple(sorted(standing, key=_begun))


def _begun(receipt: Receipt) -> tuple[datetime, str]:
    return receipt.first_at, receipt.key


def _item(receipt: Receipt) -> Item:
    expires_at = receipt.expires_at
    epoch = None if expires_at is None else math.ceil(expires_at.timestamp())
    return {**_SHAPE.pack(receipt), **item_of(expires_at_epoch=epoch)}
