"""What rules can read of an order; what costs an API call is there only if it was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar, cast

from orderwarden.domain.calendar import UTC_WITHOUT_HOLIDAYS, Calendar
from orderwarden.domain.order import Order, OrderLine, Shipment, Transaction
from orderwarden.domain.order_parts import (
    Coupon,
    Customer,
    Metafield,
    Refund,
    ShippingAddress,
    StockLevel,
)


class Resource(StrEnum):
    """What costs a call of its own, the cheapest first.

    `customer` is empty for one that was deleted; a guest is never looked up.
    `inventory` is asked for what `products` says was bought, so it is fetched after that.
    """

    TRANSACTIONS = "transactions"
    SHIPPING_ADDRESSES = "shipping_addresses"
    COUPONS = "coupons"
    CUSTOMER = "customer"
    REFUNDS = "refunds"
    METAFIELDS = "metafields"
    PRODUCTS = "products"
    SHIPMENTS = "shipments"
    INVENTORY = "inventory"


class Unreadable:
    """The store answered for good that it does not tell (403, 404): unknown, not empty."""


UNREADABLE: Final = Unreadable()

Part = (
    Transaction
    | ShippingAddress
    | Coupon
    | Customer
    | Refund
    | Metafield
    | OrderLine
    | Shipment
    | StockLevel
)
Fetched = (
    tuple[Transaction, ...]
    | tuple[ShippingAddress, ...]
    | tuple[Coupon, ...]
    | tuple[Customer, ...]
    | tuple[Refund, ...]
    | tuple[Metafield, ...]
    | tuple[OrderLine, ...]
    | tuple[Shipment, ...]
    | tuple[StockLevel, ...]
    | Unreadable
)
P = TypeVar("P", bound=Part)


@dataclass(frozen=True, slots=True)
class Facts:
    """One reading of an order, with whatever was fetched for it so far.

    Attributes:
        now: The store's clock at the reading; ages are measured by it.
        previous_status_id: The status before the event, where an event said so.
        status_since: Since when the order has its status, where events or readings tell.
        resources: A missing key was not fetched yet.
        offline_methods: The merchant's own offline payment methods, display names.
        calendar: The store's time zone and holidays.
        memo: What was read of these facts already, by the evaluator; no part of them.
    """

    order: Order
    now: datetime
    previous_status_id: int | None = None
    resources: Mapping[Resource, Fetched] = field(default_factory=dict)
    offline_methods: frozenset[str] = frozenset()
    status_since: datetime | None = None
    calendar: Calendar = UTC_WITHOUT_HOLIDAYS
    memo: dict[str, Any] = field(init=False, repr=False, compare=False, default_factory=dict)

    @property
    def status_id(self) -> int:
        """Return the order's status."""
        return self.order.status_id

    def fetched(self, resource: Resource, _part: type[P]) -> tuple[P, ...] | Resource | Unreadable:
        """Return what was read of a resource; the resource itself where that was not done yet.

        Args:
            resource: What to look at.
            _part: What it consists of; asked for by the type checker alone.
        """
        found = self.resources.get(resource, resource)
        return cast("tuple[P, ...] | Resource | Unreadable", found)

    def with_resource(self, resource: Resource, fetched: Fetched) -> Facts:
        """Return the facts with one more resource read."""
        return replace(self, resources={**self.resources, resource: fetched})

    def with_status(self, status_id: int) -> Facts:
        """Return the facts as they would be after a status change of ours."""
        order = replace(self.order, status_id=status_id, date_modified=self.now)
        return replace(
            self,
            order=order,
            previous_status_id=self.order.status_id,
            status_since=self.now,
        )
