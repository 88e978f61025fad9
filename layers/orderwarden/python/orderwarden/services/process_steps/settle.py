"""Step 3: settle what an earlier attempt left open, before anything is decided anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from orderwarden.domain.decision import Decision
from orderwarden.domain.line import WRITTEN, Line, Result
from orderwarden.domain.settlement import SECOND_LOOK_AFTER, Verdict, adopt, judge
from orderwarden.errors import NotFound, TryAgain
from orderwarden.ports import Review
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.read import Reading, take
from orderwarden.services.process_steps.rest import rest_of

REASONS: Final = {
    Verdict.RECOVERED: "the order shows it after an attempt whose answer was lost",
    Verdict.NOT_APPLIED: "the order did not change in two looks a minute apart",
    Verdict.UNCONFIRMED: "the order changed otherwise while the answer was lost",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """How an open write ended.

    Attributes:
        line: As settled; None where the write was never tried.
        reading: The look that told, where one was taken.
    """

    line: Line | None
    reading: Reading | None = None

    @property
    def was_written(self) -> bool:
        """Return whether the store shows our change."""
        return self.line is not None and self.line.result in WRITTEN


def settle_stored(case: Case) -> Settled | None:
    """Settle the decision in the receipt, None where there is none.

    Raises:
        TryAgain: A second look is due in a while; the decision is kept.
    """
    decision = case.decision
    if decision is None:
        return None
    line = case.line(decision.write.line_id)
    if line is None or line.attempt != decision.attempt:
        settled = Settled(None)  # died between decision and line: the write was never tried
    elif line.result is Result.INTENDED:
        settled = look(case, decision, line)
    else:
        settled = Settled(line)
    if settled.line is not None and settled.was_written:
        rest_of(case, decision, settled.line)
    case.writes = decision.writes_before + settled.was_written
    case.store_decision(None)
    return settled


def settle_others(case: Case) -> None:
    """Settle lines that another signal of this order left intended; nobody else is at work."""
    writes = case.writes
    for line in case.lines:
        if line.result is Result.INTENDED:
            case.store_decision(adopt(line))
            settle_stored(case)
    case.writes = writes


def look(case: Case, decision: Decision, line: Line) -> Settled:
    """Look at the order and settle its intended line by the table."""
    ports = case.ports
    try:
        reading: Reading | None = take(case)
    except NotFound:
        reading = None
    now = ports.clock.now()
    verdict = judge(decision, line, reading.order if reading else None, now)
    if verdict is Verdict.LOOK_AGAIN:
        _look_later(case, decision)
    at = reading.store_time(now) if reading else now
    settled = case.settle(line, Result(verdict.value), REASONS[verdict], at)
    if settled.result is Result.UNCONFIRMED:
        _ask_about(case, settled)
    return Settled(settled, reading)


def _look_later(case: Case, decision: Decision) -> None:
    now = case.ports.clock.now()
    if decision.looked_at is None:
        decision = decision.looked(now)
        case.store_decision(decision)
    waited = now - (decision.looked_at or now)
    left: timedelta = SECOND_LOOK_AFTER - waited
    raise TryAgain("second_look", left.total_seconds(), backs_off=False)


def _ask_about(case: Case, line: Line) -> None:
    """Open a review for a write of which nobody can tell whether it was made."""
    case.ports.state.open_review(
        Review(
            id=f"unconfirmed-{line.id}",
            store=line.store,
            kind="unconfirmed",
            at=case.ports.clock.now(),
            detail=f"Order {line.order_id}: the answer to {line.action} was lost and the order "
            "changed otherwise; please look whether it is right.",
            order_id=line.order_id,
            rule=line.rule,
            line_id=line.id,
        )
    )
