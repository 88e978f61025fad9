"""What follows a write that was made: due whether its answer came or was recovered."""

from __future__ import annotations

from orderwarden.domain.decision import Decision
from orderwarden.domain.line import Line
from orderwarden.domain.undo import UNDO
from orderwarden.services.process_steps.case import Case


def rest_of(case: Case, decision: Decision, line: Line) -> None:
    """Do what a decision wants after its write; doing it twice changes nothing."""
    if decision.restores is None:
        return
    case.mark_undone(decision.restores, line.id)
    if decision.write.rule == UNDO:
        undone = case.line(decision.restores)
        if undone is not None:
            case.ports.state.hold(line.store, line.order_id, undone.rule, f"undone by {line.id}")
        return
    review_id = case.ask_person(
        kind="paid_in_window",
        about=decision.restores,
        detail=f"Order {line.order_id}: money was found after our change to status "
        f"{line.from_status_id}; status {line.to_status_id} is back. Please look at the order.",
        rule=line.rule,
        line_id=line.id,
    )
    case.ports.notifier.notify(
        line.store, "paid_in_window", review_id, {"order_id": line.order_id}
    )
