"""Payment transactions."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from bigcommerce_sim.world.amounts import ZERO

TransactionEvent = Literal[
    "purchase", "authorization", "capture", "refund", "void", "pending", "settled"
]
TransactionStatus = Literal["ok", "error"]
_MONEY_IN = frozenset({"purchase", "capture"})
# What is paid without a payment provider
OWN_GATEWAYS = {"store_credit": "storecredit", "gift_certificate": "giftcertificate"}


@dataclass(frozen=True, slots=True)
class Transaction:
    """Hold one transaction."""

    id: int
    order_id: int
    event: TransactionEvent
    amount: Decimal
    created_at: datetime
    currency: str = "USD"
    method: str = "credit_card"
    gateway: str = "stripe"
    status: TransactionStatus = "ok"
    test: bool = False
    reference_id: int | None = None


class TransactionBook:
    """Keep transactions by order."""

    def __init__(self) -> None:
        self._by_order: dict[int, list[Transaction]] = {}

    def add(self, transaction: Transaction) -> None:
        """Keep a transaction."""
        self._by_order.setdefault(transaction.order_id, []).append(transaction)

    def of(self, order_id: int) -> list[Transaction]:
        """Return an order's transactions, oldest first."""
        return list(self._by_order.get(order_id, ()))

    def is_known(self, order_id: int) -> bool:
        """Say whether the order's transactions were ever filled in."""
        return order_id in self._by_order

    def fill(self, order_id: int, transactions: list[Transaction]) -> None:
        """Keep the transactions that a seeded order has from the beginning."""
        self._by_order[order_id] = transactions

    def open_authorisation(self, order_id: int) -> Transaction | None:
        """Return the authorisation that is neither captured nor voided."""
        found: Transaction | None = None
        for each in self._by_order.get(order_id, ()):
            if each.status != "ok":
                continue
            if each.event == "authorization":
                found = each
            elif each.event in ("capture", "void"):
                found = None
        return found

    def taken(self, order_id: int) -> Decimal:
        """Return the money taken less the money given back."""
        return sum(self.taken_by_gateway(order_id).values(), ZERO)

    def taken_by_gateway(self, order_id: int) -> dict[str, Decimal]:
        """Return the money taken less the money given back, by gateway, first used first."""
        taken: dict[str, Decimal] = {}
        for each in self._by_order.get(order_id, ()):
            if each.status == "ok" and each.event in (*_MONEY_IN, "refund"):
                amount = -each.amount if each.event == "refund" else each.amount
                taken[each.gateway] = taken.get(each.gateway, ZERO) + amount
        return taken
