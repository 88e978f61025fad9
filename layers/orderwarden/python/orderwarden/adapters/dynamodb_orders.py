"""What is kept of single orders in DynamoDB: what was seen, and holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from orderwarden.adapters.dynamodb_items import Item, Shape, item_of, text_in
from orderwarden.adapters.dynamodb_table import DynamoTable, Key
from orderwarden.domain.seen import Seen
from orderwarden.ports import Hold

_SHAPE: Final = Shape(Seen)
_SEEN: Final = "seen"
_ORDERS: Final = "{}#order#"
"""What the subjects of a store's orders begin with."""


class DynamoSeenOrders:
    """`ports.SeenOrders`: subject store#order#number, name `seen`."""

    _table: DynamoTable

    def seen(self, store: str, order_id: int) -> Seen | None:
        """Return the last reading for which every rule was asked."""
        item = self._table.get(_order(store, order_id), _SEEN)
        return _SHAPE.unpack(item) if item else None

    def seen_many(self, store: str, order_ids: Iterable[int]) -> Mapping[int, Seen]:
        """Return the last readings of those orders that have one, by order id."""
        keys = ((_order(store, order_id), _SEEN) for order_id in order_ids)
        found = map(_SHAPE.unpack, self._table.get_many(keys))
        return {seen.order_id: seen for seen in found}

    def replace_seen(self, seen: Seen, expected: Seen | None) -> bool:
        """Store it, its revision one up, if what is stored has `expected`'s revision."""
        if expected is None:
            item = _item(replace(seen, revision=1))
            return self._table.put(item, "attribute_not_exists(#subject)") is None
        item = _item(replace(seen, revision=expected.revision + 1))
        condition = "#revision = :revision"
        return self._table.put(item, condition, revision=expected.revision) is None

    def every_seen(self, store: str) -> Iterator[Seen]:
        """Return the last reading of every order, in no order; reads the whole table."""
        which = "begins_with(#subject, :orders) AND #name = :seen"
        items = self._table.scan(which, orders=_ORDERS.format(store), seen=_SEEN)
        yield from map(_SHAPE.unpack, items)


class DynamoHolds:
    """`ports.Holds`: subject store#order#number, name `hold#` and the rule."""

    _table: DynamoTable

    def hold(self, store: str, order_id: int, rule: str, reason: str) -> None:
        """Keep a rule off an order; the newest reason stays."""
        subject, name = _hold(store, order_id, rule)
        self._table.put(item_of(subject=subject, name=name, rule=rule, reason=reason))

    def lift(self, store: str, order_id: int, rule: str) -> None:
        """Lift a hold."""
        self._table.delete(_hold(store, order_id, rule))

    def holds(self, store: str, order_id: int) -> frozenset[str]:
        """Return the names of the rules kept off."""
        which = "#subject = :subject AND begins_with(#name, :name)"
        items = self._table.query(which, subject=_order(store, order_id), name="hold#")
        return frozenset(text_in(item, "rule") for item in items)

    def every_hold(self, store: str) -> Iterator[Hold]:
        """Return every hold of a store, in no order; reads the whole table."""
        orders = _ORDERS.format(store)
        which = "begins_with(#subject, :orders) AND begins_with(#name, :name)"
        for item in self._table.scan(which, orders=orders, name="hold#"):
            order_id = int(text_in(item, "subject").removeprefix(orders))
            yield Hold(order_id, text_in(item, "rule"), text_in(item, "reason"))


def _order(store: str, order_id: int) -> str:
    return f"{_ORDERS.format(store)}{order_id}"


def _hold(store: str, order_id: int, rule: str) -> Key:
    return _order(store, order_id), f"hold#{rule}"


def _item(seen: Seen) -> Item:
    return {**item_of(subject=_order(seen.store, seen.order_id), name=_SEEN), **_SHAPE.pack(seen)}
