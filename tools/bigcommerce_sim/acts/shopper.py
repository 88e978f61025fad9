"""What shoppers do: register, place orders, pay or fail to, write messages."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bigcommerce_sim.acts.basket import (
    Amount,
    Item,
    coupons_of,
    fees_of,
    goods_for,
    items_of,
    not_negative,
)
from bigcommerce_sim.acts.locked import locked
from bigcommerce_sim.seed.people import address_of, email_of
from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.amounts import read_amount
from bigcommerce_sim.world.changes import change_order, write_message
from bigcommerce_sim.world.customers import Customer
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.order import Address, LineType, Order, ways_to_pay
from bigcommerce_sim.world.paying import Payment, add_transaction, order_or_404, settle_payment
from bigcommerce_sim.world.placing import Wanted, blank_order, place_order
from bigcommerce_sim.world.transactions import OWN_GATEWAYS
from bigcommerce_sim.world.world import World

ACTOR = "shopper"


class Shopper:
    """Act as the store's customers; every method returns when the act is done."""

    def __init__(self, world: World, lock: threading.RLock) -> None:
        self.world = world
        self.lock = lock

    @locked
    def register(
        self,
        first_name: str = "Ada",
        last_name: str = "Example",
        *,
        email: str = "",
        group_id: int | None = None,
    ) -> int:
        """Open a customer account, in the default group unless told otherwise; return its id.

        Raises:
            ValueError: an unknown group.
        """
        book = self.world.customers
        number = len(book) + 1
        group = book.group(group_id)
        now = whole_second(self.world.now())
        email = email or email_of(number)
        book.save(Customer(number, first_name, last_name, email, group.id, now))
        self.world.publish("store/customer/created", {"type": "customer", "id": number})
        return number

    @locked
    def place(
        self,
        *,
        total: Amount | None = None,
        items: Sequence[Item] = (),
        status: int | str = "Awaiting Payment",
        customer_id: int = 0,
        payment_method: str = "Credit Card",
        quantity: int = 1,
        kind: LineType = "physical",
        channel_id: int = 1,
        created_at: datetime | None = None,
        addresses: int = 1,
        is_pickup: bool = False,
        coupons: Mapping[str, Amount] | None = None,
        fees: Mapping[str, Amount] | None = None,
        discount: Amount = 0,
        store_credit: Amount = 0,
        gift_certificate: Amount = 0,
    ) -> int:
        """Place an order and return its id.

        `total` is what it costs in all, as one custom line of `quantity` pieces; or `items` name
        SKUs of the catalog with pieces, and a kind where it is not `kind`. `coupons`, `fees` and
        the amounts after them are in the order's currency. All are in docs/simulator.md.

        Raises:
            ValueError: an unknown status or SKU, or amounts that do not go together.
            Refusal: 409 where the stock does not suffice.
        """
        if items and total is not None:
            raise ValueError("give a total or items, not both")
        to = self._addresses(customer_id, addresses)
        draft = replace(
            blank_order(self.world, statuses.status_id_of(status), to[0], created_at),
            customer_id=customer_id,
            payment_method=payment_method,
            channel_id=channel_id,
            coupons=coupons_of(self.world, coupons or {}),
            fees=fees_of(self.world, fees or {}),
            discount_amount=not_negative(discount),
            store_credit_amount=not_negative(store_credit),
            gift_certificate_amount=not_negative(gift_certificate),
        )
        wanted = items_of(self.world, items, kind)
        if not items:
            wanted = [goods_for(draft, 20 if total is None else total, quantity, kind)]
        if is_pickup:
            wanted = [replace(each, is_pickup=True) for each in wanted]
        return self._place(draft, wanted, to, None if total is None else read_amount(total))

    def _addresses(self, customer_id: int, count: int) -> list[Address]:
        customer = self.world.customers.get(customer_id)
        email = customer.email if customer else "guest@example.com"
        home = address_of(customer_id, email)
        if customer is not None:
            home = replace(home, first_name=customer.first_name, last_name=customer.last_name)
        return [home, *(address_of(customer_id + index, email) for index in range(1, count))]

    def _place(
        self,
        draft: Order,
        wanted: Sequence[Wanted],
        to: Sequence[Address],
        total: Decimal | None,
    ) -> int:
        exact = {} if total is None else {"total_inc_tax": total}
        spread = [replace(each, address=index % len(to)) for index, each in enumerate(wanted)]
        order = place_order(self.world, draft, spread, to, ACTOR, overrides=exact)
        data = {"type": "cart", "id": order.cart_id, "orderId": order.id}
        self.world.publish("store/cart/converted", data)
        return order.id

    @locked
    def pay(
        self,
        order_id: int,
        amount: Amount | None = None,
        *,
        gateway: str = "stripe",
        method: str = "credit_card",
        test: bool = False,
        moves_status: bool = True,
    ) -> int:
        """Pay at once and return the transaction's id; the order goes on to be fulfilled.

        A part of the total is only a transaction; the order goes on when all is paid.
        Without an amount, store credit and gift certificates of the order are used as well.
        `moves_status=False` leaves the order where it is, as a lost gateway call does.
        """
        order = order_or_404(self.world, order_id)
        payments = _payments(order, amount, Payment(None, method, gateway, test))
        made = [add_transaction(self.world, order, "purchase", each) for each in payments]
        if self.world.transactions_of(order_id).taken(order_id) >= order.total_inc_tax:
            settle_payment(self.world, order, "captured", "gateway", moves_status=moves_status)
        return made[0].id

    @locked
    def authorise(
        self,
        order_id: int,
        amount: Amount | None = None,
        *,
        gateway: str = "stripe",
        test: bool = False,
    ) -> int:
        """Have the card authorised but not charged; the order awaits payment.

        Store credit and gift certificates of the order are used at once.

        Raises:
            ValueError: they leave nothing for the card.
        """
        order = order_or_404(self.world, order_id)
        card, *credit = _payments(order, amount, Payment(None, gateway=gateway, test=test))
        if card.method in OWN_GATEWAYS:
            raise ValueError("nothing is left for the card")
        transaction = add_transaction(self.world, order, "authorization", card)
        for each in credit:
            add_transaction(self.world, order, "purchase", each)
        changes: dict[str, object] = {"payment_status": "authorized"}
        if order.status_id in (statuses.INCOMPLETE, statuses.PENDING):
            changes["status_id"] = statuses.AWAITING_PAYMENT
        change_order(self.world, order, changes, "gateway")
        return transaction.id

    @locked
    def fail_payment(self, order_id: int, *, gateway: str = "stripe") -> int:
        """Try to pay and be declined; the order stays where it is."""
        order = order_or_404(self.world, order_id)
        payment = Payment(gateway=gateway)
        transaction = add_transaction(self.world, order, "purchase", payment, status="error")
        change_order(self.world, order, {"payment_status": "declined"}, "gateway")
        return transaction.id

    @locked
    def write_message(self, order_id: int, text: str, subject: str = "Question") -> int:
        """Write to the store about an order and return the message's id."""
        return write_message(self.world, order_or_404(self.world, order_id), subject, text, ACTOR)


def _payments(order: Order, amount: Amount | None, card: Payment) -> list[Payment]:
    """Return the payments for an amount, or for the whole order; the card's comes first."""
    if amount is not None:
        return [replace(card, amount=read_amount(amount))]
    ways = ways_to_pay(order)
    return [
        Payment(part, way, OWN_GATEWAYS[way], card.test)
        if way in OWN_GATEWAYS
        else replace(card, amount=part)
        for way, part in ways
    ] or [card]
