"""The writes of a decision in turn: whose turn has room, and on what each stands."""

from __future__ import annotations

from dataclasses import replace

from orderwarden.domain.decision import Decision
from orderwarden.domain.in_turn import OF_THE_ORDER
from orderwarden.domain.line import WRITTEN, Line, Result, may_be_replaced
from orderwarden.domain.safeguards import Blocked
from orderwarden.errors import StoreUnauthorised, TryAgain
from orderwarden.services.process_steps.acts import ACTS
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.end import was_rejected
from orderwarden.services.process_steps.limits import count_turn, uncount_change, uncount_untried
from orderwarden.services.process_steps.next_write import MovedByStore, stand_on
from orderwarden.services.process_steps.read import Reading
from orderwarden.services.process_steps.record import record, review_blocked
from orderwarden.services.process_steps.write import reading_after, write_once
from orderwarden.services.process_steps.written import Changed, NotWritten, Written


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
        done = _next(case, decision, reading)
        if isinstance(done, NotWritten) and lines:
            return replace(done, reading=reading_after(case, lines[-1], reading))
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


def _next(case: Case, decision: Decision, reading: Reading) -> Written | Changed | NotWritten:
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
    return write_once(case, prepared, reading)


def _had(case: Case, before: Line, reading: Reading) -> Written | Changed:
    """Leave out what another signal made while this one was parked, or decide anew."""
    if before.result in WRITTEN:
        return Written(reading, ())
    case.store_decision(None)
    return Changed(reading)


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
