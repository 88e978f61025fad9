"""Which orders a sweep has to look into, judged by their rows of a list, and since when."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.choice import target_of
from orderwarden.domain.facts import Facts
from orderwarden.domain.instants import to_text
from orderwarden.domain.order import Order
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.inspect import fields_of, top_tests
from orderwarden.domain.rules.kinds import BUSINESS_DAYS
from orderwarden.domain.rules.model import Rule, Test
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.safeguards import is_protected
from orderwarden.domain.signal import Signal, Trigger

FROM: Final = frozenset({"over", "at_least", "between"})
"""Operators that give a duration a least length."""

_STATUS_FOR: Final = "status_for"


@dataclass(frozen=True, slots=True)
class DueRule:
    """A rule that is true of an order's row, or may be once more is read.

    Attributes:
        at: Since when, as far as its times tell; a property of the order.
    """

    rule: Rule
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Due:
    """An order that is to be looked into, with every rule that is a reason for it."""

    order: Order
    rules: tuple[DueRule, ...]

    def signal(self, store: str, run_id: str, listed_at: datetime) -> Signal:
        """Return the signal; its key is new when the rules, their moments or the order change."""
        told = [f"{x.rule.name}\n{x.rule.fingerprint}\n{_text(x.at)}" for x in self.rules]
        identity = "\n".join((store, str(self.order.id), to_text(self.order.date_modified), *told))
        return Signal(
            store=store,
            order_id=self.order.id,
            trigger=Trigger.SWEEP,
            occurred_at=listed_at,
            receipt_key="sweep-" + hashlib.sha256(identity.encode()).hexdigest(),
            run_id=run_id,
        )


def due(rules: Iterable[Rule], facts: Facts) -> Due | None:
    """Return whether an order is due, judged by its row alone; None where no rule can be true.

    What is unknown for good never fires; what costs a call leaves it open.
    """
    found = tuple(
        DueRule(rule, due_at(rule, facts))
        for rule in rules
        if target_of(rule) != facts.status_id and _may_be_true(rule, facts)
    )
    return Due(facts.order, found) if found else None


def due_at(rule: Rule, facts: Facts) -> datetime | None:
    """Return the first second in which the rule's least times have passed; None: it has none.

    Only tests that must be true count, not those of one of several ways.
    """
    moments = (_moment(test, facts) for test in top_tests(rule.when))
    return max((at for at in moments if at is not None), default=None)


def kept_off(rule: Rule, facts: Facts, protected: Iterable[int]) -> str:
    """Return why a due rule will surely leave an order alone; empty where that is not sure."""
    if facts.order.is_archived:
        return "archived"
    is_guarded = is_protected(rule, facts.status_id, frozenset(protected))
    return "protected_status" if is_guarded else ""


def asks_since_when(rules: Iterable[Rule]) -> bool:
    """Return whether some rule asks how long an order has had its status."""
    return any(_STATUS_FOR in fields_of(rule) for rule in rules)


def _may_be_true(rule: Rule, facts: Facts) -> bool:
    outcome = evaluate(rule.when, facts)
    return outcome.truth is Truth.TRUE or outcome.needs is not None


def _moment(test: Test, facts: Facts) -> datetime | None:
    field, least = field_named(test.field), test.operands[0]
    if field is None or field.since is None or test.operator not in FROM:
        return None
    if not isinstance(least, int):
        return None
    seconds = least + (test.operator == "over")  # whole seconds: more is one more
    begin = field.since(facts).at
    if test.unit == BUSINESS_DAYS:
        return facts.calendar.after_business_seconds(begin, seconds)
    return begin + timedelta(seconds=seconds)


def _text(at: datetime | None) -> str:
    return "" if at is None else to_text(at)
