"""The last question of step 7: has this rule changed enough for now?

Counted per change, in one conditional write each, so that several workers together never pass
a limit. A change that was counted and then not made is taken off again; a worker that dies just
then leaves one too many, never one too few.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from orderwarden.domain.decision import Decision
from orderwarden.domain.rules.model import Rule
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.plan import Plan


@dataclass(frozen=True, slots=True)
class LimitReached:
    """A rule that must wait.

    Attributes:
        rule: The rule whose limit it is; of a chain, any of its rules.
        reason: approve_after or per_hour.
        until: When it may go on by itself; None: when a person approves.
        waits_for: What may free it before that.
    """

    rule: Rule
    reason: str
    until: datetime | None
    waits_for: str


def changes_name(rule: Rule) -> str:
    """Return the counter of all changes of a rule under its fingerprint."""
    return f"changes:{rule.name}:{rule.fingerprint}"


def hour_name(rule: Rule, now: datetime) -> str:
    """Return the counter of a rule's changes in the clock hour of `now` (UTC)."""
    return f"hour:{rule.name}:{now.astimezone(UTC):%Y-%m-%dT%H}"


def count_change(case: Case, plan: Plan) -> LimitReached | None:
    """Count one change of every rule in it, or say which limit it would pass; then none counts.

    What its others want is counted when their turn comes.
    """
    return _count_once(case, plan.first.line_id, plan.rules)


def count_turn(case: Case, decision: Decision) -> LimitReached | None:
    """Count one change of a lower rule whose turn it is, or say which limit it would pass."""
    return _count_once(case, decision.write.line_id, _rules_of(case, decision))


def uncount_change(case: Case, decision: Decision) -> None:
    """Take a change off again that was counted and then not made; its line is not counted."""
    if decision.begins_turn:
        _give_back(case, _rules_of(case, decision))


def uncount_untried(case: Case, decision: Decision) -> None:
    """Take a change off again of which not even a line was written; an earlier one's stays."""
    line = case.line(decision.write.line_id)
    if line is None or not line.is_counted:
        uncount_change(case, decision)


def _rules_of(case: Case, decision: Decision) -> list[Rule]:
    """Return the rules, with those of its chain, whose turn it is."""
    turn = decision.write.rule
    names = {name for write in decision.writes if write.rule == turn for name in write.path}
    return [rule for rule in case.rules.rules if rule.name in names]


def _count_once(case: Case, line_id: str, rules: Sequence[Rule]) -> LimitReached | None:
    line = case.line(line_id)
    if line is not None and line.is_counted:
        return None
    counted: list[Rule] = []
    for rule in rules:
        reached = _count(case, rule)
        if reached is not None:
            _give_back(case, counted)
            return reached
        counted.append(rule)
    return None


def _count(case: Case, rule: Rule) -> LimitReached | None:
    store, state = case.signal.store, case.ports.state
    now = case.ports.clock.now()
    per_hour, approve_after = rule.limits.per_hour, rule.limits.approve_after
    if per_hour is not None and not state.take(store, hour_name(rule, now), per_hour):
        next_hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return LimitReached(rule, "per_hour", next_hour, "")
    if approve_after is None or _is_approved(case, rule):
        return None
    if state.take(store, changes_name(rule), approve_after):
        return None
    if per_hour is not None:
        state.give_back(store, hour_name(rule, now))
    return LimitReached(rule, "approve_after", None, f"approval:{rule.name}")


def _give_back(case: Case, rules: Sequence[Rule]) -> None:
    store, state = case.signal.store, case.ports.state
    for rule in rules:
        if rule.limits.per_hour is not None:
            state.give_back(store, hour_name(rule, case.ports.clock.now()))
        if rule.limits.approve_after is not None and not _is_approved(case, rule):
            state.give_back(store, changes_name(rule))


def _is_approved(case: Case, rule: Rule) -> bool:
    return f"{rule.name}:{rule.fingerprint}" in case.controls.approved
