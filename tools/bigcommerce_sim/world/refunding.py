"""Giving money back: quotes, refunds and what follows when they settle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.amounts import ZERO, to_cents
from bigcommerce_sim.world.changes import change_order, publish_order_event
from bigcommerce_sim.world.dates import whole_second
from bigcommerce_sim.world.order import Order
from bigcommerce_sim.world.paying import Payment, add_transaction, order_or_404
from bigcommerce_sim.world.refunds import Refund, RefundItem, RefundPayment
from bigcommerce_sim.world.refusal import Refusal, unprocessable
from bigcommerce_sim.world.world import World

OFFLINE_PROVIDER = "custom"
_LARGEST = {"SHIPPING": "shipping_cost_inc_tax", "HANDLING": "handling_cost_inc_tax"}


@dataclass(frozen=True, slots=True)
class Quote:
    """Hold what a refund would come to, and how it could be paid back."""

    items: tuple[RefundItem, ...]
    total: Decimal
    tax: Decimal
    methods: tuple[tuple[RefundPayment, ...], ...]


def quote_refund(
    world: World, order: Order, items: Sequence[RefundItem], tax_adjustment: Decimal = ZERO
) -> Quote:
    """Work out a refund and remember that it was quoted.

    Raises:
        Refusal: 422 for more than there is to give back.
    """
    quote = _work_out(world, order, items, tax_adjustment)
    world.refunds.note_quote(order.id, quote.items)
    return quote


def begin_refund(
    world: World,
    order: Order,
    items: Sequence[RefundItem],
    payments: Sequence[RefundPayment],
    actor: str,
    *,
    override: tuple[Decimal, Decimal] | None = None,
    tax_adjustment: Decimal = ZERO,
) -> Refund:
    """Schedule a refund; `override` is a total and its tax that the merchant insists on.

    Raises:
        Refusal: 503 while another refund of the order is under way, 422 where amounts or
            providers are not those of the quote.
    """
    if any(refund.is_pending for refund in world.refunds.of(order.id)):
        raise refund_under_way(order.id)
    quote = _work_out(world, order, items, tax_adjustment)
    total, tax = override or (quote.total, quote.tax)
    _check_payments(world, order, quote, payments, total)
    refund = Refund(
        id=world.numbers.next("refund"),
        order_id=order.id,
        created_at=whole_second(world.now()),
        total_amount=total,
        total_tax=tax,
        items=quote.items,
        payments=tuple(
            replace(payment, id=world.numbers.next("refund_payment")) for payment in payments
        ),
        uses_override=override is not None,
    )
    world.refunds.save(refund)
    changes = {"refund_id": refund.id, "total_amount": str(total)}
    world.record_write(actor, "refund.create", order, order, changes)
    publish_order_event(world, order, "refund/created", {"refund": {"refund_id": refund.id}})
    world.later(world.settings.payment_delay_s, lambda: _finish(world, refund))
    return refund


def refund_under_way(order_id: int) -> Refusal:
    """Say that only one refund at a time is possible."""
    message = "Another refund of this order is being processed."
    row = {"order_id": order_id, "status": 503, "error": message}
    return Refusal(503, message, body={"data": [row], "meta": {}})


def all_that_is_left(order: Order) -> list[RefundItem]:
    """Return the items that give back everything: all lines, and shipping."""
    items = [
        RefundItem("PRODUCT", line.id, ZERO, line.quantity - line.quantity_refunded)
        for line in order.lines
        if line.quantity > line.quantity_refunded
    ]
    if order.shipping_cost_inc_tax > 0 and order.addresses:
        items.append(RefundItem("SHIPPING", order.addresses[0].id, order.shipping_cost_inc_tax))
    return items


def _work_out(
    world: World, order: Order, items: Sequence[RefundItem], tax_adjustment: Decimal
) -> Quote:
    priced, tax = [], tax_adjustment
    for item in items:
        amount, item_tax = _price(order, item)
        priced.append(replace(item, amount=amount))
        tax += item_tax
    total = to_cents(sum((item.amount + item.adjustment for item in priced), tax_adjustment))
    left = order.total_inc_tax - _given_back(world, order)
    if not 0 < total <= left:
        raise unprocessable({"amount": f"must be above 0 and at most {left:.2f}"})
    return Quote(tuple(priced), total, to_cents(tax), _methods(world, order, total))


def _price(order: Order, item: RefundItem) -> tuple[Decimal, Decimal]:
    if item.item_type in ("PRODUCT", "GIFT_WRAPPING"):
        line = order.line(item.item_id)
        left = line.quantity - line.quantity_refunded if line else 0
        if line is None or item.quantity > left:
            raise unprocessable({"items": f"line {item.item_id}: {left} left to refund"})
        if item.item_type == "GIFT_WRAPPING":
            return ZERO, ZERO
        tax = (line.price_inc_tax - line.price_ex_tax) * item.quantity
        return line.price_inc_tax * item.quantity, tax
    most = getattr(order, _LARGEST[item.item_type]) if item.item_type in _LARGEST else None
    if most is not None and item.amount > most:
        raise unprocessable({"items": f"{item.item_type}: at most {most:.2f}"})
    return item.amount, ZERO


def _given_back(world: World, order: Order) -> Decimal:
    refunds = world.refunds.of(order.id)
    return sum((each.total_amount for each in refunds if not _is_declined(each)), ZERO)


def _is_declined(refund: Refund) -> bool:
    return any(payment.is_declined for payment in refund.payments)


def _methods(world: World, order: Order, total: Decimal) -> tuple[tuple[RefundPayment, ...], ...]:
    """Return the ways to pay a total back: the way it came, if that suffices, and offline."""
    offline = (RefundPayment(0, OFFLINE_PROVIDER, total, offline=True),)
    parts, left = [], total
    for gateway, taken in world.transactions_of(order.id).taken_by_gateway(order.id).items():
        part = min(left, taken)
        if part > 0:
            parts.append(RefundPayment(0, gateway, part))
            left -= part
    return (offline,) if left else (tuple(parts), offline)


def _check_payments(
    world: World,
    order: Order,
    quote: Quote,
    payments: Sequence[RefundPayment],
    total: Decimal,
) -> None:
    if world.settings.refund_needs_quote and not world.refunds.was_quoted(order.id, quote.items):
        raise _unlike_quote("No quote was asked for these items.")
    known = {each.provider_id for method in quote.methods for each in method}
    if not payments or any(each.provider_id not in known for each in payments):
        raise _unlike_quote(f"Provider must be one of {', '.join(sorted(known))}.")
    if sum((each.amount for each in payments), ZERO) != total:
        raise _unlike_quote(f"Payments must come to {total:.2f}.")


def _unlike_quote(message: str) -> Refusal:
    row = {"status": 422, "title": message, "type": "/api-docs/getting-started/api-status-codes"}
    return Refusal(422, message, body={"data": [row]})


def _finish(world: World, refund: Refund) -> None:
    order = order_or_404(world, refund.order_id)
    payments = tuple(_pay_back(world, order, payment) for payment in refund.payments)
    settled = replace(refund, payments=payments, is_pending=False)
    world.refunds.save(settled)
    if _is_declined(settled):
        return
    is_whole = _given_back(world, order) >= order.total_inc_tax
    changes: dict[str, object] = {
        "lines": _refunded_lines(order, settled),
        "status_id": statuses.REFUNDED if is_whole else statuses.PARTIALLY_REFUNDED,
    }
    if order.payment_status:
        changes["payment_status"] = "refunded" if is_whole else "partially refunded"
    change_order(world, order, changes, "gateway", restocks=False)


def _pay_back(world: World, order: Order, payment: RefundPayment) -> RefundPayment:
    if payment.offline:
        return payment
    way = Payment(payment.amount, gateway=payment.provider_id)
    if world.chance("payments", world.settings.payment_failure_probability):
        add_transaction(world, order, "refund", way, status="error")
        return replace(payment, is_declined=True, declined_message="Declined by the gateway")
    transaction = add_transaction(world, order, "refund", way)
    return replace(payment, transaction_id=str(transaction.id))


def _refunded_lines(order: Order, refund: Refund) -> tuple[object, ...]:
    pieces = {item.item_id: item.quantity for item in refund.items if item.item_type == "PRODUCT"}
    return tuple(
        replace(line, quantity_refunded=line.quantity_refunded + pieces.get(line.id, 0))
        for line in order.lines
    )
