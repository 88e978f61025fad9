"""Shipments: what they hold, and what making one does to its order."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bigcommerce_sim.world.amounts import ZERO


@dataclass(frozen=True, slots=True)
class ShipmentFields:
    """Hold what may be changed after a shipment was made; names are the API's."""

    tracking_number: str = ""
    tracking_link: str = ""
    tracking_carrier: str = ""
    shipping_provider: str = ""
    shipping_method: str = ""
    merchant_shipping_cost: Decimal = ZERO
    comments: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """Hold one shipment; `items` maps an order line's id to pieces."""

    id: int
    order_id: int
    order_address_id: int
    created_at: datetime
    items: Mapping[int, int]
    fields: ShipmentFields


def with_field_changes(fields: ShipmentFields, changes: Mapping[str, object]) -> ShipmentFields:
    """Return the fields with other values; whoever read them has checked their types."""
    return replace(fields, **changes)  # type: ignore[arg-type]


class ShipmentBook:
    """Keep shipments by order."""

    def __init__(self) -> None:
        self._by_order: dict[int, dict[int, Shipment]] = {}

    def save(self, shipment: Shipment) -> None:
        """Keep a new or changed shipment."""
        self._by_order.setdefault(shipment.order_id, {})[shipment.id] = shipment

    def remove(self, shipment: Shipment) -> None:
        """Forget a shipment."""
        del self._by_order[shipment.order_id][shipment.id]

    def of(self, order_id: int) -> list[Shipment]:
        """Return an order's shipments, oldest first."""
        return list(self._by_order.get(order_id, {}).values())

    def get(self, order_id: int, shipment_id: int) -> Shipment | None:
        """Return one shipment of one order."""
        return self._by_order.get(order_id, {}).get(shipment_id)

    def __iter__(self) -> Iterator[Shipment]:
        return (each for shipments in list(self._by_order.values()) for each in shipments.values())
