"""A later write of a decision: what the order looks like now that the earlier ones were made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from orderwarden.domain.decision import SET_STATUS, Decision, Write
from orderwarden.domain.in_turn import MOVES_THE_ORDER, OF_THE_ORDER
from orderwarden.domain.line import Line
from orderwarden.domain.money import is_in_motion, is_not_captured
from orderwarden.domain.rules.effects import CAPTURE, VOID
from orderwarden.domain.settlement import occurrences
from orderwarden.errors import TryAgain
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.read import (
    LOOK_AGAIN_AFTER_S,
    Reading,
    is_from_before,
    take_or_wait,
)
from orderwarden.services.process_steps.written import Changed

SETTLED_WITHIN: Final = timedelta(hours=24)
PENDING_LOOK_AFTER_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class MovedByStore:
    """The store set another status by itself, and nothing else is left of the write."""

    reading: Reading


def stand_on(
    case: Case, decision: Decision, reading: Reading
) -> tuple[Decision, Reading] | Changed | MovedByStore:
    """Return the decision with its write in hand made to stand on the order as it is now.

    Raises:
        TryAgain: The order does not show yet what the earlier writes did.
    """
    if decision.write.action not in {*OF_THE_ORDER, *MOVES_THE_ORDER}:
        return decision, reading
    earlier = decision.writes[: decision.step]
    if earlier[-1].action not in OF_THE_ORDER:
        reading = take_or_wait(case)
    order = reading.order
    mover = next((each for each in reversed(earlier) if each.action in MOVES_THE_ORDER), None)
    if mover is not None:
        _await_move(case, mover, reading)
    is_moved = order.status_id != _left_at(earlier)
    if mover is not None and mover.action == CAPTURE and is_not_captured(order):
        return Changed(reading)
    if order.is_archived or (is_moved and mover is None):
        return Changed(reading)
    write = decision.write
    if is_moved and write.changes_status:
        if not write.also:
            return MovedByStore(reading)
        write = _without_status(write)
    return decision.with_write(_standing_on(write, reading)), reading


def _await_move(case: Case, mover: Write, reading: Reading) -> None:
    """Raise `TryAgain` while a body may be from before our parcel, or money is on its way."""
    line = case.line(mover.line_id)
    since = _since(line, reading)
    if line is not None and is_from_before(line, reading):
        raise TryAgain("reading_lags", LOOK_AGAIN_AFTER_S, backs_off=False)
    is_awaited = mover.action in {CAPTURE, VOID} and since < SETTLED_WITHIN
    if is_awaited and is_in_motion(reading.order):
        raise TryAgain(f"{mover.action}_pending", PENDING_LOOK_AFTER_S, backs_off=False)


def _since(line: Line | None, reading: Reading) -> timedelta:
    return reading.at - line.at if line is not None else SETTLED_WITHIN


def _left_at(earlier: tuple[Write, ...]) -> int:
    """Return the status that the writes made so far left the order in, but for the store's own."""
    puts = [write for write in earlier if write.action in OF_THE_ORDER]
    return puts[-1].to_status_id if puts else earlier[0].from_status_id


def _without_status(write: Write) -> Write:
    """Return what is left of a PUT whose status the store has settled: its fields and note."""
    return replace(write, action=write.also[0], also=write.also[1:])


def _standing_on(write: Write, reading: Reading) -> Write:
    order = reading.order
    keeps = write.action != SET_STATUS
    return replace(
        write,
        from_status_id=order.status_id,
        to_status_id=order.status_id if keeps else write.to_status_id,
        read_modified=order.date_modified,
        notes_before=occurrences(write.note, order) if write.note else 0,
    )
