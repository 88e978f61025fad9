"""What shoppers do: place orders, pay or fail to, write messages."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from bigcommerce_sim.acts.locked import locked
from bigcommerce_sim.seed.people import address_of, email_of
from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.amounts import read_amount
from bigcommerce_sim.world.changes import change_order, publish_order_event
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.messages import Message
from bigcommerce_sim.world.order import Address, LineType, Order
from bigcommerce_sim.world.paying import Payment, add_transaction, order_or_404, settle_payment
from bigcommerce_sim.world.placing import Wanted, blank_order, place_order
from bigcommerce_sim.world.world import World

Amount = Decimal | str | int
ACTOR = "shopper"


class Shopper:
    """Act as the store's customers; every method returns when the act is done."""

    def __init__(self, world: World, lock: threading.RLock) -> None:
        self.world = world
        self.lock = lock

    @locked
    def place(
        self,
        *,
        total: Amount | None = None,
        items: Sequence[tuple[str, int]] = (),
        status: int | str = "Awaiting Payment",
        customer_id: int = 0,
        payment_method: str = "Credit Card",
        quantity: int = 1,
        kind: LineType = "physical",
        channel_id: int = 1,
        created_at: datetime | None = None,
        addresses: int = 1,
        is_pickup: bool = False,
    ) -> int:
        """Place an order and return its id.

        Args:
            total: What the order costs in all, as one custom line; not with `items`.
            items: SKUs of the catalog and pieces. Without both, one plain thing is bought.
            status: The status it lands in, by id or system name.
            customer_id: A customer of the store; 0 is a guest.
            payment_method: The name that the order shows.
            quantity: Pieces of the custom line.
            kind: `physical`, `digital` or `giftcertificate`.
            channel_id: Where it was bought; 1 is the store itself.
            created_at: The order's date, if it is not now.
            addresses: To how many addresses it goes; lines are spread over them.
            is_pickup: The customer fetches it.

        Raises:
            ValueError: an unknown status or SKU.
            Refusal: 409 where the stock does not suffice.
        """
        things = self._wanted(total, items, quantity, kind)
        wanted = [replace(each, is_pickup=is_pickup) for each in things]
        is_known = self.world.customers.get(customer_id) is not None
        email = email_of(customer_id) if is_known else "guest@example.com"
        moment = whole_second(created_at or self.world.now())
        draft = replace(
            blank_order(self.world, statuses.status_id_of(status), address_of(customer_id, email)),
            date_created=moment,
            date_modified=moment,
            customer_id=customer_id,
            payment_method=payment_method,
            channel_id=channel_id,
        )
        to = [address_of(customer_id + index, email) for index in range(addresses)]
        exact = None if total is None else {"total_inc_tax": read_amount(total)}
        return self._place(draft, wanted, to, exact)

    def _place(
        self,
        draft: Order,
        wanted: Sequence[Wanted],
        to: Sequence[Address],
        exact: Mapping[str, object] | None,
    ) -> int:
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
        `moves_status=False` leaves the order where it is, as a lost gateway call does.
        """
        order = order_or_404(self.world, order_id)
        payment = Payment(_amount(amount), method, gateway, test)
        transaction = add_transaction(self.world, order, "purchase", payment)
        if self.world.transactions_of(order_id).taken(order_id) >= order.total_inc_tax:
            settle_payment(self.world, order, "captured", "gateway", moves_status=moves_status)
        return transaction.id

    @locked
    def authorise(
        self, order_id: int, amount: Amount | None = None, *, gateway: str = "stripe"
    ) -> int:
        """Have the card authorised but not charged; the order awaits payment."""
        order = order_or_404(self.world, order_id)
        payment = Payment(_amount(amount), gateway=gateway)
        transaction = add_transaction(self.world, order, "authorization", payment)
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
        order = order_or_404(self.world, order_id)
        number = self.world.numbers.next("message")
        now = whole_second(self.world.now())
        message = Message(number, order_id, order.customer_id, subject, text, now)
        self.world.messages.add(message)
        self.world.record_write(ACTOR, "message.create", order, order, {"message_id": number})
        extra = {"message": {"order_message_id": number}}
        publish_order_event(self.world, order, "message/created", extra)
        return number

    def _wanted(
        self,
        total: Amount | None,
        items: Sequence[tuple[str, int]],
        quantity: int,
        kind: LineType,
    ) -> list[Wanted]:
        if items and total is not None:
            raise ValueError("give a total or items, not both")
        if not items:
            each = (Decimal(20) if total is None else read_amount(total)) / quantity
            price = each.quantize(Decimal("0.0001"))
            return [Wanted(quantity, None, "Simulated thing", price, price, "SIM-1", kind)]
        wanted = []
        for sku, pieces in items:
            variant = self.world.inventory.by_sku(sku)
            if variant is None:
                raise ValueError(f"no such SKU: {sku}")
            wanted.append(Wanted(pieces, variant, type=kind))
        return wanted


def _amount(amount: Amount | None) -> Decimal | None:
    return None if amount is None else read_amount(amount)
