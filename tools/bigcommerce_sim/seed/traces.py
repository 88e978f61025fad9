"""What seeded orders left behind: refunds, messages and metafields of some of them."""

from datetime import UTC, datetime, timedelta

from bigcommerce_sim.seed.parts import refund_of
from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.heads import Head
from bigcommerce_sim.world.messages import Message
from bigcommerce_sim.world.metafields import Metafield
from bigcommerce_sim.world.world import World

_MESSAGE_ONE_IN = 40
_METAFIELD_ONE_IN = 60
_REFUNDED = (statuses.REFUNDED, statuses.PARTIALLY_REFUNDED)
_SOON = timedelta(hours=3)


def add_traces(world: World) -> None:
    """Add what orders that were there from the beginning left behind, oldest order first."""
    for head in world.orders.heads(world.now(), timedelta(), timedelta()):
        if head.status_id in _REFUNDED:
            _add_refund(world, head)
        if head.id % _MESSAGE_ONE_IN == 0:
            _add_message(world, head)
        if head.id % _METAFIELD_ONE_IN == 0:
            _add_metafield(world, head)


def _add_refund(world: World, head: Head) -> None:
    order = world.orders.get(head.id)
    refund = refund_of(order, world.numbers.next("refund")) if order else None
    if refund is not None:
        world.refunds.save(refund)


def _add_message(world: World, head: Head) -> None:
    asked_at = min(_created_at(head) + _SOON, whole_second(world.now()))
    number = world.numbers.next("message")
    text = "When will it come?"
    world.messages.add(Message(number, head.id, head.customer_id, "Question", text, asked_at))


def _add_metafield(world: World, head: Head) -> None:
    created_at = _created_at(head)
    world.metafields.save(
        Metafield(
            id=world.numbers.next("metafield"),
            resource_id=head.id,
            owner_client_id="erp",
            permission_set="write",
            namespace="erp",
            key="document",
            value=f"D-{head.id}",
            description="",
            date_created=created_at,
            date_modified=created_at,
        )
    )


def _created_at(head: Head) -> datetime:
    return datetime.fromtimestamp(head.created_s, UTC)
