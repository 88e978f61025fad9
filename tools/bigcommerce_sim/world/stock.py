"""How orders move stock, and who is told."""

from collections.abc import Mapping
from dataclasses import replace

from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.inventory import DEFAULT_LOCATION, Variant
from bigcommerce_sim.world.order import Order
from bigcommerce_sim.world.refusal import Refusal
from bigcommerce_sim.world.world import World

_SHIPPED_OR_DONE = frozenset({statuses.SHIPPED, statuses.COMPLETED})
_GIVEN_BACK = frozenset({statuses.CANCELLED, statuses.REFUNDED})


def check_stock(world: World, wanted: dict[int, int]) -> None:
    """Refuse with 409 where a variant's stock and allowed backorders do not suffice.

    `wanted` maps variant ids to pieces.
    """
    errors: list[dict[str, object]] = []
    for variant_id, pieces in wanted.items():
        stock = world.inventory.stock(variant_id)
        free = stock.free_for_backorder if world.settings.backorders else 0
        if pieces > stock.available + free:
            errors.append(
                {
                    "type": "OutOfStock",
                    "message": f"Insufficient stock of variant(id: {variant_id}).",
                    "variant_id": variant_id,
                    "location_id": DEFAULT_LOCATION,
                    "available_quantity": stock.available,
                    **({"available_quantity_for_backorder": free} if free else {}),
                }
            )
    if errors:
        raise Refusal(
            409,
            "Quantities of one or more products are out of stock "
            "or did not meet quantity requirements.",
            details={"errors": errors},
        )


def take_for_order(world: World, order: Order) -> Order:
    """Take the stock for a new order, where the store does so on placing.

    Returns:
        The order, its lines saying how many pieces are backordered.
    """
    if world.settings.update_stock_behavior != "order_placed":
        return order
    lines = []
    for line in order.lines:
        short = 0
        if line.variant_id in world.inventory.variants:
            available = max(world.inventory.stock(line.variant_id).available, 0)
            short = max(line.quantity - available, 0) if world.settings.backorders else 0
            move_by_order(world, line.variant_id, -line.quantity, order.channel_id, short)
        lines.append(replace(line, quantity_backordered=short))
    return replace(order, lines=tuple(lines))


def follow_status(world: World, before: Order, after: Order) -> None:
    """Move stock as the store's inventory settings say for a change of status."""
    settings = world.settings
    takes_on_placing = settings.update_stock_behavior == "order_placed"
    was_taken = takes_on_placing or before.status_id in _SHIPPED_OR_DONE
    if after.status_id in _GIVEN_BACK and before.status_id not in _GIVEN_BACK:
        if was_taken and settings.refund_order_stock_adjustment:
            _move_lines(world, after, +1)
    elif after.status_id in _SHIPPED_OR_DONE and not was_taken:
        _move_lines(world, after, -1)


def move_by_order(
    world: World, variant_id: int, pieces: int, channel_id: int, backordered: int = 0
) -> None:
    """Move stock because of an order and publish the order-related events.

    `backordered` of the pieces are not from stock: more of them were sold than there are,
    or, negative, so many of those that were are given back.
    """
    variant = world.inventory.variants[variant_id]
    stock = world.inventory.move(variant_id, pieces + backordered, world.now(), DEFAULT_LOCATION)
    if backordered:
        stock = replace(stock, backordered=stock.backordered + backordered)
        world.inventory.set_stock(variant_id, stock, world.now())
    _publish(world, variant, "order/updated", "relative", pieces)
    _publish_channel(world, variant, channel_id, DEFAULT_LOCATION, "stock_changed")
    if stock.available <= 0:
        _publish_channel(world, variant, channel_id, DEFAULT_LOCATION, "out_of_stock_reached")
    elif stock.available <= stock.warning_level:
        _publish_channel(world, variant, channel_id, DEFAULT_LOCATION, "low_stock_reached")
    if backordered > 0 and not stock.free_for_backorder:
        _publish_channel(world, variant, channel_id, DEFAULT_LOCATION, "backorder_limit_reached")


def set_on_hand(
    world: World, variant: Variant, on_hand: int, actor: str, location_id: int = DEFAULT_LOCATION
) -> None:
    """Set a stock level by the panel or the API and publish it."""
    stock = replace(world.inventory.stock(variant.id, location_id), on_hand=on_hand)
    world.inventory.set_stock(variant.id, stock, world.now(), location_id)
    changes = {"variant_id": variant.id, "location_id": location_id, "on_hand": on_hand}
    world.record_write(actor, "stock.set", changes=changes)
    _publish(world, variant, "updated", "absolute", on_hand)
    _publish_channel(world, variant, 1, location_id, "stock_changed")


def change_stock_settings(
    world: World, variant: Variant, changes: Mapping[str, int], actor: str, location_id: int
) -> None:
    """Change what is not a level, such as `backorder_limit`, and publish it."""
    stock = replace(world.inventory.stock(variant.id, location_id), **changes)  # type: ignore[arg-type]
    world.inventory.set_stock(variant.id, stock, world.now(), location_id)
    known = {"variant_id": variant.id, "location_id": location_id}
    world.record_write(actor, "stock.settings", changes={**known, **changes})
    _publish_channel(world, variant, 1, location_id, "settings_changed")


def _move_lines(world: World, order: Order, direction: int) -> None:
    for line in order.lines:
        if line.variant_id in world.inventory.variants:
            pieces, backordered = direction * line.quantity, -direction * line.quantity_backordered
            move_by_order(world, line.variant_id, pieces, order.channel_id, backordered)


def _publish(world: World, variant: Variant, name: str, method: str, value: int) -> None:
    inventory: dict[str, object] = {
        "product_id": variant.product_id,
        "method": method,
        "value": value,
    }
    if variant.has_siblings:
        inventory["variant_id"] = variant.id
        data = {"type": "sku", "id": variant.sku_id, "inventory": inventory}
        world.publish(f"store/sku/inventory/{name}", data)
    else:
        data = {"type": "product", "id": variant.product_id, "inventory": inventory}
        world.publish(f"store/product/inventory/{name}", data)


def _publish_channel(
    world: World, variant: Variant, channel_id: int, location_id: int, name: str
) -> None:
    data = {
        "variant_id": variant.id,
        "product_id": variant.product_id,
        "location_id": location_id,
    }
    world.publish(f"store/channel/{channel_id}/inventory/product/{name}", data)
