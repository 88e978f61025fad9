"""Where stock lies, and how orders move it. Source: docs/bigcommerce.md, "Inventory"."""

from __future__ import annotations

from dataclasses import dataclass

from orderwarden.domain.order import Json


@dataclass(frozen=True, slots=True)
class InventoryFilter:
    """Whose stock is asked for: variants by id or SKU, and all variants of products.

    Without any of these three, everything that lies at the locations is asked for.

    Attributes:
        location_ids: Only there; as `location_codes`, everywhere if empty.
    """

    variant_ids: tuple[int, ...] = ()
    product_ids: tuple[int, ...] = ()
    skus: tuple[str, ...] = ()
    location_ids: tuple[int, ...] = ()
    location_codes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what would be answered with the stock of all the store, or of something else.

        Raises:
            ValueError: Nothing is asked for, or a text that is empty or has a comma.
        """
        texts = (*self.skus, *self.location_codes)
        if not (*self.variant_ids, *self.product_ids, *self.location_ids, *texts):
            raise ValueError("nothing is asked for")
        if any(not text or "," in text for text in texts):
            raise ValueError("an empty text, or one with the comma that parts two")


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
