"""Step 9: does what was decided still hold, on a second look just before the write?"""

from __future__ import annotations

from dataclasses import replace

from orderwarden.domain.facts import Resource
from orderwarden.domain.order import Order
from orderwarden.domain.safeguards import money_blocks
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import fetch
from orderwarden.services.process_steps.plan import Plan
from orderwarden.services.process_steps.read import Reading


def still_holds(case: Case, plan: Plan, before: Order, second: Reading) -> bool:
    """Return whether nothing speaks against the write: same order, and no money if dangerous."""
    if plan.restores is not None:
        return second.order.status_id == before.status_id
    if _shown(second.order) != _shown(before):
        return False
    if not plan.is_dangerous or plan.choice is None:
        return True
    facts = replace(plan.facts, order=second.order, now=second.at)
    transactions = fetch(case, facts, Resource.TRANSACTIONS)
    facts = facts.with_resource(Resource.TRANSACTIONS, transactions)
    return money_blocks(plan.choice.rule, facts) is None


def _shown(order: Order) -> tuple[object, ...]:
    return order.status_id, order.date_modified, order.staff_notes, order.is_archived
