"""What rules can read of an order; what costs an API call is there only if it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from orderwarden.domain.order import Order, OrderLine, Shipment, Transaction


class Resource(StrEnum):
    """What costs one API call of its own."""

    TRANSACTIONS = "transactions"
    PRODUCTS = "products"
    SHIPMENTS = "shipments"


class Unreadable:
    """The store answered for good that it does not tell (403, 404): unknown, not empty."""


UNREADABLE: Final = Unreadable()
Fetched = tuple[Transaction, ...] | tuple[OrderLine, ...] | tuple[Shipment, ...] | Unreadable


@dataclass(frozen=True, slots=True)
class Facts:
    """One reading of an order, with whatever was fetched for it so far.

    Attributes:
        now: The store's clock at the reading; ages are measured by it.
        previous_status_id: The status before the event, where an event said so.
        resources: A missing key was not fetched yet.
        offline_methods: The merchant's own offline payment methods, display names.
    """

    order: Order
    now: datetime
    previous_status_id: int | None = None
    resources: Mapping[Resource, Fetched] = field(default_factory=dict)
    offline_methods: frozenset[str] = frozenset()

    @property
    def status_id(self) -> int:
        """Return the order's status."""
        return self.order.status_id

    def with_resource(self, resource: Resource, fetched: Fetched) -> Facts:
        """Return the facts with one more resource read."""
        return replace(self, resources={**self.resources, resource: fetched})

    def with_status(self, status_id: int) -> Facts:
        """Return the facts as they would be after a status change of ours."""
        order = replace(self.order, status_id=status_id)
        return replace(self, order=order, previous_status_id=self.order.status_id)
