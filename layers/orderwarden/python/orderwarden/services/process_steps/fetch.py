"""Fetch what costs a call of its own, when a rule or a safeguard asks for it."""

from __future__ import annotations

from functools import partial

from orderwarden.domain.facts import Facts, Fetched, Resource
from orderwarden.domain.order import Transaction
from orderwarden.domain.signal import Trigger
from orderwarden.domain.staleness import MONEY_IS_NEW, money_unshown_since, next_look_s
from orderwarden.errors import TryAgain
from orderwarden.ports import Review
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.read import Money
from orderwarden.services.resources import GrowingFacts, ResourceReader


class Known(GrowingFacts):
    """The facts of one reading, growing as they are asked for; each resource is read once."""

    def __init__(self, case: Case, facts: Facts, money: Money | None = None) -> None:
        """Begin with what the order's own body tells; `money` was read with it."""
        super().__init__(facts, partial(_fetch_trusted, case, money))


def fetch(case: Case, facts: Facts, resource: Resource) -> Fetched:
    """Read one resource of the order; errors as `ResourceReader.read`."""
    fetched = ResourceReader(case.store, partial(_tell_of_missing_scope, case)).read(
        facts, resource
    )
    if resource is Resource.TRANSACTIONS:
        _wait_for_event(case, facts.with_resource(resource, fetched))
    return fetched


def _fetch_trusted(case: Case, money: Money | None, facts: Facts, resource: Resource) -> Fetched:
    is_there = money is not None and resource is Resource.TRANSACTIONS
    fetched = money.transactions if money and is_there else fetch(case, facts, resource)
    if resource is Resource.TRANSACTIONS:
        _mistrust_body(case, facts.with_resource(resource, fetched))
    return fetched


def _wait_for_event(case: Case, facts: Facts) -> None:
    """Raise `TryAgain` where the transaction that the event tells of cannot be read yet."""
    signal = case.signal
    told = signal.resource_id if signal.trigger is Trigger.TRANSACTION_CREATED else None
    found = facts.fetched(Resource.TRANSACTIONS, Transaction)
    wait_s = next_look_s(case.waited)
    if told is None or wait_s is None or not isinstance(found, tuple):
        return
    if not any(each.id == told for each in found):
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
