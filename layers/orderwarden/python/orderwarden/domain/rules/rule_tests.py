"""Expectations beside the rules: facts in; which rule wins, what it wants, or unknown, out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from orderwarden.domain.choice import Needs, Won, winners
from orderwarden.domain.relevance import rules_on
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.given import Given
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.signal import Trigger

NONE: Final = "no rule"


@dataclass(frozen=True, slots=True)
class Expected:
    """What a test expects; None where it does not say.

    Attributes:
        rules: The rules that win, in order; empty: none does.
        actions: Kind and value of everything they want, in whatever order; a value of None is
            any.
        unknown: Rules of which nobody can say whether they are true.
    """

    rules: tuple[str, ...] | None
    actions: tuple[tuple[str, object], ...] | None
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One entry of `tests:`.

    Attributes:
        line: Where it stands in its file.
        on: Ask only the rules that one of these triggers asks; empty: all.
    """

    name: str
    line: int
    facts: Given
    on: frozenset[Trigger]
    expected: Expected


@dataclass(frozen=True, slots=True)
class RuleTestResult:
    """What came of a test; `expected` and `found` are sentences for people."""

    test: RuleTest
    has_passed: bool
    expected: str
    found: str


def run_rule_test(rules: RuleSet, test: RuleTest) -> RuleTestResult:
    """Ask the rules of the facts that a test gives; live and shadow rules alike.

    Safeguards and limits are not asked, and no effect was had before.
    """
    facts = test.facts.facts(rules.calendar)
    asked = [replace(rule, when=test.facts.bind(rule.when)) for rule in rules.rules]
    heard = [rule for rule in asked if _is_heard(rule, test.on)]
    won = winners(heard, facts, lambda _rule, _facts: True)
    found = () if isinstance(won, Needs) else won  # what is given is never to be fetched
    unknown = [r.name for r in asked if evaluate(r.when, facts).truth is Truth.UNKNOWN]
    expected = test.expected
    has_passed = (
        (expected.rules is None or expected.rules == tuple(x.rule.name for x in found))
        and (expected.actions is None or _are_wanted(expected.actions, found))
        and set(expected.unknown) <= set(unknown)
    )
    return RuleTestResult(test, has_passed, _told_expected(expected), _told_found(found, unknown))


def _is_heard(rule: Rule, on: frozenset[Trigger]) -> bool:
    return not on or any(rules_on(trigger, [rule], was_seen=True) for trigger in on)


def _are_wanted(expected: Sequence[tuple[str, object]], won: Iterable[Won]) -> bool:
    """Return whether exactly these actions are wanted."""
    left = [action for each in won for action in each.rule.actions]
    for kind, value in expected:
        match = next((x for x in left if x.kind == kind and value in (None, x.value)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def _told_expected(expected: Expected) -> str:
    parts = []
    if expected.rules is not None:
        parts.append(_names(expected.rules))
    if expected.actions is not None:
        parts.append(f"actions {_names([kind for kind, _ in expected.actions])}")
    if expected.unknown:
        parts.append(f"unknown: {_names(expected.unknown)}")
    return "; ".join(parts)


def _told_found(won: Sequence[Won], unknown: Sequence[str]) -> str:
    kinds = [action.kind for each in won for action in each.rule.actions]
    told = _names([each.rule.name for each in won])
    if kinds:
        told += f"; actions {_names(kinds)}"
    return f"{told}; unknown: {_names(unknown)}" if unknown else told


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or NONE
