"""Reading the store around its orders. Errors: `ports/store.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final, Protocol

from orderwarden.domain.order_parts import Customer, StockLevel
from orderwarden.domain.shop import CustomerGroup, LogEntry, LogFilter, StoreInformation
from orderwarden.domain.stock import InventoryFilter, InventorySettings, Location
from orderwarden.ports.answer import Answer

NO_NAMES: Final[Mapping[int, str]] = MappingProxyType({})


class Shop(Protocol):
    """Customers, stock, settings and log of one store; lists are read whole, all pages."""

    def customers(
        self, customer_ids: Sequence[int], group_names: Mapping[int, str] = NO_NAMES
    ) -> Answer[tuple[Customer, ...]]:
        """Read customers by id; those that were deleted are missing, 0 (a guest) is not asked."""
        ...

    def customer_groups(self) -> Answer[Mapping[int, CustomerGroup]]:
        """Read the customer groups by id; `Refused` on plans without them."""
        ...

    def inventory_items(self, wanted: InventoryFilter) -> Answer[tuple[StockLevel, ...]]:
        """Read stock; it may lag behind a write or an order just made."""
        ...

    def locations(self) -> Answer[tuple[Location, ...]]:
        """Read where stock lies."""
        ...

    def inventory_settings(self, channel_id: int | None = None) -> Answer[InventorySettings]:
        """Read how orders move the stock, of a channel or of the store."""
        ...

    def store_information(self) -> Answer[StoreInformation]:
        """Read what the store says of itself."""
        ...

    def time(self) -> Answer[datetime]:
        """Read the store's clock, aware UTC in whole seconds; the cheapest call there is."""
        ...

    def system_log(self, wanted: LogFilter) -> Iterator[LogEntry]:
        """Read the store's log, newest first, a page at a time."""
        ...
