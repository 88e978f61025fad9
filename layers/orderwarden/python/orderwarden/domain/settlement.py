"""What became of a write whose answer was lost, judged by looking at the order afterwards.

docs/architecture.md, "When an answer is lost", tells the table in words.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from orderwarden.domain.decision import SET_STATUS, Decision, Write
from orderwarden.domain.line import Line
from orderwarden.domain.order import Order
from orderwarden.domain.order_fields import has_written

BEFORE: Final = timedelta(seconds=2)
AFTER: Final = timedelta(seconds=30)
"""A change dated this long around the moment it was intended is taken for ours."""

LOST: Final = "lost"
"""In a write's content: what it was to write is not known any more."""

SECOND_LOOK_AFTER: Final = timedelta(seconds=60)
"""A commit may still come after its answer was lost; two looks lie this far apart."""


class Shown(StrEnum):
    """What the store shows of a write whose answer was lost."""

    WANTED = "wanted"
    AS_BEFORE = "as_before"
    OTHERWISE = "otherwise"


class Verdict(StrEnum):
    """What a look at the order says."""

    RECOVERED = "recovered"
    LOOK_AGAIN = "look_again"
    NOT_APPLIED = "not_applied"
    UNCONFIRMED = "unconfirmed"


def judge(decision: Decision, shown: Shown, now: datetime) -> Verdict:
    """Return what became of the decision's write.

    Args:
        decision: As stored; `looked_at` is set once a look found nothing.
        shown: What the store shows now.
        now: Our clock, as `looked_at`.
    """
    if shown is Shown.WANTED:
        return Verdict.RECOVERED
    if decision.looked_at is None or now - decision.looked_at < SECOND_LOOK_AFTER:
        return Verdict.LOOK_AGAIN
    return Verdict.NOT_APPLIED if shown is Shown.AS_BEFORE else Verdict.UNCONFIRMED


def shown_by(order: Order | None, write: Write, line: Line) -> Shown:
    """Return what an order shows of a PUT to it; the order is None where the store has none."""
    if order is not None and shows(write, line, order):
        return Shown.WANTED
    is_as_before = order is not None and order.date_modified == write.read_modified
    return Shown.AS_BEFORE if is_as_before else Shown.OTHERWISE


def fits(line: Line, at: datetime | None) -> bool:
    """Return whether something dated so may come from this line's write."""
    return at is not None and line.at - BEFORE <= at <= line.at + AFTER


def shows(write: Write, line: Line, order: Order) -> bool:
    """Return whether the order shows this write: status, text and a date that fits."""
    has_status = order.status_id == write.to_status_id
    has_note = not write.note or occurrences(write.note, order) > write.notes_before
    has_fields = has_written(order, write.content.get("fields", {}))
    return has_status and has_note and has_fields and fits(line, order.date_modified)


def occurrences(note: str, order: Order) -> int:
    """Return how often a text stands in the staff notes, however its white space was kept."""
    return " ".join(order.staff_notes.split()).count(" ".join(note.split()))


def adopt(line: Line) -> Decision:
    """Return a decision that stands for an intended line whose own was lost.

    What a status does not tell is not in its line: of a text, a parcel or money only "nothing
    changed" can be told then, or not even that.
    """
    to_status_id = line.from_status_id if line.to_status_id is None else line.to_status_id
    write = Write(
        line_id=line.id,
        rule=line.rule,
        path=line.path,
        reason=line.reason,
        action=line.action,
        also=line.also,
        occasion=line.occasion,
        from_status_id=line.from_status_id,
        to_status_id=to_status_id,
        read_modified=line.read_modified or line.at,
        note="" if line.action == SET_STATUS else f"\0{line.id}",
        is_dangerous=line.is_dangerous,
        content={LOST: True},
    )
    return Decision(
        attempt=line.attempt,
        rules_version=line.rules_version,
        writes=(write,),
        restores=line.restores,
    )
