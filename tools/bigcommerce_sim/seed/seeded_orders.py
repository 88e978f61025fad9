"""Seeded orders: 100,000 of them cost a head each; the rest is made when somebody looks."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from bigcommerce_sim.seed.extras import Extras, extras_of
from bigcommerce_sim.seed.parts import shipments_of, transactions_of
from bigcommerce_sim.seed.people import CUSTOMERS, address_of, email_of
from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.heads import Head
from bigcommerce_sim.world.inventory import Variant
from bigcommerce_sim.world.numbers import part_id
from bigcommerce_sim.world.order import Line, Order, ShippingAddress, with_totals
from bigcommerce_sim.world.shipments import Shipment
from bigcommerce_sim.world.transactions import Transaction

FIRST_ID = 100
_SPREAD = timedelta(days=90)
_STATUSES = (
    (statuses.INCOMPLETE, 4),
    (statuses.PENDING, 2),
    (statuses.SHIPPED, 18),
    (statuses.PARTIALLY_SHIPPED, 4),
    (statuses.REFUNDED, 2),
    (statuses.CANCELLED, 4),
    (statuses.DECLINED, 1),
    (statuses.AWAITING_PAYMENT, 10),
    (statuses.AWAITING_PICKUP, 1),
    (statuses.AWAITING_SHIPMENT, 8),
    (statuses.COMPLETED, 26),
    (statuses.AWAITING_FULFILLMENT, 16),
    (statuses.MANUAL_VERIFICATION_REQUIRED, 2),
    (statuses.DISPUTED, 1),
    (statuses.PARTIALLY_REFUNDED, 1),
)
_BY_CHANCE = tuple(status for status, weight in _STATUSES for _ in range(weight))
_METHODS = ("Credit Card", "Credit Card", "Credit Card", "PayPal", "Bank Deposit")
_PAID = frozenset({2, 3, 4, 8, 9, 10, 11, 12, 13, 14})
_SHIPPED = frozenset({statuses.SHIPPED, statuses.COMPLETED})
_SHIPPING = Decimal(8)
_SHIPPING_CENTS = 800
_TEST = "Test Payment Gateway"
_TAX = Decimal("1.08")


class SeededOrders:
    """Make the orders that were there from the beginning.

    Args:
        count: How many; ids run from `FIRST_ID`, dates over the 90 days before `now`.
        variants: What was sold.
    """

    def __init__(self, seed: int, count: int, now: datetime, variants: list[Variant]) -> None:
        self._seed = seed
        self._count = count
        self._end = now.replace(microsecond=0)
        self._variants = variants
        self._prices = [(variant.price * _TAX).quantize(Decimal("0.01")) for variant in variants]
        self._cents = [int(price * 100) for price in self._prices]

    def heads(self) -> Iterable[Head]:
        """Return the heads, by ascending id."""
        dice = random.Random(f"{self._seed}:orders").random
        end_s = int(self._end.timestamp())
        spread_s = _SPREAD.total_seconds()
        step_s = spread_s / max(self._count, 1)
        for index in range(self._count):
            order_id = FIRST_ID + index
            extras = extras_of(order_id, self._seed)
            status_id = _BY_CHANCE[int(dice() * len(_BY_CHANCE))]
            if status_id == statuses.PARTIALLY_SHIPPED and self._is_one_piece(order_id, extras):
                status_id = statuses.SHIPPED
            created_s = int(end_s - spread_s + step_s * (index + dice() * 0.9))
            lasted_s = dice() * min(end_s - created_s, 5 * 86400)
            customer_id = int(dice() * CUSTOMERS * 1.15) + 1
            is_guest = customer_id > CUSTOMERS
            yield Head(
                id=order_id,
                status_id=status_id,
                created_s=created_s,
                modified_s=created_s + int(lasted_s),
                customer_id=0 if is_guest else customer_id,
                total=self._total(order_id, extras),
                channel_id=2 if dice() < 0.1 else 1,
                payment_method=_TEST if extras.is_test else _METHODS[int(dice() * len(_METHODS))],
                email=f"guest{order_id}@example.com" if is_guest else email_of(customer_id),
                cart_id=self._cart_id(order_id),
            )

    def order(self, head: Head) -> Order:
        """Return the whole order."""
        address = address_of(head.customer_id or head.id, head.email)
        extras = extras_of(head.id, self._seed)
        lines = self._lines(head, extras)
        places = [ShippingAddress(part_id("address", head.id, 1), address)]
        if extras.has_two_addresses:
            other = address_of(head.id + 1, head.email)
            places.append(ShippingAddress(part_id("address", head.id, 2), other))
        used = {line.order_address_id for line in lines}
        order = Order(
            id=head.id,
            status_id=head.status_id,
            date_created=_moment(head.created_s),
            date_modified=_moment(head.modified_s),
            date_shipped=_moment(head.modified_s) if head.status_id in _SHIPPED else None,
            billing_address=address,
            lines=lines,
            customer_id=head.customer_id,
            channel_id=head.channel_id,
            addresses=tuple(place for place in places if place.id in used),
            fees=extras.fees(head.id),
            coupons=extras.coupons(),
            store_credit_amount=extras.store_credit,
            gift_certificate_amount=extras.gift_certificate,
            base_shipping_cost=_SHIPPING,
            shipping_cost_ex_tax=_SHIPPING,
            shipping_cost_inc_tax=_SHIPPING,
            payment_method=head.payment_method,
            payment_status=_payment_status(head),
            cart_id=head.cart_id,
        )
        return with_totals(order)

    def transactions(self, order: Order) -> list[Transaction]:
        """Return how an order that was paid online was paid, and what was given back."""
        return transactions_of(order, is_test=extras_of(order.id, self._seed).is_test)

    def shipments(self, order: Order) -> list[Shipment]:
        """Return the shipments of what was shipped, one for each address."""
        return shipments_of(order)

    def _choice(self, order_id: int) -> list[tuple[int, int]]:
        """Return which variants were bought and how many of each."""
        mixed = (order_id * 2_654_435_761 + self._seed * 40_503) & 0xFFFFFFFF
        lines = 1 + mixed % 3
        first, step = mixed >> 8, 1 + (mixed >> 4) % 7
        return [
            ((first + each * step) % len(self._variants), 1 + (mixed >> (12 + each)) % 3)
            for each in range(lines)
        ]

    def _is_one_piece(self, order_id: int, extras: Extras) -> bool:
        """Say whether there is too little to ship for shipping a part of it."""
        choice = self._choice(order_id)
        if extras.ends_digital and len(choice) > 1:
            choice = choice[:-1]
        return sum(pieces for _, pieces in choice) == 1

    def _total(self, order_id: int, extras: Extras) -> float:
        cents = _SHIPPING_CENTS + extras.cents
        for index, count in self._choice(order_id):
            cents += self._cents[index] * count
        return cents / 100

    def _lines(self, head: Head, extras: Extras) -> tuple[Line, ...]:
        lines = []
        choice = self._choice(head.id)
        is_pickup = head.status_id == statuses.AWAITING_PICKUP
        for place, (index, quantity) in enumerate(choice):
            variant = self._variants[index]
            is_last = 0 < place == len(choice) - 1
            is_digital = extras.ends_digital and is_last
            address = 2 if extras.has_two_addresses and is_last else 1
            shipped = quantity if head.status_id in _SHIPPED and not is_digital else 0
            if head.status_id == statuses.PARTIALLY_SHIPPED and place == 0:
                shipped = 1
            lines.append(
                Line(
                    id=part_id("line", head.id, place + 1),
                    name=variant.name,
                    quantity=quantity,
                    price_ex_tax=variant.price,
                    price_inc_tax=self._prices[index],
                    product_id=variant.product_id,
                    variant_id=variant.id,
                    sku=variant.sku,
                    type="digital" if is_digital else "physical",
                    order_address_id=0
                    if is_digital or is_pickup
                    else part_id("address", head.id, address),
                    order_pickup_method_id=1 if is_pickup and not is_digital else 0,
                    quantity_shipped=shipped,
                    quantity_refunded=quantity if head.status_id == statuses.REFUNDED else 0,
                )
            )
        return tuple(lines)

    def _cart_id(self, order_id: int) -> str:
        mixed = (order_id * 0x9E3779B97F4A7C15F39CC0605CEDC835 + self._seed) & ((1 << 128) - 1)
        digits = f"{mixed:032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-8{digits[17:20]}-{digits[20:]}"


def _moment(epoch_s: int) -> datetime:
    return datetime.fromtimestamp(epoch_s, UTC)


def _payment_status(head: Head) -> str:
    if head.payment_method == "Bank Deposit" or head.status_id not in _PAID:
        return ""
    if head.status_id == statuses.REFUNDED:
        return "refunded"
    if head.status_id == statuses.PARTIALLY_REFUNDED:
        return "partially refunded"
    return "captured"
