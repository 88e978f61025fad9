"""What makes some seeded orders special: a coupon, a fee, store credit, two addresses, ..."""

from dataclasses import dataclass
from decimal import Decimal

from bigcommerce_sim.world.amounts import ZERO
from bigcommerce_sim.world.numbers import part_id
from bigcommerce_sim.world.order import Coupon, Fee

_ONE_IN = 48


@dataclass(frozen=True, slots=True)
class Extras:
    """Hold what an order has beyond its lines; an order is special in one way at most."""

    coupon: Decimal = ZERO
    fee: Decimal = ZERO
    store_credit: Decimal = ZERO
    gift_certificate: Decimal = ZERO
    has_two_addresses: bool = False
    ends_digital: bool = False
    is_test: bool = False

    @property
    def cents(self) -> int:
        """Return what the order costs more, or less."""
        return int((self.fee - self.coupon) * 100) if self is not PLAIN else 0

    def coupons(self) -> tuple[Coupon, ...]:
        """Return the coupon that was used, if one was."""
        if not self.coupon:
            return ()
        return (Coupon(1, "SAVE5", self.coupon, COUPON_PER_TOTAL, self.coupon),)

    def fees(self, order_id: int) -> tuple[Fee, ...]:
        """Return the fee, if there is one."""
        if not self.fee:
            return ()
        return (Fee(part_id("fee", order_id, 1), "Rush handling", self.fee, self.fee),)


COUPON_PER_TOTAL = 2
PLAIN = Extras()
_COUPON = Extras(coupon=Decimal(5))
_FEE = Extras(fee=Decimal("4.50"))
_TWO_ADDRESSES = Extras(has_two_addresses=True)
_DIGITAL = Extras(ends_digital=True)
_SPECIAL = {
    0: _COUPON,
    1: _COUPON,
    2: _FEE,
    3: _FEE,
    4: Extras(store_credit=Decimal(3)),
    5: Extras(gift_certificate=Decimal(2)),
    6: _TWO_ADDRESSES,
    7: _TWO_ADDRESSES,
    8: _DIGITAL,
    9: _DIGITAL,
    10: Extras(is_test=True),
}


def extras_of(order_id: int, seed: int) -> Extras:
    """Return what makes an order special, always the same for the same seed."""
    mixed = (order_id * 2_246_822_519 + seed * 3_266_489_917) & 0xFFFFFFFF
    return _SPECIAL.get((mixed >> 7) % _ONE_IN, PLAIN)
