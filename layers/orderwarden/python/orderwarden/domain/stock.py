"""Where stock lies, and how orders move it. Source: docs/bigcommerce.md, "Inventory"."""

from __future__ import annotations

from dataclasses import dataclass

from orderwarden.domain.order import Json


@dataclass(frozen=True, slots=True)
class InventoryFilter:
    """Whose stock is asked for: these variants', and that of all variants of these products.

    Attributes:
        location_ids: Only there; everywhere if empty.
    """

    variant_ids: tuple[int, ...] = ()
    product_ids: tuple[int, ...] = ()
    location_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """Where stock lies; 1 is the default one, and the only one that storefronts count."""

    id: int
    code: str
    label: str
    is_enabled: bool
    raw: Json


@dataclass(frozen=True, slots=True)
class InventorySettings:
    """How orders move the stock.

    Attributes:
        moves_when: `order_placed` or `order_completed_or_shipped`.
        returns_on_refund: A refund or cancellation (not a partial refund) puts stock back.
    """

    moves_when: str
    returns_on_refund: bool
    raw: Json
