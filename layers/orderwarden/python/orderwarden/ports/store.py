"""The BigCommerce API as a port."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from orderwarden.domain.order import Order, OrderLine, Shipment, Transaction

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What the store said, and when by its own clock (the `Date` header)."""

    value: T
    at: datetime


class StoreReader(Protocol):
    """The BigCommerce API of one store, for whatever must not write.

    Raises everywhere: `TryAgain` (429, 5xx, timeouts, nonsense in the answer),
    `StoreUnauthorised` (401; 403 on orders), `NotFound`, `Refused`.
    """

    def order(self, order_id: int) -> Answer[Order]:
        """Read one order."""
        ...

    def transactions(self, order_id: int) -> Answer[tuple[Transaction, ...]]:
        """Read every transaction of an order, all pages."""
        ...

    def products(self, order_id: int) -> Answer[tuple[OrderLine, ...]]:
        """Read every line of an order, all pages."""
        ...

    def shipments(self, order_id: int) -> Answer[tuple[Shipment, ...]]:
        """Read every shipment of an order, all pages."""
        ...

    def statuses(self) -> Answer[Mapping[int, str]]:
        """Read the store's order statuses: id to system label."""
        ...


class Store(StoreReader, Protocol):
    """The same with its writes."""

    def put_order(
        self, order_id: int, *, status_id: int, staff_notes: str | None = None
    ) -> Answer[Order]:
        """Set the status and, where given, the whole staff notes, in one PUT.

        Raises:
            TryAgain: It was surely not made (429, no connection).
            AnswerLost: It may have been made.
        """
        ...
