"""One fault at every boundary of every core scenario: the promises hold all the same."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from one_fault import Fault, Faults, instrument, run_through
from orderwarden.domain.line import Result
from scenario import COMPLETE, Scenario

CANCEL = """
version: 1
mode: live
time_zone: UTC
rules:
  - name: cancel-flagged
    on: [order_updated, status_updated]
    when: {status: Manual Verification Required, paid: false}
    do:
      - set_status: Cancelled
      - staff_note: "Cancelled by rule {rule}."
"""
NOTE = """
version: 1
mode: live
time_zone: UTC
rules:
  - name: note-big-orders
    on: [order_created, order_updated]
    when: {total: {over: 500}}
    do: [{staff_note: "Large order {order}."}]
"""
TWO_STEPS = """
version: 1
mode: live
time_zone: UTC
rules:
  - name: paid-to-fulfilment
    on: [order_updated, status_updated, transaction_created]
    when: {status: Awaiting Payment, paid: true}
    do: [{set_status: Awaiting Fulfillment}]
  - name: note-paid
    on: status_updated
    when: {status: Awaiting Fulfillment}
    do: [{staff_note: "Ready to pack."}]
"""


def shipped(scenario: Scenario) -> int:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.clock.advance(30)
    scenario.sim.staff.ship(order)
    return order


def flagged(scenario: Scenario) -> int:
    order = scenario.sim.shopper.place(total="640.00")
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    return order


def placed(scenario: Scenario) -> int:
    return scenario.sim.shopper.place(total="640.00")


def paid(scenario: Scenario) -> int:
    order = scenario.sim.shopper.place(total="640.00")
    scenario.clock.advance(30)
    scenario.sim.shopper.pay(order, moves_status=False)
    return order


SCENARIOS: dict[str, tuple[str, Callable[[Scenario], int], int, int]] = {
    "shipped becomes completed": (COMPLETE, shipped, 10, 1),
    "flagged and unpaid is cancelled": (CANCEL, flagged, 5, 1),
    "a note alone": (NOTE, placed, 7, 1),
    "a status, then a note": (TWO_STEPS, paid, 11, 2),
}
"""Name → rules, what happens in the store, the status it must end in, our writes."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: thousands of syncs to a disk take minutes."""
    memory = Path("/dev/shm")
    path = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    yield path
    shutil.rmtree(path)


def run(folder: Path, name: str, at: dict[int, Fault]) -> tuple[Scenario, Faults, int]:
    rules, act, _, _ = SCENARIOS[name]
    scenario = Scenario(folder, rules)
    faults = Faults(at)
    instrument(scenario, faults)
    order = act(scenario)
    run_through(scenario, faults)
    return scenario, faults, order


def check(scenario: Scenario, name: str, order: int) -> None:
    """Hold the outcome against the store's own record."""
    _, _, wanted_status, wanted_writes = SCENARIOS[name]
    lines = scenario.lines(order)
    written = [line for line in lines if line.result in {Result.APPLIED, Result.RECOVERED}]
    assert scenario.status_of(order) == wanted_status
    assert len(scenario.our_writes(order)) == wanted_writes
    assert sorted((x.from_status_id, x.to_status_id or x.from_status_id) for x in written) == (
        sorted(scenario.our_writes(order))
    )
    assert all(line.result is not Result.INTENDED for line in lines)
    assert all("status_id" in body for body in scenario.puts())
    depth = scenario.queue.depth()
    assert (depth.queued, depth.in_flight, depth.dead_letters) == (0, 0, 0)
    assert scenario.reviews() == []


def boundaries_of(name: str) -> int:
    folder = Path(tempfile.mkdtemp())
    try:
        scenario, faults, order = run(folder, name, {})
        check(scenario, name, order)
        return len(faults.passed)
    finally:
        shutil.rmtree(folder)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_fault_at_any_boundary_changes_nothing_but_the_time(
    folder: Path, name: str, fault: Fault
) -> None:
    count = boundaries_of(name)
    assert count > 20

    for number in range(count):
        path = folder / str(number)
        scenario, faults, order = run(path, name, {number: fault})

        assert len(faults.fired) == 1
        try:
            check(scenario, name, order)
        except AssertionError as error:
            raise AssertionError(f"{faults.fired}: {scenario.results(order)}") from error
        scenario.database.close()
        shutil.rmtree(path)
