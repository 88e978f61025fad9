"""Steps 6 and 7: what the rules want for this reading, and whether they may."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from orderwarden.domain import safeguards
from orderwarden.domain.choice import CHAIN_TRIGGERS, Choice, Needs, choose, target_of
from orderwarden.domain.decision import SET_STATUS, STAFF_NOTE
from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.instants import to_text
from orderwarden.domain.line import (
    HAD,
    SOMEBODY_ELSE,
    Line,
    Result,
    effect_key,
    may_be_replaced,
)
from orderwarden.domain.money import money_taken_or_authorised
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.safeguards import Blocked
from orderwarden.errors import TryAgain
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import Known
from orderwarden.services.process_steps.plan import Nothing, Plan
from orderwarden.services.process_steps.read import Reading
from orderwarden.services.process_steps.record import record, review_blocked
from orderwarden.services.process_steps.since import status_since

PAID_IN_WINDOW: Final = "paid_in_window"
"""The built-in rule that puts back a dangerous change of ours once money is found."""

ONCE_FOR_EVER: Final = ""
"""The occasion of every effect but a status: it is had once per order and rule."""


MAX_PUT_BACKS: Final = 3
REPLICAS_AGREE_AFTER: Final = timedelta(seconds=30)
"""A body acted on before, read again so much later, is no lagging replica but a reversal."""


def decide(case: Case, reading: Reading, rules: Sequence[Rule]) -> Plan | Nothing:
    """Ask the built-in rule, then the given ones, about one reading."""
    return _Asking(case, reading, rules).decide()


class _Asking:
    """One reading being asked about."""

    def __init__(self, case: Case, reading: Reading, rules: Sequence[Rule]) -> None:
        facts = Facts(
            order=reading.order,
            now=reading.at,
            previous_status_id=_previous_status(case, reading.order.status_id),
            offline_methods=case.rules.offline_methods,
            status_since=status_since(case, reading.order),
            calendar=case.rules.calendar,
        )
        self._case = case
        self._reading = reading
        self._rules = rules
        self._known = Known(case, facts)
        self._protected = case.rules.protected_statuses
        self._holds = case.holds

    def decide(self) -> Plan | Nothing:
        restoring = self._restoring()
        if restoring:
            return restoring
        first = self._choose(self._rules)
        ended = Nothing("no_match")
        if first and not first.rule.is_live:
            ended = self._shadow(first)
            first = self._choose([rule for rule in self._rules if rule.is_live])
        return self._live(first, ended)

    def _live(self, choice: Choice | None, ended: Nothing) -> Plan | Nothing:
        """Return the first live winner that nothing keeps from acting."""
        left = [rule for rule in self._rules if rule.is_live]
        while choice:
            name = choice.rule.name
            plan = self._plan(choice)
            blocked = self._paused(name) or self._had(plan) or self._blocked(choice)
            if blocked is None:
                return plan
            if blocked.reason in {"paused", "had_already"}:
                ended = ended if ended.outcome == "paused" else Nothing(blocked.reason, name)
            elif ended.outcome != "paused":
                self._keep_blocked(plan, blocked)
                ended = Nothing("blocked", name, blocked.reason)
            # No lower status rule takes the place of a status rule that was blocked.
            is_status = choice.to_status_id is not None
            left = [
                rule
                for rule in left
                if rule is not choice.rule and not (is_status and target_of(rule) is not None)
            ]
            choice = self._choose(left)
        return ended

    def _choose(self, rules: Sequence[Rule]) -> Choice | None:
        return self._known.ask(
            lambda facts: choose(rules, self._chain_rules(), facts, self._may_win, self._follows)
        )

    def _chain_rules(self) -> Sequence[Rule]:
        paused = self._case.controls.paused_rules
        every = self._case.rules.rules
        return [r for r in every if r.is_live and r.on & CHAIN_TRIGGERS and r.name not in paused]

    def _may_win(self, rule: Rule, _: Facts) -> bool:
        """Return no for a rule whose effect, had once for ever, was had, or has no room."""
        if rule.name in self._case.barred:
            return False
        if target_of(rule) is not None:
            return True
        line = self._case.line(self._key(rule.name, STAFF_NOTE, ONCE_FOR_EVER))
        if line is None:
            return True
        shadowed = line.result is Result.WOULD and not rule.is_live
        return may_be_replaced(line, self._reading.at) and not shadowed

    def _follows(self, rule: Rule, facts: Facts) -> bool:
        return safeguards.may_follow(rule, facts, self._holds, self._protected)

    def _plan(self, choice: Choice) -> Plan:
        order = self._reading.order
        is_status = choice.to_status_id is not None
        occasion = to_text(order.date_modified) if is_status else ONCE_FOR_EVER
        occasion = self._unused(choice, occasion) if is_status else occasion
        line_id = self._key(choice.rule.name, choice.action, occasion)
        return Plan(
            rule=choice.rule.name,
            choice=choice,
            action=choice.action,
            to_status_id=choice.to_status_id,
            occasion=occasion,
            line_id=line_id,
            facts=self._known.facts,
        )

    def _unused(self, choice: Choice, occasion: str) -> str:
        """Return the occasion, with a counter where this very body was acted on before.

        Raises:
            TryAgain: Our own change is too young: a replica may still show the body before it.
        """
        candidate, count = occasion, 1
        while True:
            line = self._case.line(self._key(choice.rule.name, choice.action, candidate))
            if line is None or line.result not in HAD:
                return candidate
            young_s = (line.at + REPLICAS_AGREE_AFTER - self._reading.at).total_seconds()
            if young_s > 0:
                raise TryAgain("same_second", young_s, backs_off=False)
            count += 1
            candidate = f"{occasion}#{count}"

    def _paused(self, name: str) -> Blocked | None:
        return Blocked("paused") if name in self._case.controls.paused_rules else None

    def _had(self, plan: Plan) -> Blocked | None:
        """Return a block where the store refused this very change within the day."""
        line = self._case.line(plan.line_id)
        stands = line is not None and not may_be_replaced(line, self._reading.at)
        return Blocked("had_already") if stands else None

    def _blocked(self, choice: Choice) -> Blocked | None:
        def question(facts: Facts) -> Blocked | Needs | None:
            lines = self._case.lines
            return safeguards.check(choice, facts, lines, self._holds, self._protected)

        return self._known.ask(question)

    def _keep_blocked(self, plan: Plan, blocked: Blocked) -> None:
        record(self._case, self._reading, plan, Result.BLOCKED, blocked.reason)
        if blocked.needs_person:
            review_blocked(self._case, plan, blocked.reason)

    def _shadow(self, choice: Choice) -> Nothing:
        """Write down what a shadow rule would do."""
        plan = self._plan(choice)
        blocked = self._blocked(choice)
        if blocked:
            record(self._case, self._reading, plan, Result.BLOCKED, blocked.reason)
            return Nothing("blocked", plan.rule, blocked.reason)
        record(self._case, self._reading, plan, Result.WOULD, "shadow")
        return Nothing("would", plan.rule)

    def _restoring(self) -> Plan | None:
        """Return the plan to put a dangerous change of ours back, if money is there now."""
        line = safeguards.standing_danger(self._case.lines)
        if line is None or self._was_taken_back(line):
            return None
        occasion = self._put_back_occasion(line)
        if occasion is None:
            return None

        def question(facts: Facts) -> Truth | Needs:
            if Resource.TRANSACTIONS not in facts.resources:
                return Needs(Resource.TRANSACTIONS)
            return money_taken_or_authorised(facts)

        if self._known.ask(question) is not Truth.TRUE:
            return None
        return Plan(
            rule=PAID_IN_WINDOW,
            choice=None,
            action=SET_STATUS,
            to_status_id=line.from_status_id,
            occasion=occasion,
            line_id=self._key(PAID_IN_WINDOW, SET_STATUS, occasion),
            facts=self._known.facts,
            restores=line,
        )

    def _put_back_occasion(self, line: Line) -> str | None:
        """Return the occasion of the next try to put a change back; None when it had enough.

        One whose outcome nobody could tell, with the status still ours, was not made.
        """
        for count in range(1, MAX_PUT_BACKS + 1):
            occasion = line.id if count == 1 else f"{line.id}#{count}"
            before = self._case.line(self._key(PAID_IN_WINDOW, SET_STATUS, occasion))
            if before is None or may_be_replaced(before, self._reading.at):
                return occasion
            if before.result is not Result.UNCONFIRMED:
                return None
        return None

    def _was_taken_back(self, line: Line) -> bool:
        """Return whether somebody else changed the status since; if so, keep that for ever.

        An order that was reopened and cancelled again by a person is no longer ours to put back.
        """
        if not safeguards.was_taken_back(line, self._case.signal, self._reading.order):
            return False
        self._case.mark_undone(line.id, SOMEBODY_ELSE)
        return True

    def _key(self, rule: str, action: str, occasion: str) -> str:
        return effect_key(self._case.signal.store, self._case.order_id, rule, action, occasion)


def _previous_status(case: Case, status_id: int) -> int | None:
    """Return where the order came from, as our own last write or else the event tells."""
    written = case.written[-1] if case.written else None
    if written is not None:
        return written.from_status_id if written.to_status_id == status_id else None
    signal = case.signal
    return signal.previous_status_id if signal.new_status_id == status_id else None
