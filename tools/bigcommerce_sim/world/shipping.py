"""Making, changing and deleting shipments, and the status that follows."""

from collections.abc import Mapping
from dataclasses import replace

from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.changes import Changes, change_order
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.order import Order
from bigcommerce_sim.world.refusal import invalid
from bigcommerce_sim.world.shipments import Shipment, ShipmentFields, with_field_changes
from bigcommerce_sim.world.world import World

# A shipment does not reopen these [I]
_LEFT_ALONE = frozenset(
    {statuses.REFUNDED, statuses.CANCELLED, statuses.DECLINED, statuses.COMPLETED}
)


def create_shipment(
    world: World,
    order: Order,
    address_id: int,
    items: Mapping[int, int],
    fields: ShipmentFields,
    *,
    actor: str,
) -> Shipment:
    """Ship lines of one address.

    Raises:
        Refusal: 400 where the address, a line or a quantity does not fit.
    """
    _check(order, address_id, items)
    shipment = Shipment(
        id=world.numbers.next("shipment"),
        order_id=order.id,
        order_address_id=address_id,
        created_at=whole_second(world.now()),
        items=dict(items),
        fields=fields,
    )
    world.shipments_of(order.id).save(shipment)
    _record(world, shipment, "created", order, actor)
    if world.settings.shipment_emails:
        world.send_email(order.billing_address.email, "shipment", order.id, order.status_id)
    shipped = _with_shipped(order, items, +1)
    change_order(world, order, _after_shipping(world, shipped), actor, emails=False)
    return shipment


def change_shipment(world: World, shipment: Shipment, changes: Changes, actor: str) -> Shipment:
    """Change what may be changed of a shipment, such as its tracking number."""
    changed = replace(shipment, fields=with_field_changes(shipment.fields, changes))
    world.shipments_of(shipment.order_id).save(changed)
    _record(world, changed, "updated", world.orders.get(shipment.order_id), actor)
    return changed


def delete_shipment(world: World, shipment: Shipment, actor: str) -> None:
    """Delete a shipment; its pieces may be shipped again, the order's status stays."""
    world.shipments_of(shipment.order_id).remove(shipment)
    order = world.orders.get(shipment.order_id)
    _record(world, shipment, "deleted", order, actor)
    if order is not None:
        lines = _with_shipped(order, shipment.items, -1).lines
        change_order(world, order, {"lines": lines}, actor)


def _check(order: Order, address_id: int, items: Mapping[int, int]) -> None:
    if address_id not in {address.id for address in order.addresses}:
        raise invalid("order_address_id")
    if not items:
        raise invalid("items")
    for line_id, quantity in items.items():
        line = order.line(line_id)
        if line is None or line.order_address_id != address_id:
            raise invalid("items.order_product_id")
        if not 1 <= quantity <= line.quantity - line.quantity_shipped:
            raise invalid("items.quantity")


def _with_shipped(order: Order, items: Mapping[int, int], direction: int) -> Order:
    lines = tuple(
        replace(
            line,
            quantity_shipped=max(line.quantity_shipped + direction * items.get(line.id, 0), 0),
        )
        for line in order.lines
    )
    return replace(order, lines=lines)


def _after_shipping(world: World, shipped: Order) -> Changes:
    is_complete = all(line.to_ship == 0 for line in shipped.lines)
    changes: dict[str, object] = {"lines": shipped.lines}
    if is_complete:
        changes["date_shipped"] = whole_second(world.now())
    if world.settings.shipments_move_status and shipped.status_id not in _LEFT_ALONE:
        done = statuses.SHIPPED if is_complete else statuses.PARTIALLY_SHIPPED
        changes["status_id"] = done
    return changes


def _record(world: World, shipment: Shipment, name: str, order: Order | None, actor: str) -> None:
    past = {"created": "create", "updated": "update", "deleted": "delete"}[name]
    changes = {"shipment_id": shipment.id, "tracking_number": shipment.fields.tracking_number}
    world.record_write(actor, f"shipment.{past}", order, order, changes)
    data = {"type": "shipment", "id": shipment.id, "orderId": shipment.order_id}
    world.publish(f"store/shipment/{name}", data)
