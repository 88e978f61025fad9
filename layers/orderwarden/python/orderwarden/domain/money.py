"""Was an order paid, is money held for it, may it be cancelled: what the store's answers prove.

Every question has three answers; whatever is not proved is None (unknown).
Amounts are compared in `default_currency_code`, the currency the shopper pays in
(`currency_code` is only the one shown to the shopper).
Source: orders.v2 `default_currency_code`, orders.v3 `Transaction`; docs/bigcommerce.md,
"Transactions".
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from orderwarden.domain.facts import Facts, Resource, Unreadable
from orderwarden.domain.order import Order, Transaction
from orderwarden.domain.order_parts import Refund
from orderwarden.domain.payment_method import MethodKind, method_kind
from orderwarden.domain.payments import CREDITS, Payments
from orderwarden.domain.rules.operators import folded
from orderwarden.domain.rules.truth import Truth

CENT: Final = Decimal("0.01")
"""Sums this close are equal: tax and exchange leave rounding behind."""

TEST_GATEWAY: Final = "test payment gateway"

PAID: Final = frozenset({"captured", "paid"})
AUTHORIZED: Final = frozenset({"authorized", "capture pending", "held for review", "pending"})
RETURNED: Final = frozenset({"partially refunded", "refunded", "void pending"})
WITHOUT_MONEY: Final = frozenset({"", "declined", "void"})
IN_MOTION: Final = frozenset({"capture pending", "held for review", "pending", "void pending"})
"""Money is on its way, so no sum of what came in is the last word."""

PAYMENT_STATUSES: Final = PAID | AUTHORIZED | RETURNED | WITHOUT_MONEY
"""Every `payment_status` of orders.v2."""


def paid(facts: Facts) -> bool | Resource | None:
    """Return whether the order is paid in full; the resource to fetch where that decides."""
    if _payment_status(facts.order) in PAID:
        return True
    payments = _payments(facts)
    if not isinstance(payments, Payments):
        return payments
    received = payments.received(facts.order)
    if received is not None and _reaches_total(facts.order, received):
        return True
    is_online = _method_kind(facts) is MethodKind.ONLINE
    return False if is_online and _speaks_against_money(facts.order, payments) else None


def authorized(facts: Facts) -> bool | Resource | None:
    """Return whether money is held for the order and not taken; or the resource to fetch."""
    status = _payment_status(facts.order)
    if status in AUTHORIZED:
        return True
    payments = _payments(facts)
    if not isinstance(payments, Payments):
        return payments
    if payments.odd or payments.has_loose_void:
        return None
    return True if payments.held else (False if status in PAYMENT_STATUSES else None)


def amount_paid(facts: Facts) -> Decimal | Resource | None:
    """Return what has come in and stayed, credit included; or the resource to fetch.

    Unknown where money leaves no transaction (offline methods and those on neither list), where
    it is on its way, and where the gateway says that all is paid and its transactions do not.
    """
    payments = _payments(facts)
    if not isinstance(payments, Payments):
        return payments
    received = payments.received(facts.order)
    if received is None or not payments.are_comparable(facts.order):
        return None
    if received < 0:  # more was given back than came in: something is missing
        return None
    if _reaches_total(facts.order, received):
        return received
    tells_all = PAYMENT_STATUSES - PAID - IN_MOTION
    is_told = (
        _method_kind(facts) is MethodKind.ONLINE and _payment_status(facts.order) in tells_all
    )
    return received if is_told else None


def balance_due(facts: Facts) -> Decimal | Resource | None:
    """Return what is still to come of the total, never less than 0; or the resource to fetch."""
    is_paid, total = paid(facts), facts.order.money("total_inc_tax")
    if is_paid is True:
        return Decimal(0)
    received = amount_paid(facts)
    if total is None or not isinstance(received, Decimal):
        return None if total is None else received
    return total - received


def refunded(facts: Facts) -> Decimal | Resource | Unreadable | None:
    """Return what was given back by refunds; or the resource to fetch.

    The `refunded_amount` of the order's body is always 0; docs/bigcommerce.md, "Orders".
    """
    refunds = facts.fetched(Resource.REFUNDS, Refund)
    if not isinstance(refunds, tuple):
        return refunds
    known = [each.amount for each in refunds if each.amount is not None]
    return sum(known, Decimal(0)) if len(known) == len(refunds) else None


def is_test_order(facts: Facts) -> bool | Resource | None:
    """Return whether the order was made to try the shop out; or the resource to fetch."""
    if folded(facts.order.text("payment_method") or "") == TEST_GATEWAY:
        return True
    transactions = _transactions(facts)
    if not isinstance(transactions, tuple):
        return transactions
    return any(each.is_test for each in transactions)


def money_taken_or_authorised(facts: Facts, *, any_method: bool = False) -> Truth:
    """Return whether an order has had money taken, held or promised: the check before a danger.

    TRUE by any trace of money, even a part of the total, even if it was given back since.
    FALSE only if the transactions were read and everything speaks against it; so fetch them first.

    Args:
        facts: One reading of the order.
        any_method: The rule names the order's payment method: that it may be an offline one
            does not by itself leave the question open.
    """
    order, payments = facts.order, _payments(facts)
    if _payment_status(order) in PAYMENT_STATUSES - WITHOUT_MONEY:
        return Truth.TRUE
    if any((order.money(key) or 0) > 0 for key in CREDITS.values()):
        return Truth.TRUE
    if not isinstance(payments, Payments):
        return Truth.UNKNOWN
    if payments.moved or payments.held:
        return Truth.TRUE
    is_known_method = any_method or _method_kind(facts) is MethodKind.ONLINE
    is_clear = is_known_method and _speaks_against_money(order, payments)
    return Truth.FALSE if is_clear else Truth.UNKNOWN


def is_in_motion(order: Order) -> bool:
    """Return whether money is on its way: a second action meanwhile would be a guess."""
    return _payment_status(order) in IN_MOTION


def is_not_captured(order: Order) -> bool:
    """Return whether the order says, once a capture was taken on and is over, that it failed."""
    return _payment_status(order) in {"authorized", "declined"}


def only_authorised(facts: Facts) -> Truth:
    """Return whether money is held for the order, and none was taken or given back."""
    payments, held = _payments(facts), authorized(facts)
    if not isinstance(payments, Payments) or not isinstance(held, bool):
        return Truth.UNKNOWN
    return Truth.TRUE if held and not payments.moved else Truth.FALSE


def money_taken(facts: Facts) -> Truth:
    """Return whether some money came in by a transaction and was not all given back."""
    payments = _payments(facts)
    if not isinstance(payments, Payments):
        return Truth.UNKNOWN
    received = payments.received(facts.order)
    if received is None:
        return Truth.UNKNOWN
    return Truth.TRUE if received > 0 else Truth.FALSE


def _reaches_total(order: Order, received: Decimal) -> bool:
    total = order.money("total_inc_tax")
    return total is not None and received >= total - CENT


def _speaks_against_money(order: Order, payments: Payments) -> bool:
    """Return whether body and transactions alike say that there is none."""
    has_no_credit = all(order.money(key) == 0 for key in CREDITS.values())
    return payments.are_none and has_no_credit and _payment_status(order) in WITHOUT_MONEY


def _method_kind(facts: Facts) -> MethodKind:
    return method_kind(facts.order.text("payment_method"), facts.offline_methods)


def _payment_status(order: Order) -> str | None:
    status = order.text("payment_status")
    return None if status is None else folded(status)


def _payments(facts: Facts) -> Payments | Resource | None:
    transactions = _transactions(facts)
    return Payments.of(transactions) if isinstance(transactions, tuple) else transactions


def _transactions(facts: Facts) -> tuple[Transaction, ...] | Resource | None:
    found = facts.fetched(Resource.TRANSACTIONS, Transaction)
    return None if isinstance(found, Unreadable) else found
