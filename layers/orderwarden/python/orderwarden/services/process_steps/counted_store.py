"""A store's API with every call counted, for the log line of one signal."""

from __future__ import annotations

from orderwarden.domain.order import Order, OrderLine, Shipment, Transaction
from orderwarden.ports import Answer, Store


class CountedStore:
    """Counts the calls that go to a store; one per signal in hand."""

    def __init__(self, store: Store) -> None:
        """Begin at zero."""
        self._store = store
        self.calls = 0

    def order(self, order_id: int) -> Answer[Order]:
        """Read one order."""
        self.calls += 1
        return self._store.order(order_id)

    def transactions(self, order_id: int) -> Answer[tuple[Transaction, ...]]:
        """Read every transaction of an order."""
        self.calls += 1
        return self._store.transactions(order_id)

    def products(self, order_id: int) -> Answer[tuple[OrderLine, ...]]:
        """Read every line of an order."""
        self.calls += 1
        return self._store.products(order_id)

    def shipments(self, order_id: int) -> Answer[tuple[Shipment, ...]]:
        """Read every shipment of an order."""
        self.calls += 1
        return self._store.shipments(order_id)

    def put_order(
        self, order_id: int, *, status_id: int, staff_notes: str | None = None
    ) -> Answer[Order]:
        """Set the status and, where given, the staff notes."""
        self.calls += 1
        return self._store.put_order(order_id, status_id=status_id, staff_notes=staff_notes)
