"""Step 3: settle what an earlier attempt left open, before anything is decided anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from orderwarden.domain.decision import Decision
from orderwarden.domain.in_turn import OF_THE_ORDER
from orderwarden.domain.line import WRITTEN, Line, Result
from orderwarden.domain.settlement import (
    LOST,
    SECOND_LOOK_AFTER,
    Shown,
    Verdict,
    adopt,
    judge,
    shown_by,
)
from orderwarden.errors import NotFound, Refused, StoreUnauthorised, TryAgain
from orderwarden.services.process_steps.acts import ACTS
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.read import Reading, take
from orderwarden.services.process_steps.rest import rest_of

REASONS: Final = {
    Verdict.RECOVERED: "the store shows it after an attempt whose answer was lost",
    Verdict.NOT_APPLIED: "the store did not show it in two looks a minute apart",
    Verdict.UNCONFIRMED: "nobody can tell whether it was made: its answer was lost",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """How an open write ended.

    Attributes:
        line: As settled; None where the write was never tried.
        reading: The look that told, where one was taken.
        rest: What is still owed of its decision, whose first writes were made.
    """

    line: Line | None
    reading: Reading | None = None
    rest: Decision | None = None

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
    reading: Reading | None = None
    if line is None or line.attempt != decision.attempt:
        line = None  # died between decision and line: the write was never tried
    elif line.result is Result.INTENDED:
        line, reading = look(case, decision, line)
    if line is not None and line.result in WRITTEN:
        rest_of(case, decision, line)
    rest = _rest(decision, line)
    case.writes = decision.writes_before + (rest is None and _was_made(decision, line))
    case.store_decision(rest)
    return Settled(line, reading, rest)


def settle_others(case: Case) -> None:
    """Settle lines that another signal of this order left intended; nobody else is at work."""
    writes = case.writes
    for line in case.lines:
        if line.result is Result.INTENDED:
            case.store_decision(adopt(line))
            settle_stored(case)
    case.writes = writes


def look(case: Case, decision: Decision, line: Line) -> tuple[Line, Reading | None]:
    """Look at what the write should have changed, and settle its intended line by the table."""
    ports = case.ports
    shown, reading = _shown(case, decision, line)
    now = ports.clock.now()
    at = reading.store_time(now) if reading else max(now, line.at)
    if shown is None:
        ACTS[line.action].do(case, decision.write, line)
        return case.settle(line, Result.APPLIED, line.reason, at), reading
    verdict = judge(decision, shown, now)
    if verdict is Verdict.LOOK_AGAIN:
        _look_later(case, decision)
    settled = case.settle(line, Result(verdict.value), REASONS[verdict], at)
    if settled.result is Result.UNCONFIRMED:
        _ask_about(case, settled)
    return settled, reading


def _shown(case: Case, decision: Decision, line: Line) -> tuple[Shown | None, Reading | None]:
    """Return what the store shows of the write in hand; None: it is to be done once more."""
    write = decision.write
    if write.action in OF_THE_ORDER:
        try:
            reading = take(case)
        except NotFound:
            return shown_by(None, write, line), None
        return shown_by(reading.order, write, line), reading
    if LOST in write.content:
        return Shown.OTHERWISE, None
    try:
        return ACTS[write.action].shown(case, write, line), None
    except StoreUnauthorised:
        raise
    except Refused:  # what cannot be read tells nothing
        return Shown.OTHERWISE, None


def _rest(decision: Decision, line: Line | None) -> Decision | None:
    """Return what is owed: the next write after one that was made, or one that was not tried."""
    if line is not None and line.result in WRITTEN:
        return decision.after()
    is_untried = line is None or line.result is Result.NOT_APPLIED
    return decision.anew() if decision.is_begun and is_untried else None


def _was_made(decision: Decision, line: Line | None) -> bool:
    return decision.is_begun or (line is not None and line.result in WRITTEN)


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
    case.ask_person(
        kind="unconfirmed",
        about=line.id,
        detail=f"Order {line.order_id}: the answer to {line.action} was lost and the store "
        "does not show what became of it; please look whether it is right.",
        rule=line.rule,
        line_id=line.id,
    )
