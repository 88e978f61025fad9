"""Writing orders and shipments. Errors: `ports/store.py`."""

from __future__ import annotations

from typing import Protocol

from orderwarden.domain.new_order import NewOrder
from orderwarden.domain.order import Order, Shipment
from orderwarden.domain.order_changes import OrderChanges
from orderwarden.domain.shipment_changes import NewShipment, ShipmentChanges
from orderwarden.ports.answer import Answer


class OrderWrites(Protocol):
    """Each writes once, or raises."""

    def put_order(
        self, order_id: int, *, status_id: int, staff_notes: str | None = None
    ) -> Answer[Order]:
        """Set the status and, where given, the whole staff notes, in one PUT."""
        ...

    def update_order(self, order_id: int, changes: OrderChanges) -> Answer[Order]:
        """Write some fields of an order in one PUT."""
        ...

    def create_order(self, new: NewOrder) -> Answer[Order]:
        """Create an order."""
        ...

    def create_shipment(self, order_id: int, new: NewShipment) -> Answer[Shipment]:
        """Ship lines of an order; the store tells the customer and moves the status itself."""
        ...

    def update_shipment(
        self, order_id: int, shipment_id: int, changes: ShipmentChanges
    ) -> Answer[Shipment]:
        """Write some fields of a shipment."""
        ...
