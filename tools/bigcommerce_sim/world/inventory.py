"""Products, their variants and the stock of each variant at each location."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

DEFAULT_LOCATION = 1


@dataclass(frozen=True, slots=True)
class Location:
    """Hold a place where stock lies; 1 is the default one."""

    id: int
    code: str
    label: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Variant:
    """Hold one thing that can be bought; `has_siblings` means stock is kept by variant."""

    id: int
    product_id: int
    sku: str
    name: str
    price: Decimal
    has_siblings: bool = False

    @property
    def sku_id(self) -> int:
        """Return the number of the SKU, which is not the variant's."""
        return self.id + 50_000


@dataclass(frozen=True, slots=True)
class Stock:
    """Hold a variant's stock at a location; `backorder_limit` 0 means none may be sold."""

    on_hand: int
    safety_stock: int = 0
    warning_level: int = 0
    backorder_limit: int = 0
    backordered: int = 0
    bin_picking_number: str = ""

    @property
    def available(self) -> int:
        """Return what may be sold from stock."""
        return self.on_hand - self.safety_stock

    @property
    def free_for_backorder(self) -> int:
        """Return how many pieces may be sold beyond the stock."""
        return max(self.backorder_limit - self.backordered, 0)


class Inventory:
    """Keep variants, locations and stock, with the moment of each change for lagging reads."""

    def __init__(self) -> None:
        self.locations: dict[int, Location] = {
            DEFAULT_LOCATION: Location(DEFAULT_LOCATION, "BC-LOCATION-1", "Default location")
        }
        self.variants: dict[int, Variant] = {}
        self._stock: dict[tuple[int, int], list[tuple[datetime, Stock]]] = {}

    def add_variant(self, variant: Variant, stock: Stock, now: datetime) -> None:
        """Add a variant with its stock at the default location."""
        self.variants[variant.id] = variant
        self._stock[variant.id, DEFAULT_LOCATION] = [(now, stock)]

    def by_sku(self, sku: str) -> Variant | None:
        """Return the variant with this SKU."""
        return next((each for each in self.variants.values() if each.sku == sku), None)

    def of_product(self, product_id: int) -> Variant | None:
        """Return the product's first variant."""
        found = (each for each in self.variants.values() if each.product_id == product_id)
        return next(found, None)

    def stock(self, variant_id: int, location_id: int = DEFAULT_LOCATION) -> Stock:
        """Return the stock as it is; none where it was never set."""
        history = self._stock.get((variant_id, location_id))
        return history[-1][1] if history else Stock(0)

    def stock_as_of(self, variant_id: int, location_id: int, moment: datetime) -> Stock | None:
        """Return the stock as it was; None where the location never had any."""
        history = self._stock.get((variant_id, location_id))
        if not history:
            return None
        older = [stock for changed_at, stock in history if changed_at <= moment]
        return older[-1] if older else history[0][1]

    def set_stock(
        self, variant_id: int, stock: Stock, now: datetime, location_id: int = DEFAULT_LOCATION
    ) -> None:
        """Keep a new stock level."""
        history = self._stock.setdefault((variant_id, location_id), [])
        history.append((now, stock))
        del history[:-5]

    def move(self, variant_id: int, pieces: int, now: datetime, location_id: int) -> Stock:
        """Add pieces (negative: take them) and return the new stock."""
        stock = self.stock(variant_id, location_id)
        moved = replace(stock, on_hand=stock.on_hand + pieces)
        self.set_stock(variant_id, moved, now, location_id)
        return moved

    def __iter__(self) -> Iterator[Variant]:
        return iter(list(self.variants.values()))
