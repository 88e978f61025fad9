"""The check of payment methods: orders paid by one that nobody knows are never cancelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

from orderwarden.domain.order import Order
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.payment_method import MethodKind, method_kind
from orderwarden.ports import Clock, StoreReader
from orderwarden.services.checkup.finding import Finding, doubtful, fine

LOOKED_BACK: Final = timedelta(days=30)
MOST_ORDERS: Final = 2_000
"""Eight pages: enough to have met every method of a store."""


def recent_orders(reader: StoreReader, clock: Clock) -> Sequence[Order]:
    """Return orders that were placed in the last 30 days, at most 2,000."""
    wanted = OrderFilter(created_from=clock.now() - LOOKED_BACK)
    return tuple(islice(reader.every_order(wanted), MOST_ORDERS))


def check_methods(orders: Sequence[Order], offline_methods: Collection[str]) -> Finding:
    """Look for payment methods that are known neither as online nor as offline."""
    counts = Counter(
        method
        for method in (str(order.raw.get("payment_method") or "") for order in orders)
        if method and method_kind(method, offline_methods) is MethodKind.UNKNOWN
    )
    if not counts:
        return fine("payment_methods", f"those of {len(orders)} recent orders are all known")
    named = ", ".join(f"{name} ({count})" for name, count in counts.most_common(10))
    return doubtful(
        "payment_methods",
        f"on no list: {named}; whether such an order is paid is unknown, so it is never cancelled",
        "add those that leave no transaction to `offline_methods` in the rule file; name the "
        "others in the rules that are meant for them",
    )
