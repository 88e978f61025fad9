"""Steps 8 to 10 for one write: store the decision, write the line, look again, write, settle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from orderwarden.domain.decision import Decision
from orderwarden.domain.in_turn import OF_THE_ORDER
from orderwarden.domain.line import WRITTEN, Line, Result
from orderwarden.domain.order import Order
from orderwarden.domain.order_fields import order_changes
from orderwarden.domain.reason import storable
from orderwarden.domain.rules.effects import HOLD, NOTIFY
from orderwarden.errors import AnswerLost, LeaseLost, Refused, StoreUnauthorised, TryAgain
from orderwarden.ports import Answer
from orderwarden.services.process_steps.acts import ACTS
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.limits import uncount_change
from orderwarden.services.process_steps.look_again import look_again
from orderwarden.services.process_steps.note import appended
from orderwarden.services.process_steps.read import Reading, await_parcels, take_or_wait
from orderwarden.services.process_steps.record import intended_line
from orderwarden.services.process_steps.rest import rest_of
from orderwarden.services.process_steps.settle import look
from orderwarden.services.process_steps.written import Changed, NotWritten, Written

SHOWN_BY_LAST_READING: Final = frozenset({*OF_THE_ORDER, NOTIFY, HOLD})
"""After these nothing is to be read: the answer shows the order, or it is still what it was."""


def write_once(case: Case, decision: Decision, reading: Reading) -> Written | Changed | NotWritten:
    """Make the write in hand exactly once, with its line.

    Raises:
        TryAgain: It was not made, or it is not known yet; the receipt knows what to settle.
        StoreUnauthorised: It was not made.
    """
    case.store_decision(decision)
    line = intended_line(case, reading, decision)
    case.ensure_lease()
    if case.intend(line) is not None:
        raise TryAgain("line_contended", 1.0)
    with _nothing_sent(case, decision, line):
        second = look_again(case, decision, reading)
    if second is not None:
        case.settle(replace(line, is_counted=False), Result.BLOCKED, "changed", second.at)
        uncount_change(case, decision)
        case.store_decision(None)
        return Changed(second)
    if decision.write.action in OF_THE_ORDER:
        return _put(case, decision, line, reading)
    return _act(case, decision, line, reading)


@contextmanager
def _nothing_sent(case: Case, decision: Decision, line: Line) -> Iterator[None]:
    """Settle the line at once where what goes wrong leaves no doubt that nothing was written.

    What is left of a decision whose first writes were made is owed, and stays in the receipt.
    """
    try:
        yield
    except (AnswerLost, LeaseLost):
        raise
    except (TryAgain, StoreUnauthorised) as prevented:
        case.settle(line, Result.NOT_APPLIED, storable(str(prevented)), line.at)
        if not decision.is_begun:
            case.store_decision(None)
        raise


def _put(case: Case, decision: Decision, line: Line, reading: Reading) -> Written | NotWritten:
    wanted = decision.write
    case.ensure_lease()
    try:
        with _nothing_sent(case, decision, line):
            answer = _send(case, decision, reading)
    except AnswerLost:
        return _after_loss(case, decision, line)
    except Refused as refused:
        return _refused(case, line, reading, refused)
    if answer.value.status_id != wanted.to_status_id:
        return _after_loss(case, decision, line)
    settled = case.settle(line, Result.APPLIED, line.reason, max(line.at, answer.at))
    rest_of(case, decision, settled)
    return Written(Reading(answer.value, answer.at, case.ports.clock.now()), (settled,))


def _send(case: Case, decision: Decision, reading: Reading) -> Answer[Order]:
    order, wanted = reading.order, decision.write
    notes = appended(order.staff_notes, wanted.note) if wanted.note else None
    fields = wanted.content.get("fields")
    if not fields:
        status_id = wanted.to_status_id
        return case.store.put_order(case.order_id, status_id=status_id, staff_notes=notes)
    changes = order_changes(fields, order, status_id=wanted.to_status_id, staff_notes=notes)
    return case.store.update_order(case.order_id, changes)


def _act(case: Case, decision: Decision, line: Line, reading: Reading) -> Written | NotWritten:
    """Do what is no PUT to the order."""
    case.ensure_lease()
    try:
        with _nothing_sent(case, decision, line):
            ACTS[line.action].do(case, decision.write, line)
    except AnswerLost:
        return _after_loss(case, decision, line)
    except Refused as refused:
        return _refused(case, line, reading, refused)
    at = max(line.at, reading.store_time(case.ports.clock.now()))
    settled = case.settle(line, Result.APPLIED, line.reason, at)
    is_last = decision.after() is None  # what follows in turn looks itself
    return Written(reading_after(case, settled, reading) if is_last else reading, (settled,))


def reading_after(case: Case, line: Line, reading: Reading) -> Reading:
    """Return what the order looks like after a write, given the latest reading there is."""
    if line.action in SHOWN_BY_LAST_READING:
        return reading
    after = take_or_wait(case)
    await_parcels(case, after)
    return after


def _after_loss(case: Case, decision: Decision, line: Line) -> Written:
    """Look at once: mostly the write was made, and only its answer was lost.

    Raises:
        TryAgain: It does not show yet; a second look is due in a minute.
    """
    settled, reading = look(case, decision, line)
    if settled.result not in WRITTEN:
        raise TryAgain("unconfirmed", 1.0)
    rest_of(case, decision, settled)
    return Written(reading or take_or_wait(case), (settled,))


def _refused(case: Case, line: Line, reading: Reading, refused: Refused) -> NotWritten:
    at = reading.store_time(case.ports.clock.now())
    case.settle(line, Result.FAILED, storable(str(refused)), at)
    case.ask_person(
        kind="refused",
        about=line.id,
        detail=f"Order {line.order_id}: the store refused {line.action}: {refused}",
        rule=line.rule,
        line_id=line.id,
    )
    case.store_decision(None)
    return NotWritten("refused", line.rule)
