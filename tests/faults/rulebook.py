"""The rules that the simulation runs under, each with what it ought to do in our own words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bigcommerce_sim.world.order import Order

SHIPPED, PARTIALLY_SHIPPED, CANCELLED, AWAITING_PAYMENT, AWAITING_PICKUP = 2, 3, 5, 7, 8
AWAITING_SHIPMENT, COMPLETED, AWAITING_FULFILLMENT, VERIFY, DISPUTED = 9, 10, 11, 12, 13
PROTECTED: Final = frozenset({4, 5, 6, 10, 13})
MAX_STEPS: Final = 3

SHOP: Final = """
version: 1
mode: live
time_zone: UTC
rules:
  - name: complete-when-shipped
    on: [shipment_created, status_updated]
    when:
      status: [Awaiting Fulfillment, Awaiting Shipment, Partially Shipped, Shipped]
      fully_shipped: true
    do: [{set_status: Completed}]
  - name: paid-to-fulfilment
    on: [order_updated, status_updated, transaction_created]
    when: {status: Awaiting Payment, paid: true}
    do: [{set_status: Awaiting Fulfillment}, {staff_note: "Paid; moved by {rule}."}]
  - name: to-pickup
    on: status_updated
    when: {status: Awaiting Fulfillment, payment_method: Apple Pay}
    do: [{set_status: Awaiting Pickup}]
  - name: cancel-flagged
    on: [order_updated, status_updated]
    when: {status: Manual Verification Required, paid: false}
    do: [{set_status: Cancelled}, {staff_note: "Cancelled by {rule}."}]
    limit: {approve_after: none, per_hour: none}
  - name: note-large
    on: [order_created, order_updated]
    when: {total: {over: 500}}
    do: [{staff_note: "Large order {order}."}]
"""

FEWER: Final = SHOP.replace("name: complete-when-shipped", "name: complete-otherwise")
"""The same shop after somebody renamed a rule and published."""

CAREFUL: Final = SHOP.replace("approve_after: none", "approve_after: 1")
"""The same shop that asks after its first cancellation."""

UNPAID_FOR: Final = timedelta(hours=2)
SWEPT_RULE: Final = """
  - name: cancel-unpaid
    on: sweep
    when: {status: Awaiting Payment, age: {at_least: 2h}, paid: false}
    do: [{set_status: Cancelled}, {staff_note: "Not paid; cancelled by {rule}."}]
    limit: {approve_after: none, per_hour: none}
"""


def rules_of(text: str, *, is_swept: bool) -> str:
    """Return rules with the one that time makes due, or without it."""
    return text.rstrip() + SWEPT_RULE if is_swept else text


@dataclass(frozen=True, slots=True)
class State:
    """An order as it truly was at some moment.

    Attributes:
        has_money: Whether any transaction of real money stands.
        is_paid: Whether the whole total came in.
        due_at: From when on it is to be cancelled unless money came; None where nobody sweeps.
    """

    status_id: int
    is_archived: bool
    is_large: bool
    is_fully_shipped: bool
    has_money: bool
    is_paid: bool
    method: str
    staff_notes: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the rules want for a state: a status, and the rules on the way to it."""

    to_status_id: int
    path: tuple[str, ...]


def state_of(order: Order, taken: object, *, has_money: bool, is_swept: bool) -> State:
    """Return what the oracle needs of the simulator's own record."""
    return State(
        status_id=order.status_id,
        is_archived=order.is_deleted,
        is_large=order.total_inc_tax > 500,
        is_fully_shipped=bool(order.lines) and all(line.to_ship == 0 for line in order.lines),
        has_money=has_money,
        is_paid=order.payment_status == "captured" or taken >= order.total_inc_tax,  # type: ignore[operator]
        method=order.payment_method,
        staff_notes=order.staff_notes,
        due_at=order.date_created + UNPAID_FOR if is_swept else None,
    )


def _step(state: State, status_id: int, at: datetime) -> tuple[str, int] | None:
    """Return the first rule that is true for a status, and where it leads."""
    if status_id in {11, 9, 3, 2} and state.is_fully_shipped:
        return "complete-when-shipped", COMPLETED
    if status_id == AWAITING_PAYMENT and state.is_paid:
        return "paid-to-fulfilment", AWAITING_FULFILLMENT
    if status_id == AWAITING_FULFILLMENT and state.method == "Apple Pay":
        return "to-pickup", AWAITING_PICKUP
    if status_id == VERIFY and not state.has_money:
        return "cancel-flagged", CANCELLED
    is_due = state.due_at is not None and at >= state.due_at
    if status_id == state.status_id == AWAITING_PAYMENT and is_due and not state.has_money:
        return "cancel-unpaid", CANCELLED
    return None


def wish(state: State, at: datetime) -> Wish | None:
    """Return the status change that the rules want for a state at a time, chain included."""
    status_id, visited = state.status_id, {state.status_id}
    path: list[str] = []
    while not state.is_archived and len(path) < MAX_STEPS:
        step = _step(state, status_id, at)
        if step is None or step[1] in visited:
            break
        path.append(step[0])
        status_id = step[1]
        visited.add(status_id)
    return Wish(status_id, tuple(path)) if path else None


def wants_note(state: State) -> bool:
    """Return whether the note for large orders is wanted."""
    is_open = not state.is_archived and state.status_id not in PROTECTED
    return state.is_large and is_open
