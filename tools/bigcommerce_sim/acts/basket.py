"""What a shopper has in the basket, and what makes it dearer or cheaper."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from bigcommerce_sim.world.amounts import ZERO, read_amount
from bigcommerce_sim.world.order import Coupon, Fee, LineType, Order
from bigcommerce_sim.world.placing import Wanted
from bigcommerce_sim.world.world import World

Amount = Decimal | str | int
Item = tuple[str, int] | tuple[str, int, LineType]  # SKU, pieces and, if it differs, the kind
_PER_TOTAL = 2  # the kind of coupon that takes an amount off the whole order


def not_negative(amount: Amount) -> Decimal:
    """Read an amount that is not negative.

    Raises:
        ValueError: it is, or it is none.
    """
    read = read_amount(amount)
    if read < 0:
        raise ValueError("an amount is negative")
    return read


def coupons_of(world: World, given: Mapping[str, Amount]) -> tuple[Coupon, ...]:
    """Return coupons, from code to what each takes off."""
    coupons = []
    for code, amount in given.items():
        off = not_negative(amount)
        coupons.append(Coupon(world.numbers.next("coupon"), code, off, _PER_TOTAL, off))
    return tuple(coupons)


def fees_of(world: World, given: Mapping[str, Amount]) -> tuple[Fee, ...]:
    """Return untaxed fees, from name to cost."""
    costs = {name: not_negative(amount) for name, amount in given.items()}
    return tuple(Fee(world.numbers.next("fee"), name, cost, cost) for name, cost in costs.items())


def goods_for(draft: Order, total: Amount, quantity: int, kind: LineType) -> Wanted:
    """Return one custom line that brings the draft, with its fees and coupons, to `total`.

    Raises:
        ValueError: the fees alone cost more.
    """
    fees = sum((fee.cost_inc_tax for fee in draft.fees), ZERO)
    left = read_amount(total) + draft.discount_amount + draft.coupon_discount - fees
    if left < 0:
        raise ValueError("the fees cost more than the total")
    price = (left / quantity).quantize(Decimal("0.0001"))
    return Wanted(quantity, None, "Simulated thing", price, price, "SIM-1", kind)


def items_of(world: World, items: Sequence[Item], kind: LineType) -> list[Wanted]:
    """Return what is wanted of the catalog.

    Raises:
        ValueError: an unknown SKU.
    """
    wanted = []
    for sku, pieces, *own_kind in items:
        variant = world.inventory.by_sku(sku)
        if variant is None:
            raise ValueError(f"no such SKU: {sku}")
        type_ = own_kind[0] if own_kind else kind
        wanted.append(Wanted(pieces, variant, type=type_))
    return wanted
