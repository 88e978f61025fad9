"""Take one change of ours back at a person's word, with its own line; or say why not."""

from __future__ import annotations

from typing import Final

from orderwarden.domain.choice import Needs
from orderwarden.domain.decision import SET_STATUS
from orderwarden.domain.facts import Facts
from orderwarden.domain.line import Line, Result, effect_key, may_be_replaced
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.undo import UNDO, why_not
from orderwarden.errors import TryAgain
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import Known
from orderwarden.services.process_steps.outcome import Outcome
from orderwarden.services.process_steps.plan import Plan
from orderwarden.services.process_steps.read import Reading, read
from orderwarden.services.process_steps.record import record
from orderwarden.services.process_steps.write import Changed, Written, write

MAX_CHANGED: Final = 3


def undo(case: Case) -> Outcome:
    """Put back the status before a change, unless something speaks against it."""
    line = case.line(case.signal.resource_id or "")
    reading = read(case) if line is not None else None
    if line is None or reading is None:
        return _end(case, Outcome("gone"))
    for _ in range(MAX_CHANGED):
        plan = _plan(case, line, reading)
        if isinstance(plan, Blocked):
            return _end(case, Outcome("blocked", UNDO, plan.reason))
        done = write(case, plan, reading)
        if isinstance(done, Written):
            case.written.append(done.line)
            return _end(case, Outcome("applied", UNDO))
        if not isinstance(done, Changed):
            return _end(case, Outcome(done.outcome, UNDO, done.reason))
        reading = done.reading
    raise TryAgain("order_keeps_changing", 30.0, backs_off=False)


def _plan(case: Case, line: Line, reading: Reading) -> Plan | Blocked:
    """Return the change that takes a line back, or what speaks against it, in a line."""
    known = Known(case, Facts(order=reading.order, now=reading.at))

    def question(facts: Facts) -> Blocked | Needs | None:
        return why_not(line, facts)

    blocked = known.ask(question)
    key = effect_key(case.signal.store, case.order_id, UNDO, SET_STATUS, line.id)
    plan = Plan(
        rule=UNDO,
        choice=None,
        action=SET_STATUS,
        to_status_id=line.from_status_id,
        occasion=line.id,
        line_id=key,
        facts=known.facts,
        restores=line,
    )
    before = case.line(key)
    if before is not None and not may_be_replaced(before, reading.at):
        return Blocked("had_already")
    if blocked is None:
        return plan
    record(case, reading, plan, Result.BLOCKED, blocked.reason)
    return blocked


def _end(case: Case, outcome: Outcome) -> Outcome:
    case.end(outcome.kind if not outcome.reason else f"{outcome.kind}: {outcome.reason}")
    return outcome
