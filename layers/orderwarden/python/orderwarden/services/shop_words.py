"""What a store calls things: its statuses, and the payment methods that its orders show."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.payment_method import MethodKind, method_kind
from orderwarden.errors import OrderwardenError
from orderwarden.ports import StatusReader, StoreReader

DAYS: Final = 30
MOST_ORDERS: Final = 5_000
"""Looked at for their payment methods: 20 pages."""


@dataclass(frozen=True, slots=True)
class MethodsSeen:
    """The payment methods of lately placed orders that are on neither list.

    Attributes:
        days: How far back was looked; less than `DAYS` where there are very many orders.
        unknown: How many orders show each, by its name.
    """

    days: float
    unknown: Mapping[str, int]


def status_labels(reader: StatusReader) -> Mapping[int, str]:
    """Return what a store calls its statuses, by id.

    Raises:
        OrderwardenError: The store cannot be asked.
    """
    return {i: status.label for i, status in reader.statuses().value.items()}


def status_labels_if_told(reader: StatusReader) -> Mapping[int, str] | None:
    """Return the same, or None where the store cannot be asked."""
    try:
        return status_labels(reader)
    except OrderwardenError:
        return None


def methods_seen(reader: StoreReader, offline_methods: Collection[str]) -> MethodsSeen:
    """Return the payment methods that nobody knows to leave transactions, or to leave none.

    Raises:
        OrderwardenError: The store cannot be asked.
    """
    now = reader.time().value
    wanted = OrderFilter(created_from=now - timedelta(days=DAYS), created_to=now)
    count = reader.count_orders(wanted).value.total
    days = DAYS if count <= MOST_ORDERS else DAYS * MOST_ORDERS / count
    wanted = OrderFilter(created_from=now - timedelta(days=days), created_to=now)
    found: Counter[str] = Counter()
    for order in reader.every_order(wanted):
        method = (order.text("payment_method") or "").strip()
        if method and method_kind(method, offline_methods) is MethodKind.UNKNOWN:
            found[method] += 1
    return MethodsSeen(days, dict(sorted(found.items())))
