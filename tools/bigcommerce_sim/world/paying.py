"""Money coming in: purchases, authorisations, captures and voids."""

from dataclasses import dataclass
from decimal import Decimal

from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.changes import change_order
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.order import Order
from bigcommerce_sim.world.refusal import Refusal, not_found
from bigcommerce_sim.world.transactions import Transaction, TransactionEvent, TransactionStatus
from bigcommerce_sim.world.world import World

_UNPAID = frozenset({statuses.INCOMPLETE, statuses.PENDING, statuses.AWAITING_PAYMENT})
_BUSY = frozenset({"capture pending", "void pending"})


@dataclass(frozen=True, slots=True)
class Payment:
    """Say how a payment is made; `amount` None means the order's total."""

    amount: Decimal | None = None
    method: str = "credit_card"
    gateway: str = "stripe"
    test: bool = False


def add_transaction(
    world: World,
    order: Order,
    event: TransactionEvent,
    payment: Payment,
    *,
    status: TransactionStatus = "ok",
    reference_id: int | None = None,
) -> Transaction:
    """Keep a transaction and publish `transaction/created`."""
    transaction = Transaction(
        id=world.numbers.next("transaction"),
        order_id=order.id,
        event=event,
        amount=order.total_inc_tax if payment.amount is None else payment.amount,
        created_at=whole_second(world.now()),
        currency=order.default_currency_code,
        method=payment.method,
        gateway=payment.gateway,
        status=status,
        test=payment.test,
        reference_id=reference_id,
    )
    world.transactions_of(order.id).add(transaction)
    changes = {"transaction_id": transaction.id, "event": event, "status": status}
    world.record_write("gateway", "transaction.create", order, order, changes)
    world.publish("store/order/transaction/created", _event_data(transaction))
    return transaction


def settle_payment(
    world: World, order: Order, payment_status: str, actor: str, *, moves_status: bool
) -> Order:
    """Note that an order is paid and, if asked, let it go on to be fulfilled."""
    changes: dict[str, object] = {"payment_status": payment_status}
    if moves_status and order.status_id in _UNPAID:
        is_digital = bool(order.lines) and all(line.type == "digital" for line in order.lines)
        changes["status_id"] = statuses.COMPLETED if is_digital else statuses.AWAITING_FULFILLMENT
    return change_order(world, order, changes, actor)


def begin_capture(world: World, order: Order, actor: str) -> None:
    """Schedule the capture of the open authorisation.

    Raises:
        Refusal: 422 where nothing is open or another action is under way.
    """
    authorisation = _open_authorisation(world, order)
    change_order(world, order, {"payment_status": "capture pending"}, actor)
    world.later(
        world.settings.payment_delay_s, lambda: _finish_capture(world, order.id, authorisation)
    )


def begin_void(world: World, order: Order, actor: str) -> None:
    """Schedule the release of the open authorisation.

    Raises:
        Refusal: 422 where nothing is open or another action is under way.
    """
    authorisation = _open_authorisation(world, order)
    change_order(world, order, {"payment_status": "void pending"}, actor)
    world.later(
        world.settings.payment_delay_s, lambda: _finish_void(world, order.id, authorisation)
    )


def order_or_404(world: World, order_id: int) -> Order:
    """Return the order as it is, or refuse with 404."""
    order = world.orders.get(order_id)
    if order is None:
        raise not_found()
    return order


def _open_authorisation(world: World, order: Order) -> Transaction:
    if order.payment_status in _BUSY:
        raise Refusal(422, f"A payment action is under way: {order.payment_status}.", errors={})
    authorisation = world.transactions_of(order.id).open_authorisation(order.id)
    if authorisation is None:
        raise Refusal(422, "The order has no open authorisation.", errors={})
    return authorisation


def _finish_capture(world: World, order_id: int, authorisation: Transaction) -> None:
    order = order_or_404(world, order_id)
    payment = _same_way(authorisation)
    if world.chance("payments", world.settings.payment_failure_probability):
        add_transaction(
            world, order, "capture", payment, status="error", reference_id=authorisation.id
        )
        change_order(world, order, {"payment_status": "authorized"}, "gateway")
        return
    add_transaction(world, order, "capture", payment, reference_id=authorisation.id)
    moves = world.settings.capture_moves_status
    settle_payment(world, order, "captured", "gateway", moves_status=moves)


def _finish_void(world: World, order_id: int, authorisation: Transaction) -> None:
    order = order_or_404(world, order_id)
    payment = _same_way(authorisation)
    if world.chance("payments", world.settings.payment_failure_probability):
        add_transaction(
            world, order, "void", payment, status="error", reference_id=authorisation.id
        )
        change_order(world, order, {"payment_status": "authorized"}, "gateway")
        return
    add_transaction(world, order, "void", payment, reference_id=authorisation.id)
    change_order(world, order, {"payment_status": "void"}, "gateway")


def _same_way(before: Transaction) -> Payment:
    return Payment(before.amount, before.method, before.gateway, before.test)


def _event_data(transaction: Transaction) -> dict[str, object]:
    ok = transaction.status == "ok"
    return {
        "order_id": str(transaction.order_id),
        "transaction_id": str(transaction.id),
        "type": "transaction",
        "transaction_status": "complete" if ok else "failed",
        "transaction_type": transaction.event,
        "result": {
            "code": "paid" if ok else "declined",
            "message": "Paid" if ok else "Declined",
            "type": "success" if ok else "error",
        },
        "platform_transaction_id": str(transaction.id),
        "provider_transaction_id": f"sim_{transaction.id}",
    }
