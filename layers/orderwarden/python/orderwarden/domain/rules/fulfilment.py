"""Has everything that must be sent been sent?"""

from __future__ import annotations

from typing import Final, cast

from orderwarden.domain.facts import Facts, Resource, Unreadable
from orderwarden.domain.order import Order, OrderLine
from orderwarden.domain.statuses import (
    COMPLETED,
    PARTIALLY_REFUNDED,
    PARTIALLY_SHIPPED,
    REFUNDED,
    SHIPPED,
)

_PHYSICAL: Final = "physical"
_MAY_HAVE_SHIPPED: Final = frozenset(
    {SHIPPED, PARTIALLY_SHIPPED, COMPLETED, REFUNDED, PARTIALLY_REFUNDED}
)
"""Where a count of nothing shipped is not believed, or a refund may leave nothing to ship."""


def fully_shipped(facts: Facts) -> bool | Resource | None:
    """Return whether everything to be sent was sent; or the resource to fetch.

    Unknown where there is nothing to send: digital goods, gift certificates, all refunded.
    Source: docs/bigcommerce.md, "Order lines".
    """
    if facts.order.raw.get("order_is_digital") is True:
        return None
    by_body = _by_body(facts.order)
    if by_body is not None:
        return by_body
    fetched = facts.resources.get(Resource.PRODUCTS, Resource.PRODUCTS)
    if isinstance(fetched, Resource):
        return fetched
    if isinstance(fetched, Unreadable):
        return None
    return _by_lines(cast("tuple[OrderLine, ...]", fetched))


def _by_body(order: Order) -> bool | None:
    """Return what the counts in the order's body prove, which costs no call."""
    items, shipped = order.count("items_total"), order.count("items_shipped")
    if items is None or shipped is None or items <= 0:
        return None
    if shipped >= items:
        return True
    has_address = (order.count("shipping_address_count") or 0) > 0
    may_have_shipped = order.status_id in _MAY_HAVE_SHIPPED
    return False if shipped == 0 and has_address and not may_have_shipped else None


def _by_lines(lines: tuple[OrderLine, ...]) -> bool | None:
    sendable = [
        line
        for line in lines
        if line.type == _PHYSICAL
        and (line.quantity_shipped > 0 or line.quantity > line.quantity_refunded)
    ]
    if not sendable:
        return None
    return all(
        each.quantity_shipped >= each.quantity - each.quantity_refunded for each in sendable
    )
