"""Parcels, refunds and other acts, each in a story of its own that may be broken anywhere."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from boundaries import Boundaries, Crossing, Fault, Unexpected
from orderwarden.domain.line import Result
from orderwarden.errors import TryAgain
from scenario import Died, Scenario
from store_faults import CrossingAdapter

PORTS: Final = ("receipts", "changelog", "state", "queue", "notices")
MOST_ROUNDS: Final = 300
SECOND_TRY_S: Final = 60.0
WRITTEN: Final = {Result.APPLIED, Result.RECOVERED}


@dataclass(frozen=True)
class Tried:
    """One kind of act.

    Attributes:
        do: What the rule does once the order is Disputed.
        done: How often the store has it, by its own record.
        is_of_money: Never tried again once its answer was lost: a person is asked then.
    """

    do: str
    done: Callable[[Scenario, int], int]
    is_of_money: bool = False
    is_paid: bool = True


def _transactions(event: str) -> Callable[[Scenario, int], int]:
    def count(scenario: Scenario, order: int) -> int:
        found = scenario.sim.world.transactions_of(order).of(order)
        return sum(each.event == event and each.status == "ok" for each in found)

    return count


ACTS: Final = {
    "create_shipment": Tried(
        "[{create_shipment: {tracking_number: 'T{order}'}}]",
        lambda scenario, order: len(scenario.sim.world.shipments_of(order).of(order)),
    ),
    "metafield": Tried(
        "[{metafield: {namespace: erp, key: sent, value: 'order {order}'}}]",
        lambda scenario, order: len(scenario.sim.world.metafields.of(order)),
    ),
    "update_order": Tried(
        "[{update_order: {external_order_id: 'E-7'}}]",
        lambda scenario, order: int(scenario.sim.order(order).external_order_id == "E-7"),
    ),
    "refund": Tried("[{refund: {amount: 15}}]", _transactions("refund"), is_of_money=True),
    "capture": Tried("[capture]", _transactions("capture"), is_of_money=True, is_paid=False),
    "void": Tried("[void]", _transactions("void"), is_of_money=True, is_paid=False),
}


@contextmanager
def told(name: str, faults: dict[int, Fault]) -> Iterator[tuple[Scenario, Boundaries, int]]:
    """Run the story of one act until all is quiet."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    rules = (
        "version: 1\nmode: live\ntime_zone: UTC\nallow_payment_actions: true\nrules:\n"
        "  - {name: act, on: [order_updated, status_updated], when: {status: Disputed}, "
        f"do: {ACTS[name].do}}}\n"
    )
    scenario = Scenario(folder, rules)
    try:
        order = scenario.sim.shopper.place(total="40.00", status="Awaiting Payment")
        pay = scenario.sim.shopper.pay if ACTS[name].is_paid else scenario.sim.shopper.authorise
        pay(order)
        scenario.run()
        scenario.clock.advance(60)
        boundaries = cross(scenario, faults)
        scenario.sim.staff.edit(order, status="Disputed")
        run_through(scenario)
        boundaries.is_armed = False
        yield scenario, boundaries, order
    finally:
        scenario.database.close()
        shutil.rmtree(folder)


def cross(scenario: Scenario, faults: dict[int, Fault]) -> Boundaries:
    """Put every port and the API behind boundaries."""
    boundaries = Boundaries(
        faults,
        {},
        now=scenario.clock.now,
        pause=scenario.clock.advance,
        latency=lambda _: 0.0,
        tell=lambda _: None,
    )
    for port in PORTS:
        target: Any = Crossing("worker", port, getattr(scenario, port), boundaries)
        setattr(scenario, port, target)
    scenario.adapter = CrossingAdapter(
        "worker", scenario.sim, boundaries, scenario.clock.advance, lambda low, _: low
    )
    scenario.process = scenario.new_process()
    boundaries.is_armed = True
    return boundaries


def run_through(scenario: Scenario) -> None:
    """Run until nothing waits; a process that dies is started anew, what is parked is freed."""
    for _ in range(MOST_ROUNDS):
        try:
            scenario.run()
            scenario.clock.advance(SECOND_TRY_S)
            if scenario.unpark() == 0 and is_quiet(scenario):
                return
        except Died:
            scenario.process = scenario.new_process()
        except (TryAgain, Unexpected):
            scenario.clock.advance(SECOND_TRY_S)
    raise AssertionError("never quiet")


def is_quiet(scenario: Scenario) -> bool:
    depth = scenario.queue.depth()
    return scenario.state.count_parked("abc123") + depth.queued + depth.in_flight == 0


def check(scenario: Scenario, name: str, order: int) -> None:
    """Hold the outcome against the store's own record."""
    act = ACTS[name]
    lines = [line for line in scenario.lines(order) if line.action == name]
    done = act.done(scenario, order)
    results = [line.result for line in lines]
    assert Result.INTENDED not in results
    assert scenario.queue.depth().dead_letters == 0
    if act.is_of_money and results == [Result.UNCONFIRMED]:
        assert done <= 1
        assert [review.kind for review in scenario.reviews()] == ["unconfirmed"]
    else:
        assert len(results) == 1
        assert set(results) <= WRITTEN
        assert done == 1
        assert scenario.reviews() == []


@dataclass(frozen=True)
class Ran:
    """What a story came to: what is wrong with it, what it crossed, what went wrong in it."""

    problem: str
    crossed: tuple[str, ...]
    fired: tuple[str, ...]


def run_act(name: str, faults: Mapping[int, Fault]) -> Ran:
    """Tell the story of one act with these faults, and hold it to the store's own record."""
    with told(name, dict(faults)) as (scenario, boundaries, order):
        problem = ""
        try:
            check(scenario, name, order)
        except AssertionError as error:
            problem = f"{name}: {error}"
        crossed = tuple(each.name for each in boundaries.crossed)
        return Ran(problem, crossed, tuple(map(str, boundaries.fired)))


@cache
def points_of_act(name: str) -> int:
    """Return how many boundaries the story of an act crosses when nothing goes wrong."""
    ran = run_act(name, {})
    assert ran.problem == ""
    return len(ran.crossed)
