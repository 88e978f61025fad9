"""Fetch what costs a call of its own, when a rule or a safeguard asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from orderwarden.domain.choice import Needs
from orderwarden.domain.facts import UNREADABLE, Facts, Fetched, Resource
from orderwarden.domain.order import Transaction
from orderwarden.domain.signal import Trigger
from orderwarden.domain.staleness import next_look_s
from orderwarden.errors import Refused, StoreUnauthorised, TryAgain
from orderwarden.ports import Review
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
            fetched = fetch(self._case, answer.resource)
            self.facts = self.facts.with_resource(answer.resource, fetched)


def fetch(case: Case, resource: Resource) -> Fetched:
    """Read one resource of the order.

    What the store answers for good (403, 404) is unknown from then on; anything else that goes
    wrong is raised and tried again.
    """
    order_id = case.order_id
    try:
        if resource is Resource.TRANSACTIONS:
            return _up_to_event(case, case.store.transactions(order_id).value)
        if resource is Resource.PRODUCTS:
            return case.store.products(order_id).value
        return case.store.shipments(order_id).value
    except StoreUnauthorised:
        raise
    except Refused as refused:
        if refused.http_status not in {403, 404}:
            raise TryAgain("read_refused", http_status=refused.http_status) from refused
        if refused.http_status == 403:
            _tell_of_missing_scope(case, resource)
        return UNREADABLE


def _up_to_event(case: Case, found: tuple[Transaction, ...]) -> tuple[Transaction, ...]:
    """Return the transactions, unless the one that the event tells of cannot be read yet."""
    signal = case.signal
    told = signal.resource_id if signal.trigger is Trigger.TRANSACTION_CREATED else None
    wait_s = next_look_s(case.waited)
    if told is None or wait_s is None or any(each.id == told for each in found):
        return found
    raise TryAgain("transactions_lag", wait_s, backs_off=False)


def _tell_of_missing_scope(case: Case, resource: Resource) -> None:
    store = case.signal.store
    case.ports.state.open_review(
        Review(
            id=f"scope-{resource.value}",
            store=store,
            kind="missing_scope",
            at=case.ports.clock.now(),
            detail=f"The API token of store {store} may not read {resource.value}; "
            "rules that ask for them never fire until its scopes are widened.",
        )
    )
