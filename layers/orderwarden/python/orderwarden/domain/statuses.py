"""The fifteen order statuses of BigCommerce, by id and system name.

Source: GET /v2/order_statuses in the official orders.v2 document; docs/bigcommerce.md, "Statuses".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

INCOMPLETE: Final = 0
PENDING: Final = 1
SHIPPED: Final = 2
PARTIALLY_SHIPPED: Final = 3
REFUNDED: Final = 4
CANCELLED: Final = 5
DECLINED: Final = 6
AWAITING_PAYMENT: Final = 7
AWAITING_PICKUP: Final = 8
AWAITING_SHIPMENT: Final = 9
COMPLETED: Final = 10
AWAITING_FULFILLMENT: Final = 11
MANUAL_VERIFICATION_REQUIRED: Final = 12
DISPUTED: Final = 13
PARTIALLY_REFUNDED: Final = 14

NAMES: Final[Mapping[int, str]] = {
    INCOMPLETE: "Incomplete",
    PENDING: "Pending",
    SHIPPED: "Shipped",
    PARTIALLY_SHIPPED: "Partially Shipped",
    REFUNDED: "Refunded",
    CANCELLED: "Cancelled",
    DECLINED: "Declined",
    AWAITING_PAYMENT: "Awaiting Payment",
    AWAITING_PICKUP: "Awaiting Pickup",
    AWAITING_SHIPMENT: "Awaiting Shipment",
    COMPLETED: "Completed",
    AWAITING_FULFILLMENT: "Awaiting Fulfillment",
    MANUAL_VERIFICATION_REQUIRED: "Manual Verification Required",
    DISPUTED: "Disputed",
    PARTIALLY_REFUNDED: "Partially Refunded",
}
IDS: Final[Mapping[str, int]] = {name: status_id for status_id, name in NAMES.items()}

DANGEROUS: Final = frozenset({CANCELLED, DECLINED, INCOMPLETE, PENDING})
"""Statuses whose setting loses a sale or hides an order: they need the money check."""

PROTECTED: Final = frozenset({REFUNDED, CANCELLED, DECLINED, COMPLETED, DISPUTED})
"""Statuses that a rule leaves alone unless it names them."""

MONEY_MOVES_FIRST: Final = frozenset({REFUNDED, PARTIALLY_REFUNDED})
"""Statuses that BigCommerce sets by itself after a refund; writing them moves no money."""
