"""Is a status event the echo of our own change, and did our change hide another one?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from orderwarden.domain.in_turn import OF_THE_ORDER
from orderwarden.domain.line import WRITTEN, Line, intended_at
from orderwarden.domain.settlement import AFTER, BEFORE
from orderwarden.domain.signal import Signal, Trigger

ANNOUNCED_WITHIN: Final = timedelta(seconds=5)
"""How much later than the answer to our write its event may be dated."""


def echoed_line(signal: Signal, lines: Iterable[Line]) -> Line | None:
    """Return the line whose own change this status event announces, if any."""
    for line in lines:
        if _tells_of(signal, line) and line.from_status_id == signal.previous_status_id:
            return line
    return None


def overwriting_line(signal: Signal, lines: Iterable[Line]) -> Line | None:
    """Return the latest line whose write came from another status than the one we had read.

    A note alone counts too, and fields alone: their PUT repeats the status that was read.

    BigCommerce has no conditional write: a change by someone else between our look and our
    write is lost, and this event is the only trace of it.
    """
    known = tuple(lines)
    if echoed_line(signal, known) is not None:
        return None
    for line in sorted(known, key=intended_at, reverse=True):
        if not _tells_of(signal, line) or line.from_status_id == signal.previous_status_id:
            continue
        if _began_from(signal, line):
            continue
        if not any(_changed_from(signal, other) for other in known if _is_earlier(other, line)):
            return line
    return None


def _began_from(signal: Signal, line: Line) -> bool:
    """Return whether a note alone was written upon what the event brought."""
    if line.to_status_id is not None or line.read_modified is None:
        return False
    return signal.occurred_at <= line.read_modified


def _changed_from(signal: Signal, line: Line) -> bool:
    """Return whether a change of ours began from what the event brought: nothing was hidden."""
    is_its_status = line.result in WRITTEN and line.from_status_id == signal.new_status_id
    return is_its_status and line.read_modified == signal.occurred_at


def _is_earlier(other: Line, line: Line) -> bool:
    return other.at <= line.at and line.id not in {other.id, other.restores}


def _tells_of(signal: Signal, line: Line) -> bool:
    if signal.trigger is not Trigger.STATUS_UPDATED or signal.previous_status_id is None:
        return False
    given = line.from_status_id if line.to_status_id is None else line.to_status_id
    was_put = line.result in WRITTEN and line.action in OF_THE_ORDER
    if not was_put or given != signal.new_status_id:
        return False
    settled_at = min(line.settled_at or line.at, line.at + AFTER)
    return line.at - BEFORE <= signal.occurred_at <= settled_at + ANNOUNCED_WITHIN
