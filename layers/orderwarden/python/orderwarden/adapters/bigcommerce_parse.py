"""Bodies of the store's API as domain values; what makes no sense is `Rejected`.

Tolerated: unknown keys, ids as text, sub-objects that are null or `{}`. Source:
docs/bigcommerce.md, "Orders" and "Transactions".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from orderwarden.adapters.bigcommerce_call import Reply
from orderwarden.domain.order import Json, Order, OrderLine, Shipment, Transaction, amount, whole
from orderwarden.domain.shop import OrderStatus
from orderwarden.errors import Rejected

LAST_EPOCH_S: Final = 253_402_300_800
"""The end of the year 9999, and of the calendar."""


def order(reply: Reply, order_id: int) -> Order:
    """Read the body of an order, which must be the one that was asked for."""
    found = Order.from_json(reply.json)
    if found.id != order_id:
        raise Rejected("another_order")
    return found


def order_line(row: Json, order_id: int) -> OrderLine:
    """Read a line of an order; what is not said to have come back has not.

    A line without a type counts as physical: it then must be shipped, the safe reading.
    """
    check_order(row, order_id)
    has_refunds = row.get("quantity_refunded") is not None
    return OrderLine(
        id=number(row, "id"),
        type=text(row, "type") if row.get("type") else "physical",
        quantity=number(row, "quantity"),
        quantity_shipped=number(row, "quantity_shipped"),
        quantity_refunded=number(row, "quantity_refunded") if has_refunds else 0,
        raw=row,
    )


def shipment(row: Json, order_id: int) -> Shipment:
    """Read a shipment; several items of one order line count together."""
    check_order(row, order_id)
    quantities: Counter[int] = Counter()
    for item in rows(row.get("items") or []):
        quantities[number(item, "order_product_id")] += number(item, "quantity")
    return Shipment(
        id=number(row, "id"),
        tracking_number=str(row.get("tracking_number") or ""),
        quantities=dict(quantities),
        raw=row,
    )


def transaction(row: Json, order_id: int) -> Transaction:
    """Read a transaction; what hides its event or status is not guessed at."""
    check_order(row, order_id)
    currency, follows = row.get("currency"), row.get("reference_transaction_id")
    return Transaction(
        id=str(number(row, "id")),
        event=text(row, "event"),
        status=text(row, "status"),
        amount=amount(row.get("amount")),
        currency=currency if isinstance(currency, str) else "",
        is_test=row.get("test") is True,
        reference_id=str(follows) if follows else None,
        raw=row,
    )


def nothing(_reply: Reply) -> None:
    """Take an answer whose status says it all."""


def data(reply: Reply) -> Json:
    """Read the object in a v3 envelope."""
    found = reply.json.get("data") if isinstance(reply.json, Mapping) else None
    if not isinstance(found, Mapping):
        raise Rejected("no_data")
    return found


def whole_object(reply: Reply) -> Json:
    """Read a v2 object."""
    if not isinstance(reply.json, Mapping):
        raise Rejected("not_an_object")
    return reply.json


def statuses(reply: Reply) -> Mapping[int, OrderStatus]:
    """Read the order statuses by id; a store has some, so none is nonsense."""
    found = {status.id: status for status in map(_status, rows(reply.json))}
    if not found:
        raise Rejected("no_statuses")
    return found


def _status(row: Json) -> OrderStatus:
    own, system_label = row.get("custom_label"), text(row, "system_label")
    label = (own.strip() if isinstance(own, str) else "") or system_label
    return OrderStatus(number(row, "id"), system_label, label, row)


def rows(value: object) -> list[Json]:
    """Read an array of objects."""
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise Rejected("not_an_array_of_objects")
    return value


def objects(value: object) -> tuple[Json, ...]:
    """Read the objects of an array, if it is one; whatever else is there is left out."""
    return tuple(x for x in value if isinstance(x, Mapping)) if isinstance(value, list) else ()


def epoch(value: object) -> datetime | None:
    """Read seconds since 1970 as aware UTC; None where they make no sense."""
    seconds = whole(value)
    return datetime.fromtimestamp(seconds, UTC) if seconds and seconds < LAST_EPOCH_S else None


def check_order(row: Json, order_id: int) -> None:
    """Refuse a row that says it belongs to another order (transactions say it as text)."""
    if "order_id" in row and whole(row["order_id"]) != order_id:
        raise Rejected("row_of_another_order")


def number(row: Json, key: str) -> int:
    """Read a whole number that must be there."""
    found = whole(row.get(key))
    if found is None:
        raise Rejected(f"no_{key}")
    return found


def text(row: Json, key: str) -> str:
    """Read a text that must be there."""
    found = row.get(key)
    if not isinstance(found, str) or not found:
        raise Rejected(f"no_{key}")
    return found
