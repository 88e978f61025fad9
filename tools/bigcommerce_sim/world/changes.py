"""How an order changes, and everything that follows: record, events, e-mails, log, stock."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.dates import rfc2822, whole_second
from bigcommerce_sim.world.messages import Message
from bigcommerce_sim.world.order import Order, with_changes
from bigcommerce_sim.world.stock import follow_status
from bigcommerce_sim.world.world import World

Changes = Mapping[str, object]  # names of a dataclass's fields and their new values


def add_order(world: World, order: Order, actor: str) -> Order:
    """Keep a new order and tell about it."""
    world.save_order(order)
    world.record_write(actor, "order.create", after=order)
    publish_order_event(world, order, "created")
    return order


def change_order(
    world: World,
    before: Order,
    changes: Changes,
    actor: str,
    *,
    action: str = "order.update",
    emails: bool = True,
    restocks: bool = True,
) -> Order:
    """Change an order: bump `date_modified`, record it, publish `updated` and what follows.

    `emails=False` is for changes that bring their own e-mail, such as a shipment;
    `restocks=False` for refunds through the API, which leave the stock alone.
    """
    after = with_changes(before, {**changes, "date_modified": whole_second(world.now())})
    world.save_order(after)
    world.record_write(actor, action, before, after, _readable(changes))
    publish_order_event(world, after, "updated")
    if after.status_id != before.status_id:
        _status_changed(world, before, after, actor, emails=emails)
        if restocks:
            follow_status(world, before, after)
    return after


def archive_order(world: World, before: Order, actor: str) -> Order:
    """Archive an order; it stays readable."""
    stamped = replace(before, is_deleted=True, date_modified=whole_second(world.now()))
    world.save_order(stamped)
    world.record_write(actor, "order.archive", before, stamped)
    publish_order_event(world, stamped, "archived")
    return stamped


def write_message(world: World, order: Order, subject: str, text: str, actor: str) -> int:
    """Keep a message about an order, publish `message/created`, and return its id.

    An answer of the staff marks what the shopper wrote before as read.
    """
    number = world.numbers.next("message")
    now = whole_second(world.now())
    is_staff = actor == "staff"
    if is_staff:
        world.messages.mark_read(order.id)
    world.messages.add(
        Message(number, order.id, order.customer_id, subject, text, now, from_staff=is_staff)
    )
    world.record_write(actor, "message.create", order, order, {"message_id": number})
    extra = {"message": {"order_message_id": number}}
    publish_order_event(world, order, "message/created", extra)
    return number


def publish_order_event(
    world: World, order: Order, name: str, extra: Mapping[str, object] | None = None
) -> None:
    """Publish an order event under its plain and its channel scope."""
    world.publish(f"store/order/{name}", {"type": "order", "id": order.id, **(extra or {})})
    world.publish(f"store/channel/{order.channel_id}/order/{name}", {"order_id": order.id})


def _status_changed(
    world: World, before: Order, after: Order, actor: str, *, emails: bool
) -> None:
    extra: dict[str, object] = {}
    if world.chance("status_block", world.settings.status_block_probability):
        extra["status"] = {
            "previous_status_id": before.status_id,
            "new_status_id": after.status_id,
        }
    publish_order_event(world, after, "statusUpdated", extra)
    old, new = (statuses.BY_ID[each.status_id].name for each in (before, after))
    summary = f"Order #{after.id}: {old} to {new}"
    world.system_log.add(world.now(), "order status", summary, f"Changed by {actor}.")
    if emails and after.status_id in world.settings.emailed_statuses:
        world.send_email(after.billing_address.email, "status", after.id, after.status_id)


def _readable(changes: Changes) -> dict[str, object]:
    readable: dict[str, object] = {}
    for name, value in changes.items():
        if isinstance(value, datetime):
            readable[name] = rfc2822(value)
        else:
            plain = isinstance(value, str | int | bool | None)
            readable[name] = value if plain else "changed"
    return readable
