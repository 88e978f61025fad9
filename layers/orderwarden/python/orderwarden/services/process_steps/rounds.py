"""Steps 6 to 11 in turn: decide, count, write, and go on from the answer until nothing wins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from orderwarden.domain.choice import CHAIN_TRIGGERS
from orderwarden.domain.decision import Decision
from orderwarden.domain.line import Result
from orderwarden.domain.relevance import asks_every_rule, rules_asked
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.signal import Trigger
from orderwarden.errors import TryAgain
from orderwarden.services.process_steps.carry_out import carry_out
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.decide import decide
from orderwarden.services.process_steps.end import (
    park,
    park_at_limit,
    review_too_many_writes,
    store_seen,
    was_rejected,
)
from orderwarden.services.process_steps.limits import LimitReached, count_change
from orderwarden.services.process_steps.outcome import Outcome
from orderwarden.services.process_steps.plan import Nothing, Plan
from orderwarden.services.process_steps.read import Reading
from orderwarden.services.process_steps.record import record
from orderwarden.services.process_steps.written import Changed, NotWritten, Written

MAX_WRITES: Final = 4
MAX_CHANGED: Final = 3


class Round:
    """Steps 6 to 11: decide, write, and go on from the answer until no rule wins."""

    def __init__(self, case: Case, *, is_after_danger: bool) -> None:
        rules = case.rules.rules
        self._case = case
        self._every: Sequence[Rule] = rules_asked(
            case.signal, rules, was_seen=case.seen is not None
        )
        self._rules: Sequence[Rule] = () if is_after_danger else self._every
        self._asked: Reading | None = None
        self._changed = 0
        self._not_written: Outcome | None = None

    def run(self, reading: Reading) -> Outcome:
        """Go on until nothing is left to write; return what became of the signal."""
        case = self._case
        while True:
            if reading.order.is_archived:
                return self._finish(Outcome("archived"))
            result = decide(case, reading, self._rules)
            is_whole = asks_every_rule(case.signal.trigger, case.rules.rules)
            if self._rules is self._every and is_whole:
                self._asked = reading
            if isinstance(result, Nothing):
                return self._nothing(result)
            if case.writes >= MAX_WRITES:
                review_too_many_writes(case, result.rule)
                return self._finish(Outcome("blocked", result.rule, "too_many_writes"))
            limit = count_change(case, result)
            if limit is not None:
                return self._at_limit(result, reading, limit)
            decision = self._decision(result)
            done = carry_out(case, decision, reading)
            reading = self._go_on(decision, done) or reading

    def resume(self, rest: Decision, reading: Reading) -> Reading:
        """Carry out what an earlier attempt owed; return the reading to decide on next."""
        done = carry_out(self._case, rest, reading)
        return self._go_on(rest, done) or reading

    def _decision(self, plan: Plan) -> Decision:
        return Decision(
            attempt=self._case.ports.new_id(),
            rules_version=self._case.rules.version,
            writes=plan.every_write,
            writes_before=self._case.writes,
            restores=plan.restores.id if plan.restores else None,
        )

    def _at_limit(self, plan: Plan, reading: Reading, limit: LimitReached) -> Outcome:
        """Park the signal until the limit lifts, or end it where a person said no."""
        case = self._case
        reason = "rejected" if was_rejected(case, limit) else limit.reason
        record(case, reading, plan.first, Result.BLOCKED, reason)
        if reason == "rejected":
            return self._finish(Outcome("blocked", plan.rule, reason))
        park_at_limit(case, limit)
        return Outcome("parked", plan.rule, reason)

    def _go_on(self, decision: Decision, done: Written | Changed | NotWritten) -> Reading | None:
        """Return the reading to decide on next, None for the one in hand; choose whom to ask."""
        case = self._case
        if isinstance(done, NotWritten):
            case.barred.add(done.rule)  # lower rules are asked about this body as well
            self._not_written = Outcome(done.outcome, done.rule, done.reason)
            if done.reading is None:
                return None
        if isinstance(done, Changed):
            self._changed += 1
            if self._changed >= MAX_CHANGED:
                raise TryAgain("order_keeps_changing", 30.0, backs_off=False)
            return done.reading
        case.writes += not self._is_listed(decision)
        after_write = CHAIN_TRIGGERS if case.signal.trigger is Trigger.SWEEP else None
        self._every = _every_after(case, self._every, after_write)
        self._rules = () if decision.is_dangerous else self._every
        return done.reading

    def _is_listed(self, decision: Decision) -> bool:
        """Return whether a decision is about one of many things that were listed: they end."""
        first = decision.writes[0]
        is_listed = not self._case.signal.is_webhook and bool(first.occasion)
        return is_listed and not any(write.changes_status for write in decision.writes)

    def _nothing(self, nothing: Nothing) -> Outcome:
        if nothing.outcome == "paused":
            park(self._case, "paused", None, waits_for=f"rule:{nothing.rule}")
            return Outcome("parked", nothing.rule, "paused")
        return self._finish(Outcome(nothing.outcome, nothing.rule, nothing.reason))

    def _finish(self, outcome: Outcome) -> Outcome:
        case = self._case
        if self._asked is not None:
            store_seen(case, self._asked)
        outcome = self._not_written or outcome
        if case.written:
            outcome = Outcome("applied", case.written[0].rule, outcome.reason)
        if case.held_back is not None:
            case.store_decision(None)  # all of it was carried out
            park_at_limit(case, case.held_back)
            return outcome
        case.end(outcome.kind, reason=outcome.reason)
        return outcome


def _every_after(
    case: Case, every: Sequence[Rule], triggers: frozenset[Trigger] | None
) -> Sequence[Rule]:
    """Return the rules to ask of the answer to our own write."""
    if triggers is None:
        return every
    return tuple(rule for rule in case.rules.rules if rule.on & triggers)
