"""The last question of step 7: has this rule changed enough for now?

Counted per change, in one conditional write each, so that several workers together never pass
a limit. A change that was counted and then not made is not counted again when it is retried.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from orderwarden.domain.rules.model import Rule
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.plan import Plan


@dataclass(frozen=True, slots=True)
class LimitReached:
    """A rule that must wait.

    Attributes:
        reason: approve_after or per_hour.
        until: When it may go on by itself; None: when a person approves.
        waits_for: What may free it before that.
    """

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
    """Count one change of the winner, or say which limit it would pass."""
    line = case.line(plan.line_id)
    if plan.choice is None or (line is not None and line.is_counted):
        return None
    rule, store, state = plan.choice.rule, case.signal.store, case.ports.state
    now = case.ports.clock.now()
    per_hour, approve_after = rule.limits.per_hour, rule.limits.approve_after
    if per_hour is not None and not state.take(store, hour_name(rule, now), per_hour):
        next_hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        return LimitReached("per_hour", next_hour, "")
    is_approved = f"{rule.name}:{rule.fingerprint}" in case.controls.approved
    if approve_after is None or is_approved:
        return None
    if state.take(store, changes_name(rule), approve_after):
        return None
    if per_hour is not None:
        state.give_back(store, hour_name(rule, now))
    return LimitReached("approve_after", None, f"approval:{rule.name}")
