"""What belongs to a seeded order: its transactions, shipments and refunds."""

from dataclasses import replace
from decimal import Decimal

from bigcommerce_sim.world.amounts import ZERO, to_cents
from bigcommerce_sim.world.numbers import part_id
from bigcommerce_sim.world.order import Order, ways_to_pay
from bigcommerce_sim.world.refunds import Refund, RefundItem, RefundPayment
from bigcommerce_sim.world.shipments import Shipment, ShipmentFields
from bigcommerce_sim.world.transactions import OWN_GATEWAYS, Transaction


def transactions_of(order: Order, *, is_test: bool) -> list[Transaction]:
    """Return how an order that was paid online was paid, and what was given back."""
    if not order.payment_status:
        return []
    first_id = part_id("transaction", order.id, 1)
    rows = [
        Transaction(
            first_id + index,
            order.id,
            "purchase",
            amount,
            order.date_created,
            method=method,
            gateway=OWN_GATEWAYS.get(method, "testgateway" if is_test else "stripe"),
            test=is_test,
        )
        for index, (method, amount) in enumerate(ways_to_pay(order))
    ]
    back = _given_back(order)
    if back:
        refund = replace(rows[0], event="refund", amount=back, created_at=order.date_modified)
        rows.append(replace(refund, id=first_id + len(rows), reference_id=first_id))
    return rows


def shipments_of(order: Order) -> list[Shipment]:
    """Return the shipments of what was shipped, one for each address."""
    fields = ShipmentFields(
        tracking_number=f"SIM{order.id:09d}",
        shipping_provider="usps",
        shipping_method="Flat Rate",
    )
    shipments: list[Shipment] = []
    for place in order.addresses:
        to_here = [line for line in order.lines if line.order_address_id == place.id]
        items = {line.id: line.quantity_shipped for line in to_here if line.quantity_shipped}
        if items:
            number = part_id("shipment", order.id, len(shipments) + 1)
            shipments.append(
                Shipment(number, order.id, place.id, order.date_modified, items, fields)
            )
    return shipments


def refund_of(order: Order, refund_id: int) -> Refund | None:
    """Return the refund of an order that was paid online and got all or half of it back."""
    back = _given_back(order)
    if not back:
        return None
    transaction = transactions_of(order, is_test=False)[-1]
    paid_back = RefundPayment(
        refund_id, transaction.gateway, back, transaction_id=str(transaction.id)
    )
    return Refund(
        id=refund_id,
        order_id=order.id,
        created_at=order.date_modified,
        total_amount=back,
        total_tax=ZERO,
        items=(RefundItem("ORDER", order.id, back),),
        payments=(paid_back,),
        is_pending=False,
    )


def _given_back(order: Order) -> Decimal:
    if order.payment_status == "refunded":
        return order.total_inc_tax
    if order.payment_status == "partially refunded":
        return to_cents(order.total_inc_tax / 2)
    return ZERO
