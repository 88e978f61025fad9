"""Fields about what was sent: everything, by a parcel or by word alone, with a number to track."""

from __future__ import annotations

from typing import Final

from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.order import Order, OrderLine, Shipment
from orderwarden.domain.order_parts import text
from orderwarden.domain.rules.buyers import has_address
from orderwarden.domain.rules.readings import Reading
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


BY_SHIPMENT: Final = "shipment"
BY_STATUS: Final = "status"
SHIPPED_BY: Final = (BY_SHIPMENT, BY_STATUS)

_SAYS_SHIPPED: Final = frozenset({SHIPPED, PARTIALLY_SHIPPED, COMPLETED})
"""Statuses that say that something was sent."""


def fully_shipped(facts: Facts) -> Reading:
    """Return whether everything to be sent was sent; or the resource to fetch.

    Unknown where there is nothing to send: digital goods, gift certificates, all refunded.
    Source: docs/bigcommerce.md, "Order lines".
    """
    if facts.order.raw.get("order_is_digital") is True:
        return None
    by_body = _by_body(facts.order)
    if by_body is not None:
        return by_body
    lines = facts.fetched(Resource.PRODUCTS, OrderLine)
    return _by_lines(lines) if isinstance(lines, tuple) else lines


def shipped_by(facts: Facts) -> Reading:
    """Return what says that the order was sent: a shipment, or nothing but its status.

    Unknown where neither does, and where the order has nowhere to be sent.
    """
    if not has_address(facts):
        return None
    shipments = facts.fetched(Resource.SHIPMENTS, Shipment)
    if not isinstance(shipments, tuple):
        return shipments
    if shipments:
        return BY_SHIPMENT
    return BY_STATUS if facts.status_id in _SAYS_SHIPPED else None


def has_tracking(facts: Facts) -> Reading:
    """Return whether every parcel can be tracked; false where there is no parcel.

    Unknown where the order has nowhere to be sent.
    """
    if not has_address(facts):
        return None
    shipments = facts.fetched(Resource.SHIPMENTS, Shipment)
    if not isinstance(shipments, tuple):
        return shipments
    return bool(shipments) and all(_is_tracked(shipment) for shipment in shipments)


def _is_tracked(shipment: Shipment) -> bool:
    return bool(shipment.tracking_number.strip() or text(shipment.raw, "tracking_link"))


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
    return all(left_to_send(line) == 0 for line in sendable) if sendable else None


def left_to_send(line: OrderLine) -> int:
    """Return how many of an order line are still to be sent; what was refunded is not."""
    if line.type != _PHYSICAL:
        return 0
    return max(0, line.quantity - line.quantity_refunded - line.quantity_shipped)
