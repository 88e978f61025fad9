"""Write lines: of a change about to be tried, and of one that was not to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.decision import Decision, Write
from orderwarden.domain.line import Line, Result, may_be_replaced
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.undo import UNDO
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.read import Reading

_NEXT: Final = timedelta(microseconds=1)


def intended_line(case: Case, reading: Reading, decision: Decision) -> Line:
    """Return the line of the write in hand, dated now by the store's clock."""
    line = _line(case, reading, decision.write, Result.INTENDED, decision.write.reason)
    return replace(
        line,
        rules_version=decision.rules_version,
        attempt=decision.attempt,
        is_counted=decision.restores is None and decision.begins_turn,
        restores=decision.restores,
    )


def record(case: Case, reading: Reading, write: Write, result: Result, reason: str) -> None:
    """Write a line that stands for no write: `blocked` or `would`; once is enough."""
    before = case.line(write.line_id)
    is_there = before is not None and (before.result, before.reason) == (result, reason)
    if is_there or (before is not None and not may_be_replaced(before, reading.at)):
        return
    case.intend(_line(case, reading, write, result, reason))


def review_blocked(case: Case, write: Write, blocked: Blocked) -> None:
    """Ask a person about a change that the machine will not make by itself."""
    reason = blocked.reason
    said = f" The store said: {blocked.detail}" if blocked.detail else ""
    why = _WHY.get(reason, f"was kept from acting: {reason}")
    case.ask_person(
        kind=reason,
        about=f"{write.rule}-{case.order_id}-{case.ports.clock.now():%Y-%m-%d}",
        detail=f"Order {case.order_id}: rule {write.rule} {why}; "
        f"it leaves the order alone until a person decides.{said}",
        rule=write.rule,
        line_id=write.line_id,
    )


_WHY: Final = {
    "tug_of_war": "was reversed twice within a day",
    "not_captured": "captured a payment that the store says was not captured",
    "quote_refused": "asked for a refund that the store gives no quote for",
    "quote_differs": "asked for a refund that the store's quote does not come to",
    "refund_by_hand_only": "asked for a refund that only a person can pay out",
}


def _line(case: Case, reading: Reading, write: Write, result: Result, reason: str) -> Line:
    signal = case.signal
    return Line(
        id=write.line_id,
        at=_now(case, reading),
        store=signal.store,
        order_id=case.order_id,
        trigger=signal.trigger.value,
        rule=write.rule,
        rules_version=case.rules.version,
        action=write.action,
        also=write.also,
        from_status_id=write.from_status_id,
        to_status_id=write.to_status_id if write.changes_status else None,
        result=result,
        reason=reason,
        actor="undo" if write.rule == UNDO else "rule",
        run_id=signal.run_id,
        path=write.path,
        read_modified=write.read_modified,
        occasion=write.occasion,
        is_dangerous=write.is_dangerous,
    )


def _now(case: Case, reading: Reading) -> datetime:
    """Return the store's time, never before our last write: a `Date` cuts fractions off."""
    now = reading.store_time(case.ports.clock.now())
    return max((now, *(line.at + _NEXT for line in case.written)))
