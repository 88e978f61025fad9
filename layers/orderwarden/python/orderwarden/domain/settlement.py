"""What became of a write whose answer was lost, judged by looking at the order afterwards.

docs/architecture.md, "When an answer is lost", tells the table in words.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from orderwarden.domain.decision import STAFF_NOTE, Decision, Write
from orderwarden.domain.line import Line
from orderwarden.domain.order import Order

BEFORE: Final = timedelta(seconds=2)
AFTER: Final = timedelta(seconds=30)
"""A change dated this long around the moment it was intended is taken for ours."""

SECOND_LOOK_AFTER: Final = timedelta(seconds=60)
"""A commit may still come after its answer was lost; two looks lie this far apart."""


class Verdict(StrEnum):
    """What a look at the order says."""

    RECOVERED = "recovered"
    LOOK_AGAIN = "look_again"
    NOT_APPLIED = "not_applied"
    UNCONFIRMED = "unconfirmed"


def judge(decision: Decision, line: Line, order: Order | None, now: datetime) -> Verdict:
    """Return what became of the decision's write.

    Args:
        decision: As stored; `looked_at` is set once a look found nothing.
        line: Its intended line.
        order: As read now; None where the store does not have it.
        now: Our clock, as `looked_at`.
    """
    if order is not None and shows(decision.write, line, order):
        return Verdict.RECOVERED
    if decision.looked_at is None or now - decision.looked_at < SECOND_LOOK_AFTER:
        return Verdict.LOOK_AGAIN
    if order is not None and order.date_modified == decision.read_modified:
        return Verdict.NOT_APPLIED
    return Verdict.UNCONFIRMED


def shows(write: Write, line: Line, order: Order) -> bool:
    """Return whether the order shows this write: status, text and a date that fits."""
    has_status = order.status_id == write.to_status_id
    has_note = not write.note or occurrences(write.note, order) > write.notes_before
    fits = line.at - BEFORE <= order.date_modified <= line.at + AFTER
    return has_status and has_note and fits


def occurrences(note: str, order: Order) -> int:
    """Return how often a text stands in the staff notes, however its white space was kept."""
    return " ".join(order.staff_notes.split()).count(" ".join(note.split()))


def adopt(line: Line) -> Decision:
    """Return a decision that stands for an intended line whose own was lost.

    The text of a note is not in its line: of a note alone only "nothing changed" can be told,
    so it asks for a text that no order has.
    """
    note = f"\0{line.id}" if line.action == STAFF_NOTE else ""
    to_status_id = line.from_status_id if line.to_status_id is None else line.to_status_id
    write = Write(
        line_id=line.id,
        action=line.action,
        also=line.also,
        occasion=line.occasion,
        from_status_id=line.from_status_id,
        to_status_id=to_status_id,
        note=note,
        is_dangerous=line.is_dangerous,
    )
    return Decision(
        attempt=line.attempt,
        rule=line.rule,
        rules_version=line.rules_version,
        path=line.path,
        reason=line.reason,
        read_modified=line.read_modified or line.at,
        write=write,
        restores=line.restores,
    )
