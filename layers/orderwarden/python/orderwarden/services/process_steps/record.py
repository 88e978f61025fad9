"""Write lines: of a change about to be tried, and of one that was not to be."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.line import Line, Result, may_be_replaced
from orderwarden.domain.undo import UNDO
from orderwarden.ports import Review
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.plan import Plan
from orderwarden.services.process_steps.read import Reading

_NEXT: Final = timedelta(microseconds=1)


def line_for(case: Case, reading: Reading, plan: Plan, result: Result, reason: str) -> Line:
    """Return the line of a plan, dated now by the store's clock."""
    choice, signal = plan.choice, case.signal
    order = reading.order
    has_note = choice is not None and bool(choice.notes) and plan.to_status_id is not None
    return Line(
        id=plan.line_id,
        at=_now(case, reading),
        store=signal.store,
        order_id=case.order_id,
        trigger=signal.trigger.value,
        rule=plan.rule,
        rules_version=case.rules.version,
        action=plan.action,
        also=("staff_note",) if has_note else (),
        from_status_id=order.status_id,
        to_status_id=plan.to_status_id,
        result=result,
        reason=reason,
        actor="undo" if plan.rule == UNDO else "rule",
        run_id=signal.run_id,
        path=tuple(rule.name for rule in choice.path) if choice else (plan.rule,),
        read_modified=order.date_modified,
        occasion=plan.occasion,
        is_dangerous=plan.is_dangerous,
        restores=plan.restores.id if plan.restores else None,
    )


def _now(case: Case, reading: Reading) -> datetime:
    """Return the store's time, never before our last write: a `Date` cuts fractions off."""
    now = reading.store_time(case.ports.clock.now())
    return max((now, *(line.at + _NEXT for line in case.written)))


def record(case: Case, reading: Reading, plan: Plan, result: Result, reason: str) -> None:
    """Write a line that stands for no write: `blocked` or `would`; once is enough."""
    before = case.line(plan.line_id)
    is_there = before is not None and (before.result, before.reason) == (result, reason)
    if is_there or (before is not None and not may_be_replaced(before, reading.at)):
        return
    case.intend(line_for(case, reading, plan, result, reason))


def review_blocked(case: Case, plan: Plan, reason: str) -> None:
    """Ask a person about a change that the machine will not make again."""
    case.ports.state.open_review(
        Review(
            id=f"{reason}-{plan.rule}-{case.order_id}-{case.ports.clock.now():%Y-%m-%d}",
            store=case.signal.store,
            kind=reason,
            at=case.ports.clock.now(),
            detail=f"Order {case.order_id}: rule {plan.rule} was reversed twice within a day; "
            "it leaves the order alone until a person decides.",
            order_id=case.order_id,
            rule=plan.rule,
            line_id=plan.line_id,
        )
    )
