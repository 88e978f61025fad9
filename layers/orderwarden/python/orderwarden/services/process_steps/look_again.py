"""Step 9: does what was decided still hold, on a second look just before the write?"""

from __future__ import annotations

from dataclasses import dataclass

from orderwarden.domain.decision import Decision, Write
from orderwarden.domain.facts import Facts, Fetched, Resource
from orderwarden.domain.order import Order
from orderwarden.domain.safeguards import money_blocks
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import fetch
from orderwarden.services.process_steps.read import Reading, take


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What a second look saw: the money, where it matters, and last of all the order."""

    reading: Reading
    transactions: Fetched | None


def look_again(case: Case, write: Write, first: Reading) -> SecondLook:
    """Look once more; the order comes last, so that its reading is as fresh as can be."""
    transactions = None
    if write.is_dangerous:
        transactions = fetch(case, _facts(case, first), Resource.TRANSACTIONS)
    return SecondLook(take(case), transactions)


def still_holds(case: Case, decision: Decision, before: Order, second: SecondLook) -> bool:
    """Return whether nothing speaks against the write: same order, and no money if dangerous."""
    order, write = second.reading.order, decision.write
    if decision.restores is not None:
        return order.status_id == before.status_id
    if _shown(order) != _shown(before):
        return False
    if second.transactions is None:
        return True
    rule = next((rule for rule in case.rules.rules if rule.name == write.rule), None)
    if rule is None:  # it was taken away while a part of what it wanted was left to do
        return False
    facts = _facts(case, second.reading)
    facts = facts.with_resource(Resource.TRANSACTIONS, second.transactions)
    return money_blocks(rule, write.action, facts) is None


def _facts(case: Case, reading: Reading) -> Facts:
    offline_methods = case.rules.offline_methods
    return Facts(order=reading.order, now=reading.at, offline_methods=offline_methods)


def _shown(order: Order) -> tuple[object, ...]:
    return order.status_id, order.date_modified, order.staff_notes, order.is_archived
