"""What an order's transactions amount to: which of them stand, and what surely came in.

Test transactions and failed ones never count. Source: orders.v3 `Transaction`;
docs/bigcommerce.md, "Transactions".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from orderwarden.domain.order import Order, Transaction

CREDITS: Final = {
    "store_credit": "store_credit_amount",
    "gift_certificate": "gift_certificate_amount",
}
"""Transaction methods that pay with credit, and where the order's body says how much."""

_TAKES: Final = frozenset({"purchase", "capture", "settled"})
_HOLDS: Final = frozenset({"authorization", "pending"})
_EVENTS: Final = _TAKES | _HOLDS | {"refund", "void"}
_ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Payments:
    """The transactions of one order that still mean something.

    Attributes:
        moved: Money that was taken or given back.
        held: Money promised or reserved, and neither taken nor released since.
        odd: Of a status or an event that BigCommerce does not document: anything may be.
        has_loose_void: Something was voided and nothing says what.
    """

    moved: tuple[Transaction, ...]
    held: tuple[Transaction, ...]
    odd: tuple[Transaction, ...]
    has_loose_void: bool

    @classmethod
    def of(cls, transactions: Iterable[Transaction]) -> Payments:
        """Sort an order's transactions."""
        real = [each for each in transactions if not each.is_test and each.status != "error"]
        known = [each for each in real if _is_documented(each)]
        voids = [each for each in known if each.event == "void"]
        voided = {each.reference_id for each in voids}
        taken = {each.reference_id for each in known if each.event in _TAKES}
        standing = [each for each in known if each.event != "void" and each.id not in voided]
        return cls(
            moved=tuple(each for each in standing if each.event not in _HOLDS),
            held=tuple(each for each in standing if each.event in _HOLDS and each.id not in taken),
            odd=tuple(each for each in real if not _is_documented(each)),
            has_loose_void=not voided <= {each.id for each in known},
        )

    @property
    def are_none(self) -> bool:
        """Return whether nothing stands: no money, no promise, nothing odd."""
        return not (self.moved or self.held or self.odd)

    def are_comparable(self, order: Order) -> bool:
        """Return whether of all that moved it is known how much, in the order's currency."""
        return all(_amount(each, order) is not None for each in self.moved)

    def received(self, order: Order) -> Decimal | None:
        """Return what surely came in for an order and stayed; None where nothing is sure.

        In `default_currency_code`, which the shopper pays in; other currencies do not count.
        A payment may be told twice, as purchase or capture and again as settled; credit stands
        in the order's body and may stand among the transactions too. So of each gateway, and of
        each kind of credit, only the largest telling counts.
        """
        refunded = self._refunded(order)
        if refunded is None or self.odd or self.has_loose_void:
            return None
        told = {(payer, "body"): order.money(key) or _ZERO for payer, key in CREDITS.items()}
        for each in self.moved:
            amount = _amount(each, order)
            if each.event != "refund" and amount is not None:
                telling = (_payer(each), "settled" if each.event == "settled" else "taken")
                told[telling] = told.get(telling, _ZERO) + amount
        most: dict[str, Decimal] = {}
        for (payer, _), amount in told.items():
            most[payer] = max(most.get(payer, _ZERO), amount)
        return sum(most.values(), -refunded)

    def _refunded(self, order: Order) -> Decimal | None:
        amounts = [_amount(each, order) for each in self.moved if each.event == "refund"]
        known = [abs(amount) for amount in amounts if amount is not None]
        return sum(known, _ZERO) if len(known) == len(amounts) else None


def _is_documented(transaction: Transaction) -> bool:
    return transaction.status == "ok" and transaction.event in _EVENTS


def _amount(transaction: Transaction, order: Order) -> Decimal | None:
    currency = order.text("default_currency_code")
    is_comparable = bool(currency) and transaction.currency == currency
    return transaction.amount if is_comparable else None


def _payer(transaction: Transaction) -> str:
    """Return through what the money came: store credit, gift certificate, or the gateway."""
    method, gateway = transaction.raw.get("method"), transaction.raw.get("gateway")
    return str(method) if method in CREDITS else f"gateway {gateway}"
