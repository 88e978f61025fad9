"""Pickups: what happens at the counter to the lines that a customer fetches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PickupItem:
    """Hold how many pieces of a line are fetched."""

    id: int
    order_product_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PickupRecord:
    """Hold one pickup."""

    id: int
    order_id: int
    pickup_method_id: int
    ready_at: datetime
    created_at: datetime
    updated_at: datetime
    items: tuple[PickupItem, ...]
    collected_at: datetime | None = None


class PickupBook:
    """Keep pickups by id."""

    def __init__(self) -> None:
        self._by_id: dict[int, PickupRecord] = {}

    def save(self, pickup: PickupRecord) -> None:
        """Keep a new or changed pickup."""
        self._by_id[pickup.id] = pickup

    def get(self, pickup_id: int) -> PickupRecord | None:
        """Return one pickup."""
        return self._by_id.get(pickup_id)

    def remove(self, pickup_id: int) -> None:
        """Forget a pickup, if it is there."""
        self._by_id.pop(pickup_id, None)

    def __iter__(self) -> Iterator[PickupRecord]:
        return iter(list(self._by_id.values()))
