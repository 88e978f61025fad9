"""Which rule wins for these facts, and the one change that its chain amounts to.

A chain is planned, not acted out: after a `set_status` the rules are asked again as if it had
happened, and only the last status is written. So one e-mail to the shopper, not three.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from orderwarden.domain.decision import SET_STATUS, STAFF_NOTE
from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.rules.evaluate import TestSeen, evaluate
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.signal import Trigger

MAX_STEPS: Final = 3
MayWin = Callable[[Rule, Facts], bool]
CHAIN_TRIGGERS: Final = frozenset({Trigger.STATUS_UPDATED, Trigger.ORDER_UPDATED})


@dataclass(frozen=True, slots=True)
class Needs:
    """No rule can be chosen before this resource is read."""

    resource: Resource


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule that won, with what its chain adds up to.

    Attributes:
        path: The rules whose changes are in it, the winner first.
        to_status_id: The last status, or None where only a note is wanted.
        notes: Note templates with the rule each belongs to.
        trace: What the winner's tests saw.
    """

    path: tuple[Rule, ...]
    to_status_id: int | None
    notes: tuple[tuple[Rule, str], ...]
    trace: tuple[TestSeen, ...]

    @property
    def rule(self) -> Rule:
        """Return the rule that won."""
        return self.path[0]

    @property
    def action(self) -> str:
        """Return what the change is named after."""
        return STAFF_NOTE if self.to_status_id is None else SET_STATUS


def target_of(rule: Rule) -> int | None:
    """Return the status that a rule sets, if any."""
    targets = [int(a.value) for a in rule.actions if a.kind == SET_STATUS]
    return targets[-1] if targets else None


def first_match(
    rules: Sequence[Rule], facts: Facts, may_win: MayWin
) -> tuple[Rule, tuple[TestSeen, ...]] | Needs | None:
    """Return the first rule that is true and has something to change.

    Args:
        rules: In the order of the file.
        facts: What is known so far; `Needs` asks for more.
        may_win: Says no to a rule whose effect was had already.
    """
    for rule in rules:
        if target_of(rule) == facts.status_id or not may_win(rule, facts):
            continue
        outcome = evaluate(rule.when, facts)
        if outcome.needs is not None:
            return Needs(outcome.needs)
        if outcome.truth is Truth.TRUE:
            return rule, outcome.trace
    return None


def choose(
    rules: Sequence[Rule],
    chain_rules: Sequence[Rule],
    facts: Facts,
    may_win: MayWin,
    may_follow: MayWin,
) -> Choice | Needs | None:
    """Return what the rules want for these facts: the winner and its planned chain.

    Args:
        rules: Those that may win, in the order of the file.
        chain_rules: Those that may follow in a chain, in the order of the file.
        facts: What is known so far; `Needs` asks for more.
        may_win: Says no to a rule whose effect was had already.
        may_follow: Says no to a rule that must not act on the status a chain has reached.
    """
    won = first_match(rules, facts, may_win)
    if won is None or isinstance(won, Needs):
        return won
    rule, trace = won
    path, status_id = [rule], target_of(rule)
    visited = {facts.status_id}
    while status_id is not None and len(path) < MAX_STEPS:
        visited.add(status_id)
        step = _next_step(chain_rules, facts.with_status(status_id), visited, may_follow)
        if isinstance(step, Needs):
            return step
        if step is None:
            break
        path.append(step)
        status_id = target_of(step)
    return Choice(tuple(path), status_id, _notes(path), trace)


def _next_step(
    chain_rules: Sequence[Rule],
    facts: Facts,
    visited: set[int],
    may_follow: MayWin,
) -> Rule | Needs | None:
    """Return the rule that would follow, None where the chain ends; a status never repeats."""
    movers = [rule for rule in chain_rules if target_of(rule) is not None]
    won = first_match(movers, facts, may_follow)
    if won is None or isinstance(won, Needs):
        return won
    return None if target_of(won[0]) in visited else won[0]


def _notes(path: Sequence[Rule]) -> tuple[tuple[Rule, str], ...]:
    return tuple(
        (rule, str(action.value))
        for rule in path
        for action in rule.actions
        if action.kind == STAFF_NOTE
    )
