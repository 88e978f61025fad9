"""Step 9: does what was decided still hold, on a second look just before the write?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orderwarden.domain.decision import Decision, Write
from orderwarden.domain.facts import Facts, Fetched, Resource
from orderwarden.domain.in_turn import OF_THE_ORDER
from orderwarden.domain.order import Order
from orderwarden.domain.safeguards import money_blocks
from orderwarden.errors import NotFound, TryAgain
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import fetch
from orderwarden.services.process_steps.read import LOOK_AGAIN_AFTER_S, Reading, take

FRESH_FOR_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class SecondLook:
    """What a second look saw: the money, where it matters, and last of all the order."""

    reading: Reading
    transactions: Fetched | None


def look_again(case: Case, decision: Decision, reading: Reading) -> Reading | None:
    """Return a newer reading where it differs from the one that was decided on.

    Raises:
        TryAgain: It cannot be had, or is an older one.
    """
    write = decision.write
    is_old = reading.age_s(case.ports.clock.now()) > FRESH_FOR_S
    repeats_status = write.action in OF_THE_ORDER and not write.changes_status
    if decision.is_begun and not (write.is_dangerous or write.action in OF_THE_ORDER):
        return None
    if not (is_old or write.is_dangerous or repeats_status):
        return None
    if write.is_dangerous and not repeats_status and _just_looked(case, reading):
        return None
    try:
        second = _look(case, write, reading)
    except NotFound:
        raise TryAgain("order_not_there", LOOK_AGAIN_AFTER_S, backs_off=False) from None
    if second.reading.order.date_modified < reading.order.date_modified:
        raise TryAgain("reading_lags", LOOK_AGAIN_AFTER_S, backs_off=False)
    return None if _still_holds(case, decision, reading.order, second) else second.reading


def _just_looked(case: Case, reading: Reading) -> bool:
    """Return whether order and transactions are the last that was read, and read just now."""
    money, now = reading.money, case.ports.clock.now()
    if money is None or money.calls != case.calls.made:
        return False
    return (now - money.asked_at).total_seconds() <= FRESH_FOR_S


def _look(case: Case, write: Write, first: Reading) -> SecondLook:
    """Look once more; the order comes last, so that its reading is as fresh as can be."""
    transactions = None
    if write.is_dangerous:
        transactions = fetch(case, _facts(case, first), Resource.TRANSACTIONS)
    return SecondLook(take(case), transactions)


def _still_holds(case: Case, decision: Decision, before: Order, second: SecondLook) -> bool:
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
