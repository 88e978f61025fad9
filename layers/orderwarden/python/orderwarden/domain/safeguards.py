"""What keeps a rule from acting although it won: built in, asked in this order.

They follow the danger of the change, whatever triggered it. Limits come after them, in the
service, since they count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from orderwarden.domain.choice import Choice, Needs
from orderwarden.domain.echo import ANNOUNCED_WITHIN
from orderwarden.domain.facts import UNREADABLE, Facts, Resource
from orderwarden.domain.in_turn import first_danger
from orderwarden.domain.line import SOMEBODY_ELSE, WRITTEN, Line, Result, intended_at
from orderwarden.domain.money import (
    is_in_motion,
    is_not_captured,
    is_test_order,
    money_taken,
    money_taken_or_authorised,
    only_authorised,
)
from orderwarden.domain.order import Order
from orderwarden.domain.payment_method import MethodKind, method_kind
from orderwarden.domain.rules.effects import CAPTURE, PAYMENT_ACTIONS, REFUND
from orderwarden.domain.rules.inspect import accepts_test_orders, names_method, names_status
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.settlement import AFTER, BEFORE
from orderwarden.domain.signal import Signal
from orderwarden.domain.statuses import DANGEROUS, PROTECTED

TUG_WINDOW: Final = timedelta(hours=24)
TUG_CHANGES: Final = 2
"""After so many changes of one kind within the window, reversed each time, a person decides."""

TUG_ATTEMPTS: Final = 4
"""The same with attempts of which nobody can tell; our own crashes make some of those."""

EVERY_RULE: Final = "*"


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why a rule that won must not act; `needs_person` opens a review.

    Attributes:
        detail: What the store said, for that person; mostly empty.
    """

    reason: str
    needs_person: bool = False
    detail: str = ""


def is_protected(rule: Rule, status_id: int, configured: Collection[int]) -> bool:
    """Return whether a status is left alone by a rule that does not name it."""
    guarded = status_id in PROTECTED or status_id in configured
    return guarded and not names_status(rule, status_id)


def check(
    choice: Choice,
    facts: Facts,
    lines: Collection[Line],
    holds: Collection[str],
    protected: Collection[int],
) -> Blocked | Needs | None:
    """Return what keeps the winner from acting, None where nothing does.

    Args:
        choice: The winner and its chain.
        facts: The reading it won on; `Needs` asks for more of it.
        lines: Every line of the order.
        holds: Rules kept off this order; `*` means all.
        protected: Statuses protected by the merchant besides the built-in ones.
    """
    if is_protected(choice.rule, facts.status_id, protected):
        return Blocked("protected_status")
    danger = _danger_left(choice.rule, lines)
    if danger and Resource.TRANSACTIONS not in facts.resources:
        return Needs(Resource.TRANSACTIONS)
    blocked = money_blocks(choice.rule, danger, facts) if danger else None
    if blocked is None and is_test_order(facts) is True and not accepts_test_orders(choice.rule):
        blocked = Blocked("test_order")
    if blocked is None and is_not_captured(facts.order) and CAPTURE in _moved(choice.rule, lines):
        blocked = Blocked("not_captured", needs_person=True)
    if blocked is None and (EVERY_RULE in holds or choice.rule.name in holds):
        blocked = Blocked("hold")
    if blocked is None and _is_tug_of_war(choice, facts, lines):
        blocked = Blocked("tug_of_war", needs_person=True)
    return blocked


def _danger_left(rule: Rule, lines: Iterable[Line]) -> str | None:
    """Return the rule's first dangerous action that was not done yet; money is moved once, ever.

    What was voided has nothing left that is authorised, and may be cancelled all the same.
    """
    return first_danger(rule, _moved(rule, lines))


def _moved(rule: Rule, lines: Iterable[Line]) -> frozenset[str]:
    """Return the kinds of what the rule did with the order's money."""
    return PAYMENT_ACTIONS.intersection(
        line.action for line in lines if line.rule == rule.name and line.result in WRITTEN
    )


def may_follow(
    rule: Rule, facts: Facts, holds: Collection[str], protected: Collection[int]
) -> bool:
    """Return whether a rule may take part in a chain that reached `facts`: its own safeguards.

    Nothing dangerous is part of a chain, so money is not asked about here.
    """
    is_kept_off = EVERY_RULE in holds or rule.name in holds
    is_test = is_test_order(facts) is True and not accepts_test_orders(rule)
    return not (is_kept_off or is_test or is_protected(rule, facts.status_id, protected))


def money_blocks(rule: Rule, action: str, facts: Facts) -> Blocked | None:
    """Return what the money says against a dangerous action; transactions must be there.

    What moves money needs money to be there, and at rest; everything else needs that there is
    none.
    """
    if action in PAYMENT_ACTIONS:
        return _nothing_to_move(action, facts)
    money = money_taken_or_authorised(facts, any_method=True)
    if money is Truth.TRUE:
        return Blocked("money_taken_or_authorised")
    if money is Truth.UNKNOWN:
        unreadable = facts.resources.get(Resource.TRANSACTIONS) is UNREADABLE
        return Blocked("transactions_unreadable" if unreadable else "money_unknown")
    method = facts.order.text("payment_method") or ""
    kind = method_kind(method, facts.offline_methods)
    is_allowed = kind is MethodKind.ONLINE or names_method(rule, method)
    return None if is_allowed else Blocked(f"{kind.value}_method")


def _nothing_to_move(action: str, facts: Facts) -> Blocked | None:
    """Return what speaks against a capture, a void or a refund."""
    if is_in_motion(facts.order):
        return Blocked("payment_in_motion")
    proved = money_taken(facts) if action == REFUND else only_authorised(facts)
    if proved is Truth.UNKNOWN:
        return Blocked("money_unknown")
    missing = "nothing_to_refund" if action == REFUND else "nothing_authorised"
    return None if proved is Truth.TRUE else Blocked(missing)


def _is_tug_of_war(choice: Choice, facts: Facts, lines: Iterable[Line]) -> bool:
    """Return whether this very change was made twice today and reversed each time.

    It was reversed each time, since the order shows the old status again.
    """
    if choice.to_status_id is None:
        return False
    same = [
        line
        for line in lines
        if line.rule == choice.rule.name
        and line.result in WRITTEN | {Result.UNCONFIRMED}
        and (line.from_status_id, line.to_status_id) == (facts.status_id, choice.to_status_id)
        and facts.now - line.at < TUG_WINDOW
        and line.undone_by in {None, SOMEBODY_ELSE}
    ]
    made = sum(line.result in WRITTEN for line in same)
    return made >= TUG_CHANGES or len(same) >= TUG_ATTEMPTS


def standing_danger(lines: Iterable[Line]) -> Line | None:
    """Return our last dangerous change that nobody took back, if there is one.

    It may be in the order still: whoever reads the order next looks for money first.
    """
    reached = WRITTEN | {Result.UNCONFIRMED}
    ours = [
        line
        for line in lines
        if line.to_status_id in DANGEROUS
        and line.is_dangerous
        and line.result in reached
        and not line.undone_by
    ]
    return max(ours, key=intended_at) if ours else None


def was_taken_back(line: Line, signal: Signal, order: Order) -> bool:
    """Return whether a reading or an event shows that somebody changed the status after us.

    Args:
        line: Our change, the last dangerous one.
        signal: The event in hand; a status event later than our change's own tells of another.
        order: As read, not from before our change.
    """
    if order.status_id != line.to_status_id:
        return order.date_modified >= line.at - BEFORE
    ended_at = min(line.settled_at or line.at, line.at + AFTER) + ANNOUNCED_WITHIN
    return signal.new_status_id is not None and signal.occurred_at > ended_at
