"""What rules would do about one order: every question that `process` asks, and no write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from orderwarden.domain import safeguards
from orderwarden.domain.choice import CHAIN_TRIGGERS, Choice, choose, target_of
from orderwarden.domain.facts import Facts
from orderwarden.domain.in_turn import in_turn
from orderwarden.domain.line import WRITTEN, Line, Result, may_be_replaced
from orderwarden.domain.rules.inspect import is_dangerous
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.seen import Seen
from orderwarden.ports import Controls
from orderwarden.services.resources import GrowingFacts

MOST_ACTS: Final = 4
"""As `process` makes at most for one signal."""


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of an order besides what the store shows.

    Attributes:
        lines: Its changelog, oldest first.
        holds: Rules that a person keeps off it.
        controls: What is stopped, paused and approved in its store.
        seen: The last body of it for which every rule was asked.
    """

    lines: Sequence[Line] = ()
    holds: frozenset[str] = frozenset()
    controls: Controls = field(default_factory=Controls)
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule that is true of the order and has something to change.

    Attributes:
        blocked: What keeps it from acting: a safeguard, or that it is paused; empty for nothing.
    """

    choice: Choice
    blocked: str = ""

    @property
    def rule(self) -> Rule:
        """Return the rule that won."""
        return self.choice.rule

    @property
    def acts(self) -> bool:
        """Return whether the order would be changed, the limits apart."""
        return self.rule.is_live and not self.blocked


def judge(
    asked: Sequence[Rule],
    rules: RuleSet,
    known: GrowingFacts,
    past: Past | None,
) -> tuple[Verdict, ...]:
    """Return what these rules would do about the order, in the order in which it would happen.

    Args:
        asked: The rules that the occasion asks, in the order of the file.
        rules: All of them: any may follow in a chain.
        known: The order as it is; afterwards it has the status that it would have.
        past: What else is known of it; None asks no safeguard, as for facts made up.
    """
    if known.facts.order.is_archived:
        return ()
    return tuple(_Judging(rules, known, past).verdicts(asked))


def had_already(rule: Rule, lines: Sequence[Line], now: datetime) -> bool:
    """Return whether all that a rule does once per order was done: such a rule does not win.

    Of a rule that repeats, only an event tells what it would be done for.
    """
    if target_of(rule) is not None or rule.repeat is not None:
        return False
    for group in in_turn(rule):
        own = [x for x in lines if (x.rule, x.action) == (rule.name, group[0].kind)]
        if not own:
            return False
        if any(may_be_replaced(line, now) for line in own):
            return not rule.is_live and any(line.result is Result.WOULD for line in own)
        if any(line.result not in WRITTEN for line in own):
            return True  # what failed ends the rule there
    return True


class _Judging:
    def __init__(self, rules: RuleSet, known: GrowingFacts, past: Past | None) -> None:
        self._known = known
        self._is_guarded = past is not None
        self._past = past or Past()
        paused = self._past.controls.paused_rules
        self._protected = rules.protected_statuses
        self._chain = [
            rule
            for rule in rules.rules
            if rule.is_live and rule.on & CHAIN_TRIGGERS and rule.name not in paused
        ]

    def verdicts(self, asked: Sequence[Rule]) -> list[Verdict]:
        found: list[Verdict] = []
        left, acts = list(asked), 0
        while acts < MOST_ACTS and (choice := self._choose(left)) is not None:
            verdict = self._verdict(choice)
            found.append(verdict)
            if not choice.rule.is_live:
                left = [rule for rule in left if rule.is_live]
                continue
            if not verdict.acts:
                left = _below_blocked(left, choice)
                continue
            acts += 1
            found += self._others(choice)
            if is_dangerous(choice.rule):
                break
            left = self._left_after(asked, left, found)
        return found

    def _choose(self, rules: Sequence[Rule]) -> Choice | None:
        return self._known.ask(
            lambda facts: choose(rules, self._chain, facts, self._may_win, self._follows)
        )

    def _may_win(self, rule: Rule, facts: Facts) -> bool:
        return not had_already(rule, self._past.lines, facts.now)

    def _follows(self, rule: Rule, facts: Facts) -> bool:
        return safeguards.may_follow(rule, facts, self._past.holds, self._protected)

    def _verdict(self, choice: Choice) -> Verdict:
        if not self._is_guarded:
            return Verdict(choice)
        if choice.rule.name in self._past.controls.paused_rules:
            return Verdict(choice, "paused")
        past, protected = self._past, self._protected
        blocked = self._known.ask(
            lambda facts: safeguards.check(choice, facts, past.lines, past.holds, protected)
        )
        return Verdict(choice, blocked.reason if blocked else "")

    def _others(self, choice: Choice) -> list[Verdict]:
        """Return the rules below that won as well, each by itself."""
        return [self._verdict(Choice.of(won)) for won in choice.others]

    def _left_after(
        self, asked: Sequence[Rule], left: Sequence[Rule], found: Sequence[Verdict]
    ) -> list[Rule]:
        """Return the rules to ask after a change, of the order as it is then."""
        acted = {each.rule.name for each in found if each.acts}
        statuses = [x.choice.to_status_id for x in found if x.acts]
        status_id = next((each for each in reversed(statuses) if each is not None), None)
        if status_id is not None and status_id != self._known.facts.status_id:
            self._known.facts = self._known.facts.with_status(status_id)
            left = [rule for rule in asked if rule.is_live]
        return [rule for rule in left if rule.name not in acted]


def _below_blocked(left: Sequence[Rule], choice: Choice) -> list[Rule]:
    """Return the rules to ask next; no lower status rule takes the place of a blocked one."""
    is_status = choice.to_status_id is not None
    return [
        rule
        for rule in left
        if rule is not choice.rule and not (is_status and target_of(rule) is not None)
    ]
