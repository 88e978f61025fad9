"""The fifteen order statuses; a test compares them with the official document."""

from dataclasses import dataclass

INCOMPLETE = 0
PENDING = 1
SHIPPED = 2
PARTIALLY_SHIPPED = 3
REFUNDED = 4
CANCELLED = 5
DECLINED = 6
AWAITING_PAYMENT = 7
AWAITING_PICKUP = 8
AWAITING_SHIPMENT = 9
COMPLETED = 10
AWAITING_FULFILLMENT = 11
MANUAL_VERIFICATION_REQUIRED = 12
DISPUTED = 13
PARTIALLY_REFUNDED = 14


@dataclass(frozen=True, slots=True)
class Status:
    """Hold one status; `position` is its place in the control panel's list."""

    id: int
    name: str
    position: int
    meaning: str


_ALL = (
    Status(0, "Incomplete", 0, "The shopper saw the payment page and no payment was completed."),
    Status(1, "Pending", 1, "Checkout was begun and not finished."),
    Status(2, "Shipped", 8, "Everything was shipped; receipt is not confirmed."),
    Status(3, "Partially Shipped", 6, "Some of the items were shipped."),
    Status(4, "Refunded", 11, "The refund action was used on the whole order."),
    Status(5, "Cancelled", 9, "The seller cancelled the order; no money was moved by that."),
    Status(6, "Declined", 10, "The seller declined the order."),
    Status(7, "Awaiting Payment", 2, "Checkout is done; the payment is not confirmed."),
    Status(8, "Awaiting Pickup", 5, "Packed, and waiting for the customer to fetch it."),
    Status(9, "Awaiting Shipment", 4, "Packed, and waiting for the carrier."),
    Status(10, "Completed", 7, "Nothing is left to do."),
    Status(11, "Awaiting Fulfillment", 3, "Paid, and to be picked."),
    Status(12, "Manual Verification Required", 13, "On hold until a person has looked."),
    Status(13, "Disputed", 12, "The customer disputes the payment."),
    Status(14, "Partially Refunded", 14, "A part of the money was given back."),
)

BY_ID = {status.id: status for status in _ALL}
IN_PANEL_ORDER = tuple(sorted(_ALL, key=lambda status: status.position))
_BY_NAME = {status.name.lower(): status.id for status in _ALL}


def status_id_of(status: int | str) -> int:
    """Return the id for an id or a system name.

    Raises:
        ValueError: neither is known.
    """
    found = status if isinstance(status, int) else _BY_NAME.get(status.lower(), -1)
    if found not in BY_ID:
        raise ValueError(f"no such order status: {status!r}")
    return found
