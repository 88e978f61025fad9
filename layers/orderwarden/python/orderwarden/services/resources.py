"""Read what costs a call of its own, one resource of an order at a time, when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from orderwarden.domain.choice import Needs
from orderwarden.domain.facts import UNREADABLE, Facts, Fetched, Resource
from orderwarden.domain.order import OrderLine, whole
from orderwarden.domain.rules.goods import stock_wanted
from orderwarden.domain.stock import InventoryFilter
from orderwarden.errors import NotFound, Refused, StoreUnauthorised, TryAgain
from orderwarden.ports import StoreReader

T = TypeVar("T")


def _tell_nobody(_resource: Resource, _words: str) -> None:
    pass


class ResourceReader:
    """Reads the resources of orders of one store; the names of customer groups only once."""

    def __init__(
        self, store: StoreReader, on_forbidden: Callable[[Resource, str], None] = _tell_nobody
    ) -> None:
        """Keep the store; `on_forbidden` gets what its token may not read, and its words."""
        self._store = store
        self._on_forbidden = on_forbidden
        self._group_names: Mapping[int, str] | None = None

    def read(self, facts: Facts, resource: Resource) -> Fetched:
        """Read one resource of the order.

        What the store answers for good (403, 404) is unknown from then on; anything else that
        goes wrong is raised and tried again.
        """
        try:
            return self._read(facts, resource)
        except StoreUnauthorised:
            raise
        except Refused as refused:
            status, words = refused.http_status, refused.message
            if status not in {403, 404}:
                raise TryAgain("read_refused", http_status=status, detail=words) from refused
            if status == 403:
                self._on_forbidden(resource, words)
            return UNREADABLE

    def _read(self, facts: Facts, resource: Resource) -> Fetched:
        match resource:
            case Resource.CUSTOMER:
                return self._customer(facts)
            case Resource.INVENTORY:
                return self._store.inventory_items(_bought(facts)).value
            case _:
                return _PARTS[resource](self._store, facts.order.id)

    def _customer(self, facts: Facts) -> Fetched:
        """Read who bought it, with the name of the customer group where groups can be read."""
        customer_id = whole(facts.order.raw.get("customer_id"))
        if not customer_id:
            return ()
        if self._group_names is None:
            self._group_names = self._read_group_names()
        return self._store.customers([customer_id], self._group_names).value

    def _read_group_names(self) -> Mapping[int, str]:
        try:
            groups = self._store.customer_groups().value
        except NotFound:
            raise
        except Refused:
            return {}
        return {group_id: group.name for group_id, group in groups.items()}


class GrowingFacts:
    """The facts of one reading, growing as they are asked for; each resource is read once."""

    def __init__(self, facts: Facts, fetch: Callable[[Facts, Resource], Fetched]) -> None:
        """Begin with what the order's own body tells."""
        self.facts = facts
        self._fetch = fetch

    def ask(self, question: Callable[[Facts], T | Needs]) -> T:
        """Return the answer to a question, fetching whatever it needs."""
        while True:
            answer = question(self.facts)
            if not isinstance(answer, Needs):
                return answer
            fetched = self._fetch(self.facts, answer.resource)
            self.facts = self.facts.with_resource(answer.resource, fetched)


def _bought(facts: Facts) -> InventoryFilter:
    """Return whose stock to ask for: what was bought and is still to be sent."""
    lines = facts.fetched(Resource.PRODUCTS, OrderLine)
    wanted = stock_wanted(lines) if isinstance(lines, tuple) else ()
    return InventoryFilter(
        variant_ids=tuple(number for name, number in wanted if name == "variant_id"),
        product_ids=tuple(number for name, number in wanted if name == "product_id"),
    )


_PARTS: Final[Mapping[Resource, Callable[[StoreReader, int], Fetched]]] = {
    Resource.TRANSACTIONS: lambda store, order_id: store.transactions(order_id).value,
    Resource.PRODUCTS: lambda store, order_id: store.products(order_id).value,
    Resource.SHIPMENTS: lambda store, order_id: store.shipments(order_id).value,
    Resource.SHIPPING_ADDRESSES: lambda store, order_id: store.shipping_addresses(order_id).value,
    Resource.COUPONS: lambda store, order_id: store.coupons(order_id).value,
    Resource.REFUNDS: lambda store, order_id: store.refunds(order_id).value,
    Resource.METAFIELDS: lambda store, order_id: store.metafields(order_id).value,
}
"""What is read by the order's id alone."""
