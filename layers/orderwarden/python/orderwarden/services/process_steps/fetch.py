"""Fetch what costs a call of its own, when a rule or a safeguard asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from orderwarden.domain.choice import Needs
from orderwarden.domain.facts import UNREADABLE, Facts, Fetched, Resource
from orderwarden.domain.order import OrderLine, Transaction, whole
from orderwarden.domain.rules.goods import stock_wanted
from orderwarden.domain.signal import Trigger
from orderwarden.domain.staleness import MONEY_IS_NEW, money_unshown_since, next_look_s
from orderwarden.domain.stock import InventoryFilter
from orderwarden.errors import NotFound, Refused, StoreUnauthorised, TryAgain
from orderwarden.ports import Review, Store
from orderwarden.services.process_steps.case import Case

T = TypeVar("T")


class Known:
    """The facts of one reading, growing as they are asked for; each resource is read once."""

    def __init__(self, case: Case, facts: Facts) -> None:
        """Begin with what the order's own body tells."""
        self.facts = facts
        self._case = case

    def ask(self, question: Callable[[Facts], T | Needs]) -> T:
        """Return the answer to a question, fetching whatever it needs."""
        while True:
            answer = question(self.facts)
            if not isinstance(answer, Needs):
                return answer
            fetched = fetch(self._case, self.facts, answer.resource)
            self.facts = self.facts.with_resource(answer.resource, fetched)
            if answer.resource is Resource.TRANSACTIONS:
                _mistrust_body(self._case, self.facts)


def fetch(case: Case, facts: Facts, resource: Resource) -> Fetched:
    """Read one resource of the order.

    What the store answers for good (403, 404) is unknown from then on; anything else that goes
    wrong is raised and tried again.
    """
    try:
        return _read(case, facts, resource)
    except StoreUnauthorised:
        raise
    except Refused as refused:
        status, words = refused.http_status, refused.message
        if status not in {403, 404}:
            raise TryAgain("read_refused", http_status=status, detail=words) from refused
        if status == 403:
            _tell_of_missing_scope(case, resource, words)
        return UNREADABLE


def _read(case: Case, facts: Facts, resource: Resource) -> Fetched:
    store, order_id = case.store, case.order_id
    match resource:
        case Resource.TRANSACTIONS:
            return _up_to_event(case, store.transactions(order_id).value)
        case Resource.CUSTOMER:
            return _customer(case, facts)
        case Resource.INVENTORY:
            return store.inventory_items(_bought(facts)).value
        case _:
            return _PARTS[resource](store, order_id)


def _customer(case: Case, facts: Facts) -> Fetched:
    """Read who bought it, with the name of the customer group where groups can be read."""
    customer_id = whole(facts.order.raw.get("customer_id"))
    if not customer_id:
        return ()
    try:
        groups = case.store.customer_groups().value
        names = {group_id: group.name for group_id, group in groups.items()}
    except NotFound:
        raise
    except Refused:
        names = {}
    return case.store.customers([customer_id], names).value


def _bought(facts: Facts) -> InventoryFilter:
    """Return whose stock to ask for: what was bought and is still to be sent."""
    lines = facts.fetched(Resource.PRODUCTS, OrderLine)
    wanted = stock_wanted(lines) if isinstance(lines, tuple) else ()
    return InventoryFilter(
        variant_ids=tuple(number for name, number in wanted if name == "variant_id"),
        product_ids=tuple(number for name, number in wanted if name == "product_id"),
    )


_PARTS: Final[Mapping[Resource, Callable[[Store, int], Fetched]]] = {
    Resource.PRODUCTS: lambda store, order_id: store.products(order_id).value,
    Resource.SHIPMENTS: lambda store, order_id: store.shipments(order_id).value,
    Resource.SHIPPING_ADDRESSES: lambda store, order_id: store.shipping_addresses(order_id).value,
    Resource.COUPONS: lambda store, order_id: store.coupons(order_id).value,
    Resource.REFUNDS: lambda store, order_id: store.refunds(order_id).value,
    Resource.METAFIELDS: lambda store, order_id: store.metafields(order_id).value,
}
"""What is read by the order's id alone."""


def _up_to_event(case: Case, found: tuple[Transaction, ...]) -> tuple[Transaction, ...]:
    """Return the transactions, unless the one that the event tells of cannot be read yet."""
    signal = case.signal
    told = signal.resource_id if signal.trigger is Trigger.TRANSACTION_CREATED else None
    wait_s = next_look_s(case.waited)
    if told is None or wait_s is None or any(each.id == told for each in found):
        return found
    raise TryAgain("transactions_lag", wait_s, backs_off=False)


def _mistrust_body(case: Case, facts: Facts) -> None:
    """Raise `TryAgain` where money came just now and the order's body may be from before it."""
    found = facts.fetched(Resource.TRANSACTIONS, Transaction)
    wait_s = next_look_s(case.waited)
    if wait_s is None or not isinstance(found, tuple):
        return
    came_at = money_unshown_since(facts.order, found)
    if came_at is not None and facts.now - came_at < MONEY_IS_NEW:
        raise TryAgain("reading_lags", wait_s, backs_off=False)


def _tell_of_missing_scope(case: Case, resource: Resource, words: str) -> None:
    store = case.signal.store
    told = f" The store said: {words}" if words else ""
    case.ports.state.open_review(
        Review(
            id=f"scope-{resource.value}-{case.ports.clock.now():%Y-%m-%d}",
            store=store,
            kind="missing_scope",
            at=case.ports.clock.now(),
            detail=f"The API token of store {store} may not read {resource.value}; "
            f"rules that ask for them never fire until its scopes are widened.{told}",
        )
    )
