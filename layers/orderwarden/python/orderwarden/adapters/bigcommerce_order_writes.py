"""Writing orders and shipments: `ports.OrderWrites`."""

from __future__ import annotations

from functools import partial

from orderwarden.adapters import bigcommerce_bodies as bodies
from orderwarden.adapters import bigcommerce_parse as parse
from orderwarden.adapters.bigcommerce_call import MADE, Call, Reply
from orderwarden.adapters.bigcommerce_way import HasWay, order_path
from orderwarden.domain.new_order import NewOrder
from orderwarden.domain.order import Order, Shipment
from orderwarden.domain.order_changes import OrderChanges
from orderwarden.domain.shipment_changes import NewShipment, ShipmentChanges
from orderwarden.ports import Answer


class WritesOrders(HasWay):
    """Each writes once, or raises."""

    def put_order(
        self, order_id: int, *, status_id: int, staff_notes: str | None = None
    ) -> Answer[Order]:
        """Set the status and, where given, the whole staff notes, in one PUT."""
        return self.update_order(order_id, OrderChanges(status_id, staff_notes))

    def update_order(self, order_id: int, changes: OrderChanges) -> Answer[Order]:
        """Write some fields of an order in one PUT.

        The body has the given fields and never another: one that is read-only would fail the
        whole request.

        Raises:
            ValueError: No field is given.
        """
        body = bodies.order_body(changes)
        if not body:
            raise ValueError("nothing to write")
        call = Call("PUT", order_path(order_id), body=body, is_essential=True)
        return self._http.answer(call, partial(parse.order, order_id=order_id))

    def create_order(self, new: NewOrder) -> Answer[Order]:
        """Create an order."""
        body = bodies.new_order_body(new)
        call = Call("POST", "/v2/orders", body=body, is_essential=True, good=MADE)
        return self._http.answer(call, lambda reply: Order.from_json(reply.json))

    def create_shipment(self, order_id: int, new: NewShipment) -> Answer[Shipment]:
        """Ship lines of an order; the store tells the customer and moves the status itself."""
        body = bodies.new_shipment_body(new)
        call = Call("POST", order_path(order_id, "/shipments"), body=body, good=MADE)
        return self._http.answer(call, partial(_shipment, order_id=order_id))

    def update_shipment(
        self, order_id: int, shipment_id: int, changes: ShipmentChanges
    ) -> Answer[Shipment]:
        """Write some fields of a shipment.

        Raises:
            ValueError: No field is given.
        """
        body = bodies.shipment_body(changes)
        if not body:
            raise ValueError("nothing to write")
        path = order_path(order_id, f"/shipments/{shipment_id:d}")
        call = Call("PUT", path, body=body)
        return self._http.answer(call, partial(_shipment, order_id=order_id))


def _shipment(reply: Reply, order_id: int) -> Shipment:
    return parse.shipment(parse.whole_object(reply), order_id)
