"""What else belongs to an order and no rule reads; the raw JSON stays at hand.

Source: docs/bigcommerce.md, "Orders".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwarden.domain.order import Json


@dataclass(frozen=True, slots=True)
class Message:
    """What was written between merchant and shopper; the API can only read it."""

    id: int
    is_flagged: bool
    created_at: datetime | None
    raw: Json = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax of an order; its amounts are in the raw JSON, as text."""

    id: int
    name: str | None
    raw: Json


@dataclass(frozen=True, slots=True)
class Fee:
    """One fee of an order; its amounts are in the raw JSON, as text or numbers."""

    id: int
    name: str | None
    raw: Json


@dataclass(frozen=True, slots=True)
class Consignments:
    """How the parts of an order reach the shopper, each as raw JSON; money as numbers here."""

    pickups: tuple[Json, ...]
    shipping: tuple[Json, ...]
    downloads: tuple[Json, ...]
    gift_certificates: tuple[Json, ...]
    raw: Json = field(repr=False)
