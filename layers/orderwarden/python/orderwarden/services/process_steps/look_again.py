"""Step 9: does what was decided still hold, on a second look just before the write?"""

from __future__ import annotations

from dataclasses import dataclass, replace

from orderwarden.domain.facts import Fetched, Resource
from orderwarden.domain.order import Order
from orderwarden.domain.safeguards import money_blocks
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import fetch
from orderwarden.services.process_steps.plan import Plan
from orderwarden.services.process_steps.read import Reading, take


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What a second look saw: the money, where it matters, and last of all the order."""

    reading: Reading
    transactions: Fetched | None


def look_again(case: Case, plan: Plan) -> SecondLook:
    """Look once more; the order comes last, so that its reading is as fresh as can be."""
    transactions = None
    if plan.is_dangerous:
        transactions = fetch(case, plan.facts, Resource.TRANSACTIONS)
    return SecondLook(take(case), transactions)


def still_holds(plan: Plan, before: Order, second: SecondLook) -> bool:
    """Return whether nothing speaks against the write: same order, and no money if dangerous."""
    order = second.reading.order
    if plan.restores is not None:
        return order.status_id == before.status_id
    if _shown(order) != _shown(before):
        return False
    if second.transactions is None or plan.choice is None:
        return True
    facts = replace(plan.facts, order=order, now=second.reading.at)
    facts = facts.with_resource(Resource.TRANSACTIONS, second.transactions)
    return money_blocks(plan.choice.rule, facts) is None


def _shown(order: Order) -> tuple[object, ...]:
    return order.status_id, order.date_modified, order.staff_notes, order.is_archived
