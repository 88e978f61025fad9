"""Reading what belongs to orders. Errors: `ports/store.py`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from orderwarden.domain.order import OrderLine, Shipment, Transaction
from orderwarden.domain.order_details import Consignments, Fee, Message, Tax
from orderwarden.domain.order_parts import Coupon, Metafield, Refund, ShippingAddress
from orderwarden.domain.refunding import RefundFilter
from orderwarden.ports.answer import Answer


class OrderParts(Protocol):
    """The parts of one order; every list is read whole, all pages."""

    def transactions(self, order_id: int) -> Answer[tuple[Transaction, ...]]:
        """Read every transaction of an order."""
        ...

    def products(self, order_id: int) -> Answer[tuple[OrderLine, ...]]:
        """Read every line of an order."""
        ...

    def shipments(self, order_id: int) -> Answer[tuple[Shipment, ...]]:
        """Read every shipment of an order."""
        ...

    def shipping_addresses(self, order_id: int) -> Answer[tuple[ShippingAddress, ...]]:
        """Read every shipping address of an order; none where nothing is shipped."""
        ...

    def consignments(self, order_id: int) -> Answer[Consignments]:
        """Read how the parts of an order reach the shopper."""
        ...

    def coupons(self, order_id: int) -> Answer[tuple[Coupon, ...]]:
        """Read every coupon of an order."""
        ...

    def messages(self, order_id: int) -> Answer[tuple[Message, ...]]:
        """Read every message about an order."""
        ...

    def taxes(self, order_id: int) -> Answer[tuple[Tax, ...]]:
        """Read every tax of an order."""
        ...

    def fees(self, order_id: int) -> Answer[tuple[Fee, ...]]:
        """Read every fee of an order."""
        ...

    def refunds(self, order_id: int) -> Answer[tuple[Refund, ...]]:
        """Read every refund of an order."""
        ...

    def every_refund(self, wanted: RefundFilter) -> Iterator[Refund]:
        """Read the refunds of all orders, a page at a time.

        Raises `OutsideWindow` for one that was not asked for.
        """
        ...

    def metafields(
        self, order_id: int, *, namespace: str | None = None, key: str | None = None
    ) -> Answer[tuple[Metafield, ...]]:
        """Read the metafields of one order, all or those of a namespace and key."""
        ...

    def order_metafields(self, namespace: str, key: str) -> Answer[tuple[Metafield, ...]]:
        """Read one metafield of all orders; `Metafield.order_id` tells whose each is.

        The API cannot ask for some orders only.
        """
        ...
