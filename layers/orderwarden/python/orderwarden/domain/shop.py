"""The store itself, and its log. Source: docs/bigcommerce.md, "Side reads"."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwarden.domain.order import Json


@dataclass(frozen=True, slots=True)
class StoreInformation:
    """What the store says of itself.

    Attributes:
        store_hash: As in the API's paths and in the `producer` of webhooks.
        store_id: The number in the `store_id` of webhooks; never equal to the hash.
        time_zone: Name as the store spells it.
        utc_offset_s: Standard time, seconds east of UTC.
    """

    store_hash: str
    store_id: int | None
    name: str
    plan_name: str
    time_zone: str
    utc_offset_s: int | None
    raw: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class OrderStatus:
    """One status that orders may have.

    Attributes:
        system_label: The same at every store.
        label: What this store calls it: `custom_label`, or the system's where it has none.
    """

    id: int
    system_label: str
    label: str
    raw: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class CustomerGroup:
    """A group of customers; its prices and rights are in the raw JSON."""

    id: int
    name: str
    raw: Json = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries of the store's log are asked for.

    Attributes:
        module: E.g. `order status`.
        severity: 1 success, 2 notice, 3 warning, 4 error.
    """

    type: str | None = None
    module: str | None = None
    severity: int | None = None


@dataclass(frozen=True, slots=True)
class LogEntry:
    """An entry of the store's log; which order it is about stands in free text, if at all."""

    id: int
    type: str
    module: str
    severity: str
    summary: str
    message: str
    at: datetime | None
    raw: Json
