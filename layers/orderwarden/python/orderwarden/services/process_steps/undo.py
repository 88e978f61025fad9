"""Take one change of ours back at a person's word, with its own line; or say why not."""

from __future__ import annotations

from typing import Final

from orderwarden.domain.decision import SET_STATUS, Decision, Write
from orderwarden.domain.facts import Facts
from orderwarden.domain.line import Line, Result, effect_key, may_be_replaced
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.undo import UNDO, why_not
from orderwarden.errors import TryAgain
from orderwarden.services.process_steps.carry_out import carry_out
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import Known
from orderwarden.services.process_steps.outcome import Outcome
from orderwarden.services.process_steps.read import Reading, Unread, read
from orderwarden.services.process_steps.record import record
from orderwarden.services.process_steps.written import Changed, Written

MAX_CHANGED: Final = 3


def undo(case: Case) -> Outcome:
    """Put back the status before a change, unless something speaks against it."""
    line = case.line(case.signal.resource_id or "")
    reading = read(case) if line is not None else Unread.GONE
    if line is None or isinstance(reading, Unread):
        return _end(case, Outcome(str(reading)))
    for _ in range(MAX_CHANGED):
        write = _write(case, line, reading)
        blocked = _blocked(case, line, reading, write)
        if blocked is not None:
            return _end(case, Outcome("blocked", UNDO, blocked.reason))
        done = carry_out(case, _decision(case, line, write), reading)
        if isinstance(done, Written):
            return _end(case, Outcome("applied", UNDO))
        if not isinstance(done, Changed):
            return _end(case, Outcome(done.outcome, UNDO, done.reason))
        reading = done.reading
    raise TryAgain("order_keeps_changing", 30.0, backs_off=False)


def _write(case: Case, line: Line, reading: Reading) -> Write:
    return Write(
        line_id=effect_key(case.signal.store, case.order_id, UNDO, SET_STATUS, line.id),
        rule=UNDO,
        path=(UNDO,),
        reason="a person took our change back",
        action=SET_STATUS,
        also=(),
        occasion=line.id,
        from_status_id=reading.order.status_id,
        to_status_id=line.from_status_id,
        read_modified=reading.order.date_modified,
    )


def _decision(case: Case, line: Line, write: Write) -> Decision:
    return Decision(
        attempt=case.ports.new_id(),
        rules_version=case.rules.version,
        writes=(write,),
        writes_before=case.writes,
        restores=line.id,
    )


def _blocked(case: Case, line: Line, reading: Reading, write: Write) -> Blocked | None:
    """Return what speaks against it, once that stands in a line."""
    before = case.line(write.line_id)
    if before is not None and not may_be_replaced(before, reading.at):
        return Blocked("had_already")
    known = Known(case, Facts(order=reading.order, now=reading.at))
    blocked = known.ask(lambda facts: why_not(line, facts))
    if blocked is not None:
        record(case, reading, write, Result.BLOCKED, blocked.reason)
    return blocked


def _end(case: Case, outcome: Outcome) -> Outcome:
    case.end(outcome.kind if not outcome.reason else f"{outcome.kind}: {outcome.reason}")
    return outcome
