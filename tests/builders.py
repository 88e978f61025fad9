"""Builders of domain values: say what matters, the rest is ordinary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from orderwarden.domain.decision import Decision, Write
from orderwarden.domain.line import Line, Result
from orderwarden.domain.order import Order
from orderwarden.domain.seen import Seen
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.domain.statuses import IDS

T0 = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return the moment so many seconds after noon."""
    return T0 + timedelta(seconds=seconds)


def an_order(
    status: str = "Shipped",
    *,
    modified: float = 0.0,
    notes: str = "",
    is_archived: bool = False,
    **raw: object,
) -> Order:
    """Return an order last modified so many seconds after noon."""
    return Order(
        id=118,
        status_id=IDS[status],
        date_created=at(-86400),
        date_modified=at(modified),
        is_archived=is_archived,
        staff_notes=notes,
        raw=raw,
    )


def a_line(
    *,
    result: Result = Result.APPLIED,
    before: str = "Shipped",
    after: str | None = "Completed",
    intended: float = 0.0,
    settled: float | None = 0.5,
    rule: str = "complete",
    **more: object,
) -> Line:
    """Return a line intended and settled so many seconds after noon."""
    fields: dict[str, object] = {
        "id": "line-1",
        "at": at(intended),
        "store": "abc123",
        "order_id": 118,
        "trigger": "status_updated",
        "rule": rule,
        "rules_version": 1,
        "action": "set_status" if after else "staff_note",
        "also": (),
        "from_status_id": IDS[before],
        "to_status_id": IDS[after] if after else None,
        "result": result,
        "reason": "",
        "attempt": "attempt-1",
        "read_modified": at(-10),
        "settled_at": None if settled is None else at(settled),
    }
    return Line(**{**fields, **more})  # type: ignore[arg-type]


def a_decision(
    *, to: str = "Completed", note: str = "", notes_before: int = 0, **more: object
) -> Decision:
    """Return a decision to set a status, read ten seconds before noon."""
    write = Write(
        line_id="line-1",
        rule="complete",
        path=("complete",),
        reason="",
        action="set_status",
        also=(),
        occasion="",
        from_status_id=IDS["Shipped"],
        to_status_id=IDS[to],
        read_modified=at(-10),
        note=note,
        notes_before=notes_before,
    )
    fields: dict[str, object] = {
        "attempt": "attempt-1",
        "rules_version": 1,
        "writes": (write,),
    }
    return Decision(**{**fields, **more})  # type: ignore[arg-type]


def a_signal(
    trigger: Trigger = Trigger.ORDER_UPDATED,
    *,
    occurred: float = 0.0,
    before: str | None = None,
    after: str | None = None,
) -> Signal:
    """Return a signal that occurred so many seconds after noon."""
    return Signal(
        store="abc123",
        order_id=118,
        trigger=trigger,
        occurred_at=at(occurred),
        receipt_key="wh-1",
        previous_status_id=IDS[before] if before else None,
        new_status_id=IDS[after] if after else None,
    )


def a_status_event(before: str, after: str, *, occurred: float = 0.0) -> Signal:
    """Return a status event."""
    return a_signal(Trigger.STATUS_UPDATED, occurred=occurred, before=before, after=after)


def seen(*, modified: float = 0.0, read: float = 0.0, status: str = "Shipped") -> Seen:
    """Return what was seen: modified and read so many seconds after noon."""
    return Seen("abc123", 118, at(read), at(modified), IDS[status])
