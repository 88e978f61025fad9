"""What the store's people do in the control panel."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bigcommerce_sim.acts.locked import locked
from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.amounts import read_amount
from bigcommerce_sim.world.changes import archive_order, change_order, write_message
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.inventory import DEFAULT_LOCATION, Location
from bigcommerce_sim.world.metafields import MetafieldFields
from bigcommerce_sim.world.noting import create_metafield
from bigcommerce_sim.world.order import Order
from bigcommerce_sim.world.paying import begin_capture, begin_void, order_or_404
from bigcommerce_sim.world.refunding import all_that_is_left, begin_refund, quote_refund
from bigcommerce_sim.world.refunds import RefundItem
from bigcommerce_sim.world.shipments import ShipmentFields
from bigcommerce_sim.world.shipping import create_shipment, delete_shipment
from bigcommerce_sim.world.stock import change_stock_settings, set_on_hand
from bigcommerce_sim.world.world import World

ACTOR = "staff"


class Staff:
    """Act as the store's people; every method returns when the act is done."""

    def __init__(self, world: World, lock: threading.RLock) -> None:
        self.world = world
        self.lock = lock

    @locked
    def edit(
        self,
        order_id: int,
        *,
        status: int | str | None = None,
        staff_notes: str | None = None,
        customer_message: str | None = None,
        payment_method: str | None = None,
        created_at: datetime | None = None,
    ) -> None:
        """Edit an order: its status by id or system name, its texts, its date.

        Raises:
            ValueError: an unknown status.
        """
        order = order_or_404(self.world, order_id)
        given: dict[str, object] = {
            "staff_notes": staff_notes,
            "customer_message": customer_message,
            "payment_method": payment_method,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        if status is not None:
            changes["status_id"] = statuses.status_id_of(status)
        if created_at is not None:
            changes["date_created"] = whole_second(created_at)
        change_order(self.world, order, changes, ACTOR)

    @locked
    def archive(self, order_id: int) -> None:
        """Archive an order."""
        archive_order(self.world, order_or_404(self.world, order_id), ACTOR)

    @locked
    def ship(
        self,
        order_id: int,
        items: Mapping[int, int] | None = None,
        *,
        pieces: int | None = None,
        tracking_number: str = "",
        shipping_provider: str = "",
        tracking_carrier: str = "",
    ) -> list[int]:
        """Ship, and return the shipments' ids, one for each address.

        Args:
            order_id: The order.
            items: Line ids and pieces; all that is left unless given.
            pieces: Ship only this many pieces in all, first lines first.
            tracking_number: The carrier's number, if there is one.
            shipping_provider: A provider that BigCommerce knows, such as `usps`.
            tracking_carrier: Or a carrier's slug.

        Raises:
            Refusal: 400 where there is nothing to ship or it does not fit.
        """
        order = order_or_404(self.world, order_id)
        wanted = dict(items) if items is not None else _left(order, pieces)
        fields = ShipmentFields(
            tracking_number=tracking_number,
            shipping_provider=shipping_provider,
            tracking_carrier=tracking_carrier,
        )
        made = []
        for address_id, part in _by_address(order, wanted).items():
            now = order_or_404(self.world, order_id)
            made.append(create_shipment(self.world, now, address_id, part, fields, actor=ACTOR).id)
        return made

    @locked
    def delete_shipments(self, order_id: int) -> None:
        """Delete all shipments of an order; its status stays."""
        for shipment in self.world.shipments_of(order_id).of(order_id):
            delete_shipment(self.world, shipment, ACTOR)

    @locked
    def capture(self, order_id: int) -> None:
        """Capture what was authorised; it takes effect after `payment_delay_s`."""
        begin_capture(self.world, order_or_404(self.world, order_id), ACTOR)

    @locked
    def void(self, order_id: int) -> None:
        """Release what was authorised; it takes effect after `payment_delay_s`."""
        begin_void(self.world, order_or_404(self.world, order_id), ACTOR)

    @locked
    def refund(self, order_id: int, amount: Decimal | str | int | None = None) -> int:
        """Give back all that is left, or an amount of the order; return the refund's id.

        It takes effect after `payment_delay_s`.

        Raises:
            Refusal: 422 for more than there is, 503 while another refund is under way.
        """
        order = order_or_404(self.world, order_id)
        items = all_that_is_left(order)
        if amount is not None:
            items = [RefundItem("ORDER", order_id, read_amount(amount))]
        quote = quote_refund(self.world, order, items)
        return begin_refund(self.world, order, quote.items, quote.methods[0], ACTOR).id

    @locked
    def set_metafield(self, order_id: int, namespace: str, key: str, value: str) -> int:
        """Write a metafield as the store's own app does, and return its id.

        Raises:
            Refusal: 409 where there is one like it.
        """
        order = order_or_404(self.world, order_id)
        given = MetafieldFields("write", namespace, key, value)
        return create_metafield(self.world, order, given, ACTOR).id

    @locked
    def write_message(self, order_id: int, text: str, subject: str = "Answer") -> int:
        """Answer the shopper, whose messages count as read then; return the message's id."""
        return write_message(self.world, order_or_404(self.world, order_id), subject, text, ACTOR)

    @locked
    def flag_messages(self, order_id: int) -> None:
        """Flag all messages of an order."""
        self.world.messages.flag(order_or_404(self.world, order_id).id)

    @locked
    def move_customer(self, customer_id: int, group_id: int) -> None:
        """Put a customer into another group.

        Raises:
            ValueError: an unknown customer or group.
        """
        customer = self.world.customers.get(customer_id)
        if customer is None:
            raise ValueError(f"no such customer: {customer_id}")
        group = self.world.customers.group(group_id)
        self.world.customers.save(replace(customer, group_id=group.id))
        self.world.publish("store/customer/updated", {"type": "customer", "id": customer_id})

    @locked
    def set_stock(
        self,
        sku: str,
        on_hand: int | None = None,
        location_id: int = DEFAULT_LOCATION,
        *,
        safety_stock: int | None = None,
        warning_level: int | None = None,
        backorder_limit: int | None = None,
    ) -> None:
        """Set how many pieces of a SKU lie at a location, and how they are sold.

        Raises:
            ValueError: an unknown SKU or location.
        """
        variant = self.world.inventory.by_sku(sku)
        if variant is None or location_id not in self.world.inventory.locations:
            raise ValueError(f"no such SKU or location: {sku}, {location_id}")
        given = {
            "safety_stock": safety_stock,
            "warning_level": warning_level,
            "backorder_limit": backorder_limit,
        }
        changes = {name: value for name, value in given.items() if value is not None}
        if changes:
            change_stock_settings(self.world, variant, changes, ACTOR, location_id)
        if on_hand is not None:
            set_on_hand(self.world, variant, on_hand, ACTOR, location_id)

    @locked
    def open_location(self, code: str, label: str = "") -> int:
        """Open another place where stock lies, and return its id."""
        number = max(self.world.inventory.locations) + 1
        self.world.inventory.locations[number] = Location(number, code, label or code)
        self.world.publish("store/inventory/location/created", {"location_id": number})
        return number

    @locked
    def rename_status(self, status: int | str, label: str) -> None:
        """Give a status another label, as merchants do."""
        self.world.custom_labels[statuses.status_id_of(status)] = label


def _left(order: Order, pieces: int | None) -> dict[int, int]:
    left: dict[int, int] = {}
    for line in order.lines:
        take = line.to_ship if pieces is None else min(line.to_ship, pieces - sum(left.values()))
        if take > 0:
            left[line.id] = take
    return left


def _by_address(order: Order, wanted: Mapping[int, int]) -> dict[int, dict[int, int]]:
    parts: dict[int, dict[int, int]] = {}
    for line_id, pieces in wanted.items():
        line = order.line(line_id)
        address_id = line.order_address_id if line else 0
        parts.setdefault(address_id, {})[line_id] = pieces
    return parts or {0: {}}
