"""Steps 8 to 10: store the decision, write the line, look again, write, settle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from orderwarden.domain.decision import STAFF_NOTE, Decision, Write
from orderwarden.domain.line import Line, Result
from orderwarden.domain.reason import reason_of, storable
from orderwarden.domain.settlement import occurrences
from orderwarden.domain.undo import UNDO
from orderwarden.errors import (
    AnswerLost,
    LeaseLost,
    NotFound,
    Refused,
    StoreUnauthorised,
    TryAgain,
)
from orderwarden.ports import Review
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.limits import uncount_change
from orderwarden.services.process_steps.look_again import look_again, still_holds
from orderwarden.services.process_steps.note import appended, note_text
from orderwarden.services.process_steps.plan import Plan
from orderwarden.services.process_steps.read import Reading
from orderwarden.services.process_steps.record import line_for, record
from orderwarden.services.process_steps.rest import rest_of
from orderwarden.services.process_steps.settle import look

FRESH_FOR_S: Final = 2.0
LOOK_AGAIN_AFTER_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class Written:
    """The store shows the change; `reading` is its answer, or the look that found it."""

    reading: Reading
    line: Line


@dataclass(frozen=True, slots=True)
class Changed:
    """The order changed between reading and writing; `reading` is the second look."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class NotWritten:
    """The change was not made: refused by the store, or nothing fit to be written."""

    outcome: str
    reason: str = ""


def write(case: Case, plan: Plan, reading: Reading) -> Written | Changed | NotWritten:
    """Make one change, exactly once, with its line.

    Raises:
        TryAgain: It was not made, or it is not known yet; the receipt knows what to settle.
        StoreUnauthorised: It was not made.
    """
    decision = _decision(case, plan, reading)
    if plan.action == STAFF_NOTE and not decision.write.note:
        record(case, reading, plan, Result.BLOCKED, "no_room_for_note")
        return NotWritten("blocked", "no_room_for_note")
    case.store_decision(decision)
    line = _intended(case, plan, reading, decision)
    case.ensure_lease()
    if case.intend(line) is not None:
        raise TryAgain("line_contended", 1.0)
    with _nothing_sent(case, line):
        second = _second_look(case, plan, reading)
    if second is not None:
        case.settle(replace(line, is_counted=False), Result.BLOCKED, "changed", second.at)
        uncount_change(case, plan)
        case.store_decision(None)
        return Changed(second)
    return _put(case, decision, line, reading)


def _decision(case: Case, plan: Plan, reading: Reading) -> Decision:
    order = reading.order
    note = note_text(plan, order)
    return Decision(
        attempt=case.ports.new_id(),
        rule=plan.rule,
        rules_version=case.rules.version,
        path=tuple(r.name for r in plan.choice.path) if plan.choice else (plan.rule,),
        reason=_reason(plan),
        read_modified=order.date_modified,
        writes_before=case.writes,
        restores=plan.restores.id if plan.restores else None,
        write=Write(
            line_id=plan.line_id,
            action=plan.action,
            also=(STAFF_NOTE,) if note and plan.to_status_id is not None else (),
            occasion=plan.occasion,
            from_status_id=order.status_id,
            to_status_id=order.status_id if plan.to_status_id is None else plan.to_status_id,
            note=note,
            notes_before=occurrences(note, order) if note else 0,
            is_dangerous=plan.is_dangerous,
        ),
    )


def _reason(plan: Plan) -> str:
    if plan.rule == UNDO:
        return "a person took our change back"
    if plan.choice is None:
        return "money was found after our change: the status before it is put back"
    return reason_of(plan.choice.trace)


def _intended(case: Case, plan: Plan, reading: Reading, decision: Decision) -> Line:
    line = line_for(case, reading, plan, Result.INTENDED, decision.reason)
    return replace(
        line,
        attempt=decision.attempt,
        also=decision.write.also,
        is_counted=plan.choice is not None,
    )


def _second_look(case: Case, plan: Plan, reading: Reading) -> Reading | None:
    """Return a newer reading where it differs from the one that was decided on.

    Raises:
        TryAgain: It cannot be had, or is an older one.
    """
    is_old = reading.age_s(case.ports.clock.now()) > FRESH_FOR_S
    if not (is_old or plan.is_dangerous or plan.action == STAFF_NOTE):
        return None
    try:
        second = look_again(case, plan)
    except NotFound:
        raise TryAgain("order_not_there", LOOK_AGAIN_AFTER_S, backs_off=False) from None
    if second.reading.order.date_modified < reading.order.date_modified:
        raise TryAgain("reading_lags", LOOK_AGAIN_AFTER_S, backs_off=False)
    return None if still_holds(plan, reading.order, second) else second.reading


@contextmanager
def _nothing_sent(case: Case, line: Line) -> Iterator[None]:
    """Settle the line at once where what goes wrong leaves no doubt that nothing was written."""
    try:
        yield
    except (AnswerLost, LeaseLost):
        raise
    except (TryAgain, StoreUnauthorised) as prevented:
        case.settle(line, Result.NOT_APPLIED, str(prevented), line.at)
        case.store_decision(None)
        raise


def _put(case: Case, decision: Decision, line: Line, reading: Reading) -> Written | NotWritten:
    order, wanted = reading.order, decision.write
    notes = appended(order.staff_notes, wanted.note) if wanted.note else None
    case.ensure_lease()
    try:
        with _nothing_sent(case, line):
            answer = case.store.put_order(
                case.order_id, status_id=wanted.to_status_id, staff_notes=notes
            )
    except AnswerLost:
        return _after_loss(case, decision, line)
    except Refused as refused:
        return _refused(case, line, reading, refused)
    if answer.value.status_id != wanted.to_status_id:
        return _after_loss(case, decision, line)
    settled = case.settle(line, Result.APPLIED, line.reason, max(line.at, answer.at))
    rest_of(case, decision, settled)
    return Written(Reading(answer.value, answer.at, case.ports.clock.now()), settled)


def _after_loss(case: Case, decision: Decision, line: Line) -> Written:
    """Look at the order at once: mostly the write was made, and only its answer was lost.

    Raises:
        TryAgain: It does not show yet; a second look is due in a minute.
    """
    settled = look(case, decision, line)
    if settled.reading is None or settled.line is None:
        raise TryAgain("unconfirmed", 1.0)
    rest_of(case, decision, settled.line)
    return Written(settled.reading, settled.line)


def _refused(case: Case, line: Line, reading: Reading, refused: Refused) -> NotWritten:
    at = reading.store_time(case.ports.clock.now())
    case.settle(line, Result.FAILED, storable(str(refused)), at)
    case.ports.state.open_review(
        Review(
            id=f"refused-{line.id}",
            store=line.store,
            kind="refused",
            at=case.ports.clock.now(),
            detail=f"Order {line.order_id}: the store refused {line.action}: {refused}",
            order_id=line.order_id,
            rule=line.rule,
            line_id=line.id,
        )
    )
    case.store_decision(None)
    return NotWritten("refused")
