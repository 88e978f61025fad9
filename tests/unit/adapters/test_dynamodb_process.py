"""`process` on DynamoDB: what its writes cost, and that lost answers change nothing."""

from __future__ import annotations

from pathlib import Path

from dynamodb_backend import Dynamo
from scenario import Scenario
from write_units import WriteUnits

CANCEL = """
version: 1
mode: live
time_zone: UTC
rules:
  - name: cancel-flagged
    on: [order_updated, status_updated]
    when: {status: Manual Verification Required, paid: false}
    do: [{set_status: Cancelled}]
"""


def costs(tables: Dynamo, scenario: Scenario) -> list[tuple[str, str, int]]:
    """Work until all is quiet; return trigger, outcome and write units of every signal."""
    units = WriteUnits(tables.client)
    told = []
    while True:
        scenario.deliver()
        before = units.total
        outcome = scenario.work_once()
        if outcome is None:
            return told
        trigger = scenario.outcomes[-1][0].trigger.value
        told.append((trigger, outcome.kind, units.total - before))


def test_each_way_of_a_signal_costs_what_the_design_allows(tables: Dynamo, tmp_path: Path) -> None:
    scenario = tables.scenario(tmp_path)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()

    scenario.clock.advance(600)
    scenario.sim.staff.ship(order)
    shipped = costs(tables, scenario)
    scenario.clock.advance(600)
    scenario.sim.staff.edit(order, status="Disputed")
    disputed = costs(tables, scenario)

    print(shipped, disputed)
    assert 0
