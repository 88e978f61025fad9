"""What can be written of shipments. Source: docs/bigcommerce.md, "Shipments"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ShipmentChanges:
    """The fields of a shipment that may change; what is None stays as it is.

    Attributes:
        tracking_number: At most 50 characters.
        tracking_link: At most 500; without it the store makes one of carrier and number.
        shipping_provider: `ups`, `usps`, ...; a new shipment without one is sent with `""`, else
            the customer's e-mail has no tracking link.
        tracking_carrier: The carrier's name in the store's list.
        comments: At most 65,535.
    """

    tracking_number: str | None = None
    tracking_link: str | None = None
    shipping_provider: str | None = None
    tracking_carrier: str | None = None
    shipping_method: str | None = None
    merchant_shipping_cost: Decimal | None = None
    comments: str | None = None


@dataclass(frozen=True, slots=True)
class NewShipment:
    """One parcel, to one address of the order; what is in it cannot be changed afterwards.

    Attributes:
        quantities: By order line id, each from 1 to what is left to ship.
    """

    order_address_id: int
    quantities: Mapping[int, int]
    details: ShipmentChanges = ShipmentChanges()
