"""Refunds and their quotes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from bigcommerce_sim.world.amounts import ZERO


@dataclass(frozen=True, slots=True)
class RefundItem:
    """Hold what is given back: pieces of a line, or an amount of something else.

    `adjustment` is never positive: a fee that is kept back.
    """

    item_type: str
    item_id: int
    amount: Decimal
    quantity: int = 0
    reason: str = ""
    adjustment: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """Hold how the money goes back; declined is only known when the refund has settled."""

    id: int
    provider_id: str
    amount: Decimal
    offline: bool = False
    is_declined: bool = False
    declined_message: str = ""
    transaction_id: str = ""


@dataclass(frozen=True, slots=True)
class Refund:
    """Hold one refund."""

    id: int
    order_id: int
    created_at: datetime
    total_amount: Decimal
    total_tax: Decimal
    items: tuple[RefundItem, ...]
    payments: tuple[RefundPayment, ...]
    reason: str = ""
    uses_override: bool = False
    is_pending: bool = True


class RefundBook:
    """Keep refunds by id, and which quotes were asked for."""

    def __init__(self) -> None:
        self._by_id: dict[int, Refund] = {}
        self._by_order: dict[int, list[int]] = {}
        self._quoted: dict[int, set[tuple[RefundItem, ...]]] = {}

    def save(self, refund: Refund) -> None:
        """Keep a new or settled refund."""
        if refund.id not in self._by_id:
            self._by_order.setdefault(refund.order_id, []).append(refund.id)
        self._by_id[refund.id] = refund

    def get(self, refund_id: int) -> Refund | None:
        """Return one refund."""
        return self._by_id.get(refund_id)

    def of(self, order_id: int) -> list[Refund]:
        """Return an order's refunds, oldest first."""
        return [self._by_id[refund_id] for refund_id in self._by_order.get(order_id, ())]

    def __iter__(self) -> Iterator[Refund]:
        return iter(sorted(self._by_id.values(), key=lambda each: each.id))

    def note_quote(self, order_id: int, items: tuple[RefundItem, ...]) -> None:
        """Remember that a quote was asked for."""
        self._quoted.setdefault(order_id, set()).add(items)

    def was_quoted(self, order_id: int, items: tuple[RefundItem, ...]) -> bool:
        """Say whether a quote was asked for exactly these items."""
        return items in self._quoted.get(order_id, ())
