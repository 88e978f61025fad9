"""Order metafields: small notes that apps keep on orders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

PER_ORDER_AND_CLIENT = 250


@dataclass(frozen=True, slots=True)
class Metafield:
    """Hold one metafield; names are the API's."""

    id: int
    resource_id: int
    owner_client_id: str
    permission_set: str
    namespace: str
    key: str
    value: str
    description: str
    date_created: datetime
    date_modified: datetime


@dataclass(frozen=True, slots=True)
class MetafieldFields:
    """Hold what a client writes."""

    permission_set: str
    namespace: str
    key: str
    value: str
    description: str = ""


class MetafieldBook:
    """Keep metafields by id and by order."""

    def __init__(self) -> None:
        self._by_id: dict[int, Metafield] = {}
        self._by_order: dict[int, dict[int, Metafield]] = {}

    def save(self, metafield: Metafield) -> None:
        """Keep a new or changed metafield."""
        self._by_id[metafield.id] = metafield
        self._by_order.setdefault(metafield.resource_id, {})[metafield.id] = metafield

    def remove(self, metafield: Metafield) -> None:
        """Forget a metafield."""
        del self._by_id[metafield.id]
        del self._by_order[metafield.resource_id][metafield.id]

    def get(self, metafield_id: int) -> Metafield | None:
        """Return one metafield."""
        return self._by_id.get(metafield_id)

    def of(self, order_id: int) -> list[Metafield]:
        """Return an order's metafields, by ascending id."""
        return sorted(self._by_order.get(order_id, {}).values(), key=lambda each: each.id)

    def is_taken(self, wanted: Metafield) -> bool:
        """Say whether another metafield has the same owner, namespace, key and order."""
        return any(
            each.id != wanted.id
            and (each.owner_client_id, each.namespace, each.key)
            == (wanted.owner_client_id, wanted.namespace, wanted.key)
            for each in self.of(wanted.resource_id)
        )

    def __iter__(self) -> Iterator[Metafield]:
        return iter(sorted(self._by_id.values(), key=lambda each: each.id))
