"""Bodies of the store's API as domain values; what makes no sense is `Rejected`.

Tolerated: unknown keys, ids as text, sub-objects that are null or `{}`. Source:
docs/bigcommerce.md, "Orders" and "Transactions".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from orderwarden.adapters.bigcommerce_call import Reply
from orderwarden.domain.order import Json, Order, OrderLine, Shipment, Transaction, amount, whole
from orderwarden.errors import Rejected


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
    _check_order(row, order_id)
    has_refunds = row.get("quantity_refunded") is not None
    return OrderLine(
        id=_number(row, "id"),
        type=_text(row, "type") if row.get("type") else "physical",
        quantity=_number(row, "quantity"),
        quantity_shipped=_number(row, "quantity_shipped"),
        quantity_refunded=_number(row, "quantity_refunded") if has_refunds else 0,
        raw=row,
    )


def shipment(row: Json, order_id: int) -> Shipment:
    """Read a shipment; several items of one order line count together."""
    _check_order(row, order_id)
    quantities: Counter[int] = Counter()
    for item in rows(row.get("items") or []):
        quantities[_number(item, "order_product_id")] += _number(item, "quantity")
    return Shipment(
        id=_number(row, "id"),
        tracking_number=str(row.get("tracking_number") or ""),
        quantities=dict(quantities),
        raw=row,
    )


def transaction(row: Json, order_id: int) -> Transaction:
    """Read a transaction; what hides its event or status is not guessed at."""
    _check_order(row, order_id)
    currency, follows = row.get("currency"), row.get("reference_transaction_id")
    return Transaction(
        id=str(_number(row, "id")),
        event=_text(row, "event"),
        status=_text(row, "status"),
        amount=amount(row.get("amount")),
        currency=currency if isinstance(currency, str) else "",
        is_test=row.get("test") is True,
        reference_id=str(follows) if follows else None,
        raw=row,
    )


def statuses(reply: Reply) -> Mapping[int, str]:
    """Read the order statuses: id to system label; a store has some, so none is nonsense."""
    labels = {_number(row, "id"): _text(row, "system_label") for row in rows(reply.json)}
    if not labels:
        raise Rejected("no_statuses")
    return labels


def rows(value: object) -> list[Json]:
    """Read an array of objects."""
    if not isinstance(value, list) or not all(isinstance(row, Mapping) for row in value):
        raise Rejected("not_an_array_of_objects")
    return value


def _check_order(row: Json, order_id: int) -> None:
    """Refuse a row that says it belongs to another order (transactions say it as text)."""
    if "order_id" in row and whole(row["order_id"]) != order_id:
        raise Rejected("row_of_another_order")


def _number(row: Json, key: str) -> int:
    number = whole(row.get(key))
    if number is None:
        raise Rejected(f"no_{key}")
    return number


def _text(row: Json, key: str) -> str:
    text = row.get(key)
    if not isinstance(text, str) or not text:
        raise Rejected(f"no_{key}")
    return text
