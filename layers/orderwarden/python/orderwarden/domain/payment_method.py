"""Whether a payment method leaves transactions behind, told by its display name."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from orderwarden.domain.rules.operators import folded

OFFLINE_METHODS: Final = frozenset(
    {
        "bank deposit", "cash", "cash on delivery", "check", "cheque", "cod", "in store",
        "in-store", "instore", "manual", "money order", "pay in store", "purchase order",
    }
)  # fmt: skip
"""Display names, lower case, of methods by which money comes without any transaction.

Source: the offline gateways of orders.v3 and the names BigCommerce gives them at set-up; `Cash`
and `Manual` are examples of orders.v2. A merchant adds renamed ones as `offline_methods`.
"""

ONLINE_METHODS: Final = frozenset(
    {
        "2checkout", "adyen", "amazon pay", "apple pay", "authorize.net", "braintree",
        "credit card", "google pay", "klarna", "paypal", "paypal express checkout", "square",
        "stripe", "test payment gateway", "usa epay",
    }
)  # fmt: skip
"""Display names, lower case, of methods that leave a transaction whenever they take money.

Source: the online gateways and wallets of orders.v3; `Credit Card` and `Test Payment Gateway` are
examples of orders.v2. Short on purpose: on a method missing here nothing is cancelled by itself.
"""


class MethodKind(StrEnum):
    """Whether a payment method leaves transactions behind."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


def method_kind(method: str | None, offline_methods: Collection[str]) -> MethodKind:
    """Return the kind of a payment method, given its display name.

    Args:
        method: As the order shows it; None where it shows none.
        offline_methods: The merchant's own additions; they go before the known lists.
    """
    name = folded(method or "")
    if name in OFFLINE_METHODS or name in {folded(added) for added in offline_methods}:
        return MethodKind.OFFLINE
    return MethodKind.ONLINE if name in ONLINE_METHODS else MethodKind.UNKNOWN
