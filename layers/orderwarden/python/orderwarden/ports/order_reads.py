"""Reading orders, one or many. Errors: `ports/store.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from orderwarden.domain.order import Order
from orderwarden.domain.order_filter import OrderCount, OrderFilter, OrderInclude
from orderwarden.domain.shop import OrderStatus
from orderwarden.ports.answer import Answer


class StatusReader(Protocol):
    """The statuses that orders of a store may have; the cheapest call for a token to be tried."""

    def statuses(self) -> Answer[Mapping[int, OrderStatus]]:
        """Read the store's order statuses by id, with the names that the store gives them."""
        ...


class OrderReads(StatusReader, Protocol):
    """The orders of one store.

    Every list raises `OutsideWindow` for an order that was not asked for, unless it was changed
    so lately that it may just have ceased to be one; such a one is listed, so look at each row.
    An order that makes no sense is left out; `order` says what is wrong with it.
    """

    def order(self, order_id: int, *, include: Sequence[OrderInclude] = ()) -> Answer[Order]:
        """Read one order, with some of its parts in its raw JSON."""
        ...

    def orders(self, wanted: OrderFilter) -> Answer[tuple[Order, ...]]:
        """Read one page of orders; by id, the next begins at the last id + 1."""
        ...

    def order_pages(self, wanted: OrderFilter) -> Iterator[Answer[tuple[Order, ...]]]:
        """Read page after page by ascending id, each when it is asked for; none of them empty.

        A filter that sorts otherwise is a `ValueError`, here and in `every_order`.
        """
        ...

    def every_order(self, wanted: OrderFilter) -> Iterator[Order]:
        """Read order after order by ascending id, a page at a time."""
        ...

    def count_orders(self, wanted: OrderFilter) -> Answer[OrderCount]:
        """Count orders; without a filter the count may leave out Incomplete ones."""
        ...
