"""A sweep on a simulated store: what it finds, queues once, and makes of it."""

from __future__ import annotations

from pathlib import Path

from scenario import Scenario
from sweeping import CANCEL, Sweeper

CANCELLED, AWAITING_PAYMENT = 5, 7


def test_an_order_that_stayed_unpaid_for_long_is_cancelled(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    sweeper = Sweeper(scenario)
    order = sweeper.place(hours=13)
    young = sweeper.place(hours=11)

    run = sweeper.sweep()

    assert scenario.status_of(order) == CANCELLED
    assert scenario.status_of(young) == AWAITING_PAYMENT
    [line] = scenario.lines(order)
    assert (line.rule, line.trigger, line.run_id) == ("cancel-unpaid", "sweep", run.id)
    assert (run.summary["due"], run.summary["queued"], run.summary["ended"]) == (1, 1, "complete")
