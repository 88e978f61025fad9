"""Warn first: a rule with `warn_before` brings a second one that tells before it acts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.choice import target_of
from orderwarden.domain.decision import STAFF_NOTE
from orderwarden.domain.line import WRITTEN, Line
from orderwarden.domain.rules.durations import in_words
from orderwarden.domain.rules.effects import NOTIFY, Action, Notice
from orderwarden.domain.rules.inspect import top_tests
from orderwarden.domain.rules.model import All, Condition, Limits, Rule, Test
from orderwarden.domain.statuses import NAMES

SUFFIX: Final = " (warning)"
"""Ends the name of the rule that warns; no rule of a merchant's has brackets."""

AGE: Final = "age"
LEAST: Final = frozenset({"over", "at_least", "between"})
_NO_LIMITS: Final = Limits(approve_after=None, per_hour=None)


def with_warnings(rules: Iterable[Rule]) -> Iterator[Rule]:
    """Yield the rules, each that warns first behind the one that does it."""
    for rule in rules:
        if rule.warn_before_s is not None:
            yield _warning_of(rule, rule.warn_before_s)
        yield rule


def warns(rule: Rule) -> bool:
    """Return whether a rule only tells of what another one is about to do."""
    return rule.name.endswith(SUFFIX)


def warned_at(rule: Rule, lines: Iterable[Line]) -> datetime | None:
    """Return when the order's staff notes were given the warning, None where they were not.

    Args:
        rule: The rule that warns, or the one that it warns of.
        lines: Every line of the order.
    """
    name = rule.name if warns(rule) else f"{rule.name}{SUFFIX}"
    told = (x.at for x in lines if x.rule == name and x.result in WRITTEN)
    return min(told, default=None)


def may_act_from(rule: Rule, lines: Iterable[Line]) -> datetime | None:
    """Return when the warning has stood long enough; None: it was not given yet."""
    told_at = warned_at(rule, lines)
    if told_at is None or rule.warn_before_s is None:
        return None
    return told_at + timedelta(seconds=rule.warn_before_s)


def is_warned(rule: Rule, lines: Iterable[Line], now: datetime) -> bool:
    """Return whether a rule may act as far as its warning goes; most rules have none."""
    if rule.warn_before_s is None:
        return True
    begin = may_act_from(rule, lines)
    return begin is not None and begin <= now


def _warning_of(rule: Rule, warn_before_s: int) -> Rule:
    """Return the rule that warns: true so much earlier, and only while the order is unpaid."""
    status = NAMES.get(target_of(rule) or 0, "")
    text = (
        f"is set to {status} in {in_words(warn_before_s)} by rule {rule.name}, unless it is paid"
    )
    parts = [_earlier(rule.when, warn_before_s)]
    if not _names_a_method(rule):
        parts.append(Test("paid", "is", (False,)))
    notice = Notice(text=f"Order {{order}} {text}.", topic="warning")
    return replace(
        rule,
        name=f"{rule.name}{SUFFIX}",
        when=All(tuple(parts)),
        actions=(Action(STAFF_NOTE, f"This order {text}."), Action(NOTIFY, notice)),
        limits=_NO_LIMITS,
        fingerprint=f"{rule.fingerprint}{SUFFIX}",
        warn_before_s=None,
    )


def _earlier(condition: Condition, by_s: int) -> Condition:
    """Return what must be true so much earlier: the least ages at the top are lowered."""
    if isinstance(condition, All):
        return All(tuple(_earlier(part, by_s) for part in condition.parts))
    if not isinstance(condition, Test) or condition.field != AGE:
        return condition
    least, *most = condition.operands
    if condition.operator not in LEAST or not isinstance(least, int):
        return condition
    return Test(AGE, condition.operator, (max(least - by_s, 0), *most), condition.unit)


def _names_a_method(rule: Rule) -> bool:
    """Return whether it is about methods by which nobody can tell that an order is unpaid."""
    tests = top_tests(rule.when)
    return any(x.field == "payment_method" and x.operator in {"is", "in"} for x in tests)
