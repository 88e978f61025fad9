"""Which rule wins for these facts, and the one change that its chain amounts to.

A chain is planned, not acted out: after a `set_status` the rules are asked again as if it had
happened, and only the last status is written. So one e-mail to the shopper, not three.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from orderwarden.domain.decision import SET_STATUS, STAFF_NOTE
from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.in_turn import may_be_chained
from orderwarden.domain.rules.evaluate import TestSeen, evaluate
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.signal import Trigger
from orderwarden.domain.statuses import DANGEROUS

MAX_STEPS: Final = 3
MayWin = Callable[[Rule, Facts], bool]
CHAIN_TRIGGERS: Final = frozenset({Trigger.STATUS_UPDATED, Trigger.ORDER_UPDATED})


@dataclass(frozen=True, slots=True)
class Needs:
    """No rule can be chosen before this resource is read."""

    resource: Resource


class Won(NamedTuple):
    """A rule that is true of an order, with what its tests saw."""

    rule: Rule
    trace: tuple[TestSeen, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A rule that won, with what its chain adds up to.

    Attributes:
        path: The rules whose changes are in it, the winner first.
        to_status_id: The last status, or None where only other things are wanted.
        notes: Note templates with the rule each belongs to.
        trace: What the winner's tests saw.
        others: The rules below that won as well, since every winner above them says `continue`.
    """

    path: tuple[Rule, ...]
    to_status_id: int | None
    notes: tuple[tuple[Rule, str], ...]
    trace: tuple[TestSeen, ...]
    others: tuple[Won, ...] = ()

    @classmethod
    def of(cls, won: Won) -> Choice:
        """Return the choice of a rule that won below another: its own wishes, and no chain."""
        path = (won.rule,)
        return cls(path, target_of(won.rule), _notes(path), won.trace)

    @property
    def rule(self) -> Rule:
        """Return the rule that won."""
        return self.path[0]


def target_of(rule: Rule) -> int | None:
    """Return the status that a rule sets, if any."""
    targets = (a.value for a in rule.actions if a.kind == SET_STATUS)
    return next((value for value in targets if isinstance(value, int)), None)


def winners(rules: Sequence[Rule], facts: Facts, may_win: MayWin) -> tuple[Won, ...] | Needs:
    """Return the rules that are true and have something to change: the first, or several.

    Below a winner others are asked only if it says `continue`. Of several that set a status, the
    first one counts: those below it are left out.

    Args:
        rules: In the order of the file.
        facts: What is known so far; `Needs` asks for more.
        may_win: Says no to a rule whose effect was had already.
    """
    won: list[Won] = []
    has_status = False
    for rule in rules:
        target = target_of(rule)
        is_late = has_status and target is not None
        if is_late or target == facts.status_id or not may_win(rule, facts):
            continue
        outcome = evaluate(rule.when, facts)
        if outcome.needs is not None:
            return Needs(outcome.needs)
        if outcome.truth is Truth.TRUE:
            won.append(Won(rule, outcome.trace))
            has_status = has_status or target is not None
            if not rule.goes_on:
                break
    return tuple(won)


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
    won = winners(rules, facts, may_win)
    if isinstance(won, Needs):
        return won
    if not won:
        return None
    rule, trace = won[0]
    path, status_id = [rule], target_of(rule)
    visited = {facts.status_id}
    while status_id is not None and status_id not in DANGEROUS and len(path) < MAX_STEPS:
        visited.add(status_id)
        step = _next_step(chain_rules, facts.with_status(status_id), visited, may_follow)
        if isinstance(step, Needs):
            return step
        if step is None:
            break
        path.append(step)
        status_id = target_of(step)
    return Choice(tuple(path), status_id, _notes(path), trace, won[1:])


def _next_step(
    chain_rules: Sequence[Rule],
    facts: Facts,
    visited: set[int],
    may_follow: MayWin,
) -> Rule | Needs | None:
    """Return the rule that would follow, None where the chain ends.

    A status never repeats, and nothing dangerous is part of a chain, nor a rule that wants more
    than a status and a note: such a change stands alone, under its own rule's safeguards.
    """
    movers = [r for r in chain_rules if target_of(r) is not None and may_be_chained(r)]
    won = winners(movers, facts, may_follow)
    if isinstance(won, Needs):
        return won
    rule = won[0].rule if won else None
    return None if rule is None or target_of(rule) in visited | DANGEROUS else rule


def _notes(path: Sequence[Rule]) -> tuple[tuple[Rule, str], ...]:
    return tuple(
        (rule, str(action.value))
        for rule in path
        for action in rule.actions
        if action.kind == STAFF_NOTE
    )
