"""Step 11 and the other ways out: finish, park, give up; and what was seen, in one place."""

from __future__ import annotations

from datetime import datetime

from orderwarden.domain.line import Result
from orderwarden.domain.receipt import ReceiptState
from orderwarden.domain.seen import Seen
from orderwarden.ports import Parked, Review
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.limits import LimitReached, hour_name
from orderwarden.services.process_steps.read import Reading
from orderwarden.services.process_steps.since import since_when


def store_seen(case: Case, reading: Reading) -> None:
    """Keep what was seen, only forward; called once the decision on that body is done.

    Back only where that very body was overruled.
    """
    for _ in range(2):
        before = case.seen
        is_overruled = before is not None and before == case.overruled
        if before is not None and not is_overruled and not _is_later(reading, before):
            return
        if case.ports.state.replace_seen(_seen(case, reading, before), before):
            return
        case.seen = case.ports.state.seen(case.signal.store, case.order_id)


def _is_later(reading: Reading, seen: Seen) -> bool:
    return (reading.order.date_modified, reading.at) >= (seen.seen_modified, seen.read_at)


def _seen(case: Case, reading: Reading, before: Seen | None) -> Seen:
    return Seen(
        store=case.signal.store,
        order_id=case.order_id,
        read_at=reading.at,
        seen_modified=reading.order.date_modified,
        status_id=reading.order.status_id,
        status_since=since_when(case, reading.order),
        revision=before.revision + 1 if before else 1,
    )


def park(case: Case, reason: str, until: datetime | None, waits_for: str = "") -> None:
    """Keep the signal for later, first the signal, then the receipt: dying between loses none."""
    now = case.ports.clock.now()
    case.ports.state.park(Parked(case.signal, reason, now, until, waits_for))
    case.end(reason, ReceiptState.PARKED)


def was_rejected(case: Case, limit: LimitReached) -> bool:
    """Return whether a person refused to let this very rule go on beyond its limit."""
    if limit.reason != "approve_after":
        return False
    review_id = _approval_id(limit)
    closed = case.ports.state.reviews(case.signal.store, "rejected")
    return any(review.id == review_id for review in closed)


def _approval_id(limit: LimitReached) -> str:
    return f"approval-{limit.rule.name}-{limit.rule.fingerprint}"


def park_at_limit(case: Case, limit: LimitReached) -> None:
    """Park what a limit holds back, and ask or tell a person once."""
    rule, store, state = limit.rule.name, case.signal.store, case.ports.state
    if limit.reason == "approve_after":
        review = Review(
            id=_approval_id(limit),
            store=store,
            kind="approval",
            at=case.ports.clock.now(),
            detail=f"Rule {rule} has made as many changes as it may without approval; "
            "the rest is parked until you approve or reject it.",
            rule=rule,
        )
        if state.open_review(review):
            case.ports.notifier.notify(store, "approval", review.id, {"rule": rule})
    else:
        notice = f"told:{hour_name(limit.rule, case.ports.clock.now())}"
        if state.take(store, notice, 1):  # one alarm an hour, however many signals wait
            case.ports.notifier.notify(store, "per_hour", notice, {"rule": rule})
    park(case, limit.reason, limit.until, limit.waits_for)


def give_up(case: Case) -> None:
    """Hand a signal that keeps killing its worker to a person; no line stays intended."""
    decision = case.decision
    step = "before a decision was stored"
    if decision is not None:
        step = f"while carrying out rule {decision.write.rule}"
        line = case.line(decision.write.line_id)
        if line and line.attempt == decision.attempt and line.result is Result.INTENDED:
            case.settle(line, Result.UNCONFIRMED, "its worker died five times", line.at)
    case.ask_person(
        kind="killed_workers",
        about=case.receipt.key,
        detail=f"Order {case.order_id}: the {case.signal.trigger.value} signal killed its "
        f"worker five times, last {step}; it is not tried again.",
        receipt_key=case.receipt.key,
    )
    case.end("gave_up")


def review_overwritten(case: Case, line_id: str) -> None:
    """Tell a person that our write may have hidden someone else's, just before it."""
    case.ask_person(
        kind="overwritten",
        about=line_id,
        detail=f"Order {case.order_id}: its status was changed by someone else in the moment "
        "between our look and our write; please look which one is right.",
        line_id=line_id,
    )


def review_behind(case: Case) -> None:
    """Tell a person that the store does not show a change of ours, and no later one either."""
    case.ask_person(
        kind="behind_our_change",
        about=f"{case.order_id}-{case.ports.clock.now():%Y-%m-%d}",
        detail=f"Order {case.order_id}: for an hour the store has shown it as dated before a "
        "change that we made; it is left alone until it is changed once more.",
    )


def review_too_many_writes(case: Case, rule: str) -> None:
    """Tell a person that one signal wanted more writes than rules in order ever need."""
    case.ask_person(
        kind="too_many_writes",
        about=f"{case.order_id}-{rule}-{case.ports.clock.now():%Y-%m-%d}",
        detail=f"Order {case.order_id}: rule {rule} wanted a fifth change for one event; "
        "the rules seem to undo each other.",
        rule=rule,
    )
