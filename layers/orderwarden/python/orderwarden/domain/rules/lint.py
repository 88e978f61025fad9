"""What a rule set says and hardly means: found before it is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, islice
from types import MappingProxyType
from typing import Final

from orderwarden.domain.choice import target_of
from orderwarden.domain.rules.durations import DAY, MINUTE, to_text
from orderwarden.domain.rules.inspect import named_statuses
from orderwarden.domain.rules.lint_pairs import cycles, hides, overlap, profile
from orderwarden.domain.rules.lint_rule import why_dead, why_late
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.rules.sweeping import costly_fields, endless_sweep, has_age_bound
from orderwarden.domain.signal import Trigger
from orderwarden.domain.statuses import NAMES

MOST: Final = 200
"""So many findings are told."""

_NO_LABELS: Final[Mapping[int, str]] = MappingProxyType({})


class Severity(StrEnum):
    """How sure it is that something is wrong."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to think about.

    Attributes:
        rules: Names of the rules it is about.
        reason: What is odd, and what may come of it.
    """

    rules: tuple[str, ...]
    reason: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Schedule:
    """When things run.

    Attributes:
        sweep_every_s: Between two sweeps.
        look_again_after_s: Between two looks of the sweeps at an order that did not change.
    """

    sweep_every_s: int = 5 * MINUTE
    look_again_after_s: int = DAY


def lint(
    rules: RuleSet, schedule: Schedule, labels: Mapping[int, str] = _NO_LABELS
) -> tuple[Finding, ...]:
    """Return what is odd about the rules of a set, the first `MOST` findings.

    What must not be published at all is refused by the compiler; of a set that was compiled by
    older rules it is an error here.

    Args:
        rules: Compiled.
        schedule: When sweeps run.
        labels: What the store calls its statuses now, by id.
    """
    return tuple(islice(_findings(rules, schedule, labels), MOST))


def _findings(rules: RuleSet, schedule: Schedule, labels: Mapping[int, str]) -> Iterator[Finding]:
    for rule in rules.rules:
        yield from _of_rule(rule, schedule)
        yield from _renamed(rule, labels)
    yield from _of_pairs([rule for rule in rules.rules if why_dead(rule) is None])


def _of_rule(rule: Rule, schedule: Schedule) -> Iterator[Finding]:
    names = (rule.name,)
    endless, dead = endless_sweep(rule), why_dead(rule)
    if endless:
        yield Finding(names, endless, Severity.ERROR)
    if dead:
        yield Finding(names, f"it never acts: {dead}", Severity.WARNING)
    for late, may_miss in why_late(rule, schedule.sweep_every_s):
        yield Finding(names, late, Severity.WARNING if may_miss else Severity.NOTE)
    costly = costly_fields(rule)
    if Trigger.SWEEP in rule.on and costly and not has_age_bound(rule):
        again = to_text(schedule.look_again_after_s)
        told = f"{', '.join(costly)} may cost a call for each order found, once in {again}"
        yield Finding(names, f"{told}; an upper bound of age makes them fewer", Severity.NOTE)


def _renamed(rule: Rule, labels: Mapping[int, str]) -> Iterator[Finding]:
    target = target_of(rule)
    used = named_statuses(rule) | (frozenset() if target is None else {target})
    for status_id in sorted(used & set(labels)):
        if labels[status_id] != NAMES.get(status_id):
            told = f"{NAMES[status_id]} is called {labels[status_id]} in this store"
            yield Finding((rule.name,), told, Severity.NOTE)


def _of_pairs(rules: Iterable[Rule]) -> Iterator[Finding]:
    found = [profile(rule) for rule in rules]
    for first, later in combinations(found, 2):
        one, other = first.rule.name, later.rule.name
        if hides(first, later):
            told = f"it never acts: whenever it is true, {one} above it is true, too"
            yield Finding((other, one), told, Severity.WARNING)
        elif overlap(first, later):
            told = "both may be true of one order and want different statuses; the first wins"
            yield Finding((one, other), told, Severity.NOTE)
    for circle in cycles(found):
        ways = ", then ".join(NAMES[each.target or 0] for each in circle)
        told = f"an order may go round and round: {ways}; the safeguards stop it after two rounds"
        yield Finding(tuple(each.rule.name for each in circle), told, Severity.WARNING)
