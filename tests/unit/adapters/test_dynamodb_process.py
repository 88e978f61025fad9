"""`process` on DynamoDB: what its writes cost, and that lost answers change nothing."""

from __future__ import annotations

from pathlib import Path

import aws_stand_in
from contracts.builders import a_line
from dynamodb_backend import Dynamo
from fakes import TurnableClock
from orderwarden.adapters.dynamodb_receipts import DynamoReceipts
from orderwarden.domain.line import Result
from rule_files import cancel_marked
from scenario import COMPLETE, Scenario, Tables
from write_units import WriteUnits


def a_scenario(tables: Dynamo, folder: Path, rules: str = COMPLETE) -> Scenario:
    """Return a store and our services, which keep everything but the queue in these tables."""

    def adapters(clock: TurnableClock) -> Tables:
        receipts = DynamoReceipts(tables.client, aws_stand_in.RECEIPTS, clock)
        return Tables(receipts, tables.changelog, tables.state)

    return Scenario(folder, rules, tables=adapters)


def costs(tables: Dynamo, scenario: Scenario) -> list[tuple[str, str, int]]:
    """Work until all is quiet; return trigger, outcome and write units of every signal."""
    units = WriteUnits(tables.client)
    told: list[tuple[str, str, int]] = []
    while True:
        scenario.deliver()
        before = units.total
        outcome = scenario.work_once()
        if outcome is None:
            return told
        trigger = scenario.outcomes[-1][0].trigger.value
        told.append((trigger, outcome.kind, units.total - before))


def test_a_signal_that_no_rule_matches_costs_one_unit_one_that_is_read_three(
    tables: Dynamo, tmp_path: Path
) -> None:
    scenario = a_scenario(tables, tmp_path)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()

    scenario.clock.advance(600)
    scenario.sim.staff.edit(order, status="Disputed")

    assert costs(tables, scenario) == [
        ("order_updated", "no_match", 3),  # claim, what was seen, end
        ("status_updated", "no_rule", 1),  # its receipt
    ]


def test_a_change_costs_eight_units(tables: Dynamo, tmp_path: Path) -> None:
    scenario = a_scenario(tables, tmp_path)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()

    scenario.clock.advance(600)
    scenario.sim.staff.ship(order)

    # Claim, hourly count, decision, line, its entry by day, result, what was seen, end.
    assert costs(tables, scenario)[0] == ("shipment_created", "applied", 8)


def test_a_dangerous_change_costs_one_more_for_its_other_count(
    tables: Dynamo, tmp_path: Path
) -> None:
    scenario = a_scenario(tables, tmp_path, cancel_marked(when="paid: false"))
    order = scenario.sim.shopper.place(total="640.00")
    scenario.run()

    scenario.clock.advance(600)
    scenario.sim.staff.edit(order, status="Manual Verification Required")

    assert costs(tables, scenario)[0] == ("order_updated", "applied", 9)


def test_a_line_of_a_run_costs_one_more_when_it_is_intended(tables: Dynamo) -> None:
    units = WriteUnits(tables.client)

    tables.changelog.replace(a_line(run_id="run-1"), None)
    intended = units.total
    tables.changelog.settle(a_line(run_id="run-1", result=Result.APPLIED))

    assert (intended, units.total - intended) == (3, 1)


def test_a_change_is_made_once_though_every_write_is_answered_the_second_time_only(
    tables: Dynamo, tmp_path: Path
) -> None:
    scenario = a_scenario(tables, tmp_path)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    tables.wire.answers_twice_asked = frozenset({"PutItem", "UpdateItem"})

    scenario.clock.advance(600)
    scenario.sim.staff.ship(order)
    scenario.run()

    assert scenario.our_writes(order) == [(2, 10)]
    assert scenario.results(order) == [("complete-when-shipped", "applied")]
    assert "again" not in scenario.kinds()
    assert scenario.reviews() == []
