"""Writing metafields, and the events that follow."""

from dataclasses import replace

from bigcommerce_sim.world.changes import change_order
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.metafields import PER_ORDER_AND_CLIENT, Metafield, MetafieldFields
from bigcommerce_sim.world.order import Order
from bigcommerce_sim.world.refusal import Refusal, unprocessable
from bigcommerce_sim.world.world import World


def create_metafield(world: World, order: Order, given: MetafieldFields, actor: str) -> Metafield:
    """Add a metafield; its owner is the client behind `actor`.

    Raises:
        Refusal: 409 where the owner has one like it on the order, 422 for the 251st.
    """
    owner = actor.removeprefix("api:")
    now = whole_second(world.now())
    metafield = Metafield(
        id=world.numbers.next("metafield"),
        resource_id=order.id,
        owner_client_id=owner,
        permission_set=given.permission_set,
        namespace=given.namespace,
        key=given.key,
        value=given.value,
        description=given.description,
        date_created=now,
        date_modified=now,
    )
    _refuse_twin(world, metafield)
    own = [each for each in world.metafields.of(order.id) if each.owner_client_id == owner]
    if len(own) >= PER_ORDER_AND_CLIENT:
        raise unprocessable({"order": f"no more than {PER_ORDER_AND_CLIENT} metafields"})
    world.metafields.save(metafield)
    _follow(world, metafield, "created", actor)
    return metafield


def change_metafield(
    world: World, metafield: Metafield, given: MetafieldFields, actor: str
) -> Metafield:
    """Change a metafield.

    Raises:
        Refusal: 409 where it would become like another one.
    """
    changed = replace(
        metafield,
        permission_set=given.permission_set,
        namespace=given.namespace,
        key=given.key,
        value=given.value,
        description=given.description,
        date_modified=whole_second(world.now()),
    )
    _refuse_twin(world, changed)
    world.metafields.save(changed)
    _follow(world, changed, "updated", actor)
    return changed


def delete_metafield(world: World, metafield: Metafield, actor: str) -> None:
    """Delete a metafield."""
    world.metafields.remove(metafield)
    _follow(world, metafield, "deleted", actor)


def _refuse_twin(world: World, metafield: Metafield) -> None:
    if world.metafields.is_taken(metafield):
        raise Refusal(409, "A metafield with this namespace and key exists already.", errors={})


def _follow(world: World, metafield: Metafield, name: str, actor: str) -> None:
    order = world.orders.get(metafield.resource_id)
    changes = {
        "metafield_id": metafield.id,
        "namespace": metafield.namespace,
        "key": metafield.key,
        "value": metafield.value,
    }
    world.record_write(actor, f"metafield.{name.removesuffix('d')}", order, order, changes)
    world.publish(
        f"store/order/metafield/{name}",
        {
            "metafield_id": metafield.id,
            "resource_id": str(metafield.resource_id),
            "namespace": metafield.namespace,
        },
    )
    if world.settings.metafield_bumps_modified and order is not None:
        change_order(world, order, {}, actor)
