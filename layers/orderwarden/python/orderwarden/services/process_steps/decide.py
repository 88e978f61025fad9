"""Steps 6 and 7: what the rules want for this reading, and whether they may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from orderwarden.domain import safeguards, warning
from orderwarden.domain.choice import (
    CHAIN_TRIGGERS,
    Choice,
    Needs,
    Won,
    choose,
    target_of,
)
from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.keep_until import keeps
from orderwarden.domain.line import Result
from orderwarden.domain.money import money_taken_or_authorised
from orderwarden.domain.relevance import rules_on
from orderwarden.domain.rules.inspect import is_dangerous
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.signal import Trigger
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import Known
from orderwarden.services.process_steps.plan import Nothing, Plan
from orderwarden.services.process_steps.planner import Planner
from orderwarden.services.process_steps.put_back import put_back
from orderwarden.services.process_steps.read import Reading
from orderwarden.services.process_steps.record import record, review_blocked
from orderwarden.services.process_steps.since import since_when

QUIETLY = frozenset({"paused", "had_already"})
"""Reasons that leave no line."""

SWEPT_LATELY: Final = timedelta(minutes=10)
"""Twice as long as a signal of a sweep mostly waits in the queue."""


def decide(case: Case, reading: Reading, rules: Sequence[Rule]) -> Plan | Nothing:
    """Ask the built-in rule, then the given ones, about one reading.

    A sweep that finds money asks the rules of webhooks as well: the one that told may be lost.
    """
    asking = _Asking(case, reading, rules)
    result = asking.decide()
    if isinstance(result, Plan) or case.signal.trigger is not Trigger.SWEEP:
        return result
    if not asking.has_found_money:
        return result
    listening = rules_on(Trigger.RECONCILE, case.rules.rules, was_seen=case.seen is not None)
    further = asking.of(listening).decide()
    return further if isinstance(further, Plan) else result


class _Asking:
    """One reading being asked about."""

    def __init__(self, case: Case, reading: Reading, rules: Sequence[Rule]) -> None:
        facts = Facts(
            order=reading.order,
            now=reading.at,
            previous_status_id=_previous_status(case, reading.order.status_id),
            offline_methods=case.rules.offline_methods,
            status_since=since_when(case, reading.order),
            calendar=case.rules.calendar,
        )
        self._case = case
        self._reading = reading
        self._rules = rules
        self._known = Known(case, facts, reading.money)
        self._planner = Planner(case, reading, self._known)
        self._protected = case.rules.protected_statuses
        self._holds = case.holds

    @property
    def has_found_money(self) -> bool:
        """Return whether the transactions were read and show money."""
        facts = self._known.facts
        is_read = Resource.TRANSACTIONS in facts.resources
        return is_read and money_taken_or_authorised(facts) is Truth.TRUE

    def of(self, rules: Sequence[Rule]) -> _Asking:
        """Ask other rules about what is known already."""
        self._rules = rules
        return self

    def decide(self) -> Plan | Nothing:
        restoring = put_back(self._case, self._reading, self._known)
        if restoring:
            return restoring
        first = self._choose(self._rules)
        ended = Nothing("no_match")
        shadows = _shadows(first) if first else ()
        for shadow in shadows:
            ended = self._shadow(shadow)
        if shadows:
            first = self._choose([rule for rule in self._rules if rule.is_live])
        return self._live(first, ended)

    def _live(self, choice: Choice | None, ended: Nothing) -> Plan | Nothing:
        """Return the first live winner that nothing keeps from acting."""
        left = [rule for rule in self._rules if rule.is_live]
        while choice:
            name = choice.rule.name
            plan = self._plan(choice)
            if isinstance(plan, Plan):
                return self._with_others(plan, choice.others)
            if plan.reason in QUIETLY:
                ended = ended if ended.outcome == "paused" else Nothing(plan.reason, name)
            elif ended.outcome != "paused":
                self._keep_blocked(choice, plan)
                ended = Nothing("blocked", name, plan.reason)
            # No lower status rule takes the place of a status rule that was blocked.
            is_status = choice.to_status_id is not None
            left = [
                rule
                for rule in left
                if rule is not choice.rule and not (is_status and target_of(rule) is not None)
            ]
            choice = self._choose(left)
        return ended

    def _plan(self, choice: Choice) -> Plan | Blocked:
        """Return what a rule that won wants, unless something keeps it from acting."""
        if choice.rule.name in self._case.controls.paused_rules:
            return Blocked("paused")
        writes = self._planner.writes(choice)
        if writes == ():
            return Blocked("had_already")
        blocked = self._blocked(choice)
        if blocked is None and not isinstance(writes, Blocked):
            return Plan(writes, choice.path)
        return blocked or (writes if isinstance(writes, Blocked) else Blocked("had_already"))

    def _with_others(self, plan: Plan, others: Sequence[Won]) -> Plan:
        """Return the plan with what lower rules want as well, where they may."""
        added = []
        for won in others:
            choice = Choice.of(won)
            other = self._plan(choice)
            if isinstance(other, Plan):
                added.append(other)
            elif other.reason not in QUIETLY:
                self._keep_blocked(choice, other)
        return Plan(plan.writes, plan.rules, tuple(added))

    def _choose(self, rules: Sequence[Rule]) -> Choice | None:
        return self._known.ask(
            lambda facts: choose(rules, self._chain_rules(), facts, self._may_win, self._follows)
        )

    def _chain_rules(self) -> Sequence[Rule]:
        paused = self._case.controls.paused_rules
        every = self._case.rules.rules
        return [r for r in every if r.is_live and r.on & CHAIN_TRIGGERS and r.name not in paused]

    def _may_win(self, rule: Rule, _: Facts) -> bool:
        """Return no for a rule whose effects, had once for ever, were had, or have no room."""
        is_warned = warning.is_warned(rule, self._case.lines, self._reading.at)
        if rule.name in self._case.barred or not is_warned:
            return False
        return target_of(rule) is not None or self._planner.is_open(rule)

    def _follows(self, rule: Rule, facts: Facts) -> bool:
        return safeguards.may_follow(rule, facts, self._holds, self._protected)

    def _blocked(self, choice: Choice) -> Blocked | None:
        def question(facts: Facts) -> Blocked | Needs | None:
            lines = self._case.lines
            return safeguards.check(choice, facts, lines, self._holds, self._protected)

        blocked = self._known.ask(question)
        if blocked is None and is_dangerous(choice.rule) and not self._was_just_swept():
            return self._known.ask(keeps)
        return blocked

    def _was_just_swept(self) -> bool:
        """Return whether a run read just now that the merchant does not keep the order.

        It reads that once and queues none that is kept; while a signal waits, one may be.
        """
        signal = self._case.signal
        is_recent = self._reading.at - signal.occurred_at <= SWEPT_LATELY
        return signal.trigger is Trigger.SWEEP and is_recent and not self._case.was_parked

    def _keep_blocked(self, choice: Choice, blocked: Blocked) -> None:
        write = self._planner.first_write(choice)
        record(self._case, self._reading, write, Result.BLOCKED, blocked.reason)
        if blocked.needs_person:
            review_blocked(self._case, write, blocked)

    def _shadow(self, choice: Choice) -> Nothing:
        """Write down what a shadow rule would do."""
        write = self._planner.first_write(choice)
        blocked = self._blocked(choice)
        if blocked:
            record(self._case, self._reading, write, Result.BLOCKED, blocked.reason)
            return Nothing("blocked", write.rule, blocked.reason)
        record(self._case, self._reading, write, Result.WOULD, "shadow")
        return Nothing("would", write.rule)


def _shadows(choice: Choice) -> tuple[Choice, ...]:
    """Return the shadow rules among the winners."""
    found = (choice, *(Choice.of(won) for won in choice.others))
    return tuple(each for each in found if not each.rule.is_live)


def _previous_status(case: Case, status_id: int) -> int | None:
    """Return where the order came from, as our own last change of it or else the event tells."""
    changes = [line for line in case.written if line.to_status_id is not None]
    written = changes[-1] if changes else None
    if written is not None:
        return written.from_status_id if written.to_status_id == status_id else None
    signal = case.signal
    return signal.previous_status_id if signal.new_status_id == status_id else None
