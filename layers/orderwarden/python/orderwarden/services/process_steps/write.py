"""Steps 8 to 10: store the decision, write the line, look again, write, settle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from orderwarden.domain.decision import Decision
from orderwarden.domain.in_turn import OF_THE_ORDER
from orderwarden.domain.line import WRITTEN, Line, Result, may_be_replaced
from orderwarden.domain.order import Order
from orderwarden.domain.order_fields import order_changes
from orderwarden.domain.reason import storable
from orderwarden.domain.rules.effects import HOLD, NOTIFY
from orderwarden.domain.safeguards import Blocked
from orderwarden.errors import (
    AnswerLost,
    LeaseLost,
    NotFound,
    Refused,
    StoreUnauthorised,
    TryAgain,
)
from orderwarden.ports import Answer
from orderwarden.services.process_steps.acts import ACTS
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.end import was_rejected
from orderwarden.services.process_steps.limits import count_turn, uncount_change, uncount_untried
from orderwarden.services.process_steps.look_again import look_again, still_holds
from orderwarden.services.process_steps.next_write import MovedByStore, stand_on
from orderwarden.services.process_steps.note import appended
from orderwarden.services.process_steps.read import (
    LOOK_AGAIN_AFTER_S,
    Reading,
    await_parcels,
    take_or_wait,
)
from orderwarden.services.process_steps.record import intended_line, record, review_blocked
from orderwarden.services.process_steps.rest import rest_of
from orderwarden.services.process_steps.settle import look
from orderwarden.services.process_steps.written import Changed, NotWritten, Written

FRESH_FOR_S: Final = 2.0
SHOWN_BY_LAST_READING: Final = frozenset({*OF_THE_ORDER, NOTIFY, HOLD})
"""After these nothing is to be read: the answer shows the order, or it is still what it was."""


def carry_out(case: Case, decision: Decision, reading: Reading) -> Written | Changed | NotWritten:
    """Make the writes of a decision in turn, each exactly once, each with its line.

    Args:
        case: The signal in hand.
        decision: What is left of it may be all, or what an earlier attempt owed.
        reading: What it was decided on, or the latest there is.

    Raises:
        TryAgain: One was not made, or it is not known yet; the receipt knows what to settle.
        StoreUnauthorised: One was not made.
    """
    lines: list[Line] = []
    while True:
        with_room = _with_room(case, decision, reading)
        if with_room is None:
            return Written(reading, tuple(lines))
        decision = with_room
        done = _write(case, decision, reading)
        if isinstance(done, NotWritten) and lines:
            return replace(done, reading=_reading_after(case, lines[-1], reading))
        if not isinstance(done, Written):
            return done
        lines += done.lines
        case.written += done.lines
        following = decision.after()
        if following is None:
            return Written(done.reading, tuple(lines))
        decision, reading = following, done.reading


def _with_room(case: Case, decision: Decision, reading: Reading) -> Decision | None:
    """Return what is left once lower rules whose limit is reached are left out; they wait."""
    left: Decision | None = decision
    while left is not None and left.is_begun and left.begins_turn:
        limit = count_turn(case, left)
        if limit is None:
            return left
        is_rejected = was_rejected(case, limit)
        reason = "rejected" if is_rejected else limit.reason
        record(case, reading, left.write, Result.BLOCKED, reason)
        case.held_back = case.held_back if is_rejected else limit
        left = left.without_turn()
    return left


def _write(case: Case, decision: Decision, reading: Reading) -> Written | Changed | NotWritten:
    """Make the write in hand, once it stands on the order as it is now."""
    before = case.line(decision.write.line_id) if decision.is_begun else None
    if before is not None and not may_be_replaced(before, reading.at):
        return _had(case, before, reading)
    stood = stand_on(case, decision, reading) if decision.is_begun else (decision, reading)
    if isinstance(stood, Changed):
        case.store_decision(None)
        return stood
    if isinstance(stood, MovedByStore):
        record(case, stood.reading, decision.write, Result.BLOCKED, "moved_by_store")
        return Written(stood.reading, ())
    decision, reading = stood
    prepared = _prepared(case, decision)
    if isinstance(prepared, Blocked):
        return _unfit(case, decision, reading, prepared)
    return _try(case, prepared, reading)


def _had(case: Case, before: Line, reading: Reading) -> Written | Changed:
    """Leave out what another signal made while this one was parked, or decide anew."""
    if before.result in WRITTEN:
        return Written(reading, ())
    case.store_decision(None)
    return Changed(reading)


def _try(case: Case, decision: Decision, reading: Reading) -> Written | Changed | NotWritten:
    """Store the decision, write its line, look again, and write."""
    case.store_decision(decision)
    line = intended_line(case, reading, decision)
    case.ensure_lease()
    if case.intend(line) is not None:
        raise TryAgain("line_contended", 1.0)
    with _nothing_sent(case, decision, line):
        second = _second_look(case, decision, reading)
    if second is not None:
        case.settle(replace(line, is_counted=False), Result.BLOCKED, "changed", second.at)
        uncount_change(case, decision)
        case.store_decision(None)
        return Changed(second)
    if decision.write.action in OF_THE_ORDER:
        return _put(case, decision, line, reading)
    return _act(case, decision, line, reading)


def _prepared(case: Case, decision: Decision) -> Decision | Blocked:
    if decision.write.action in OF_THE_ORDER:
        return decision
    try:
        write = ACTS[decision.write.action].prepare(case, decision.write)
    except (TryAgain, StoreUnauthorised):
        uncount_untried(case, decision)
        raise
    return write if isinstance(write, Blocked) else decision.with_write(write)


def _unfit(case: Case, decision: Decision, reading: Reading, blocked: Blocked) -> NotWritten:
    record(case, reading, decision.write, Result.BLOCKED, blocked.reason)
    if blocked.needs_person:
        review_blocked(case, decision.write, blocked)
    uncount_change(case, decision)
    case.store_decision(None)
    return NotWritten("blocked", decision.write.rule, blocked.reason)


def _second_look(case: Case, decision: Decision, reading: Reading) -> Reading | None:
    """Return a newer reading where it differs from the one that was decided on.

    Raises:
        TryAgain: It cannot be had, or is an older one.
    """
    write = decision.write
    is_old = reading.age_s(case.ports.clock.now()) > FRESH_FOR_S
    repeats_status = write.action in OF_THE_ORDER and not write.changes_status
    if decision.is_begun and not (write.is_dangerous or write.action in OF_THE_ORDER):
        return None
    if not (is_old or write.is_dangerous or repeats_status):
        return None
    if write.is_dangerous and not repeats_status and _just_looked(case, reading):
        return None
    try:
        second = look_again(case, write, reading)
    except NotFound:
        raise TryAgain("order_not_there", LOOK_AGAIN_AFTER_S, backs_off=False) from None
    if second.reading.order.date_modified < reading.order.date_modified:
        raise TryAgain("reading_lags", LOOK_AGAIN_AFTER_S, backs_off=False)
    return None if still_holds(case, decision, reading.order, second) else second.reading


def _just_looked(case: Case, reading: Reading) -> bool:
    """Return whether order and transactions are the last that was read, and read just now."""
    money, now = reading.money, case.ports.clock.now()
    if money is None or money.calls != case.calls.made:
        return False
    return (now - money.asked_at).total_seconds() <= FRESH_FOR_S


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
    return Written(_reading_after(case, settled, reading) if is_last else reading, (settled,))


def _reading_after(case: Case, line: Line, reading: Reading) -> Reading:
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
