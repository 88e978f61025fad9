"""New orders: from what a shopper or an API client asks for to a whole order."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from bigcommerce_sim.world.changes import add_order
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.inventory import Variant
from bigcommerce_sim.world.order import (
    Address,
    Line,
    LineOption,
    LineType,
    Order,
    ShippingAddress,
    with_changes,
    with_totals,
)
from bigcommerce_sim.world.stock import check_stock, take_for_order
from bigcommerce_sim.world.world import World


@dataclass(frozen=True, slots=True)
class Wanted:
    """Ask for pieces of something: of a variant, or of a thing that no catalog lists.

    `address` is the place in the order's list of shipping addresses.
    """

    quantity: int = 1
    variant: Variant | None = None
    name: str = ""
    price_ex_tax: Decimal | None = None
    price_inc_tax: Decimal | None = None
    sku: str = ""
    type: LineType = "physical"
    address: int = 0
    is_pickup: bool = False
    options: tuple[LineOption, ...] = ()


def new_line(world: World, wanted: Wanted, address_ids: Sequence[int]) -> Line:
    """Make an order line of what is wanted."""
    variant = wanted.variant
    inc_tax = _price(wanted.price_inc_tax, wanted.price_ex_tax, variant)
    is_shipped = wanted.type == "physical" and not wanted.is_pickup
    return Line(
        id=world.numbers.next("line"),
        name=wanted.name or (variant.name if variant else "Custom item"),
        quantity=wanted.quantity,
        price_ex_tax=_price(wanted.price_ex_tax, inc_tax, variant),
        price_inc_tax=inc_tax,
        product_id=variant.product_id if variant else 0,
        variant_id=variant.id if variant else 0,
        sku=variant.sku if variant else wanted.sku,
        type=wanted.type,
        order_address_id=address_ids[wanted.address] if is_shipped else 0,
        order_pickup_method_id=1 if wanted.is_pickup else 0,
        options=wanted.options,
    )


def place_order(
    world: World,
    draft: Order,
    wanted: Sequence[Wanted],
    addresses: Sequence[Address],
    actor: str,
    *,
    overrides: Mapping[str, object] | None = None,
) -> Order:
    """Number a draft, give it lines, addresses and totals, take its stock, and keep it.

    `draft` brings the plain fields; its id, lines and addresses are replaced.
    `overrides` are totals that the client insists on.

    Raises:
        Refusal: 409 where there is not enough stock.
    """
    check_stock(world, _pieces_by_variant(world, wanted))
    shipping = [ShippingAddress(world.numbers.next("address"), each) for each in addresses]
    ids = [each.id for each in shipping]
    lines = tuple(new_line(world, each, ids) for each in wanted)
    used = {line.order_address_id for line in lines}
    order = replace(
        draft,
        id=world.numbers.next("order"),
        lines=lines,
        addresses=tuple(each for each in shipping if each.id in used),
        cart_id=draft.cart_id or new_cart_id(world),
        order_is_digital=bool(lines) and all(line.type == "digital" for line in lines),
    )
    order = with_changes(with_totals(take_for_order(world, order)), overrides or {})
    return add_order(world, order, actor)


def blank_order(
    world: World, status_id: int, billing: Address, created_at: datetime | None = None
) -> Order:
    """Return a draft with nothing in it, dated now unless told otherwise."""
    now = whole_second(created_at or world.now())
    return Order(
        id=0,
        status_id=status_id,
        date_created=now,
        date_modified=now,
        billing_address=billing,
        lines=(),
    )


def new_cart_id(world: World) -> str:
    """Return a cart id that the seed decides."""
    return str(uuid.UUID(int=world.dice("carts").getrandbits(128), version=4))


def _price(first: Decimal | None, second: Decimal | None, variant: Variant | None) -> Decimal:
    for price in (first, second):
        if price is not None:
            return price
    return variant.price if variant else Decimal(0)


def _pieces_by_variant(world: World, wanted: Sequence[Wanted]) -> dict[int, int]:
    pieces: dict[int, int] = {}
    if world.settings.update_stock_behavior == "order_placed":
        for each in wanted:
            if each.variant is not None:
                known = pieces.get(each.variant.id, 0)
                pieces[each.variant.id] = known + each.quantity
    return pieces
