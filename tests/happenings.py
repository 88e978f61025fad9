"""What happens to orders in a scenario, and how often the store was asked meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from orderwarden.domain.line import Line
from orderwarden.domain.signal import Signal, Trigger
from scenario import STORE, Scenario, die


def shipped(scenario: Scenario) -> int:
    """Let an order be placed and, half a minute after we have seen it, be shipped."""
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.ship(order)
    return order


def mark(scenario: Scenario, order: int) -> None:
    """Let a clerk mark an order, half a minute after we have seen it."""
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")


def touch(scenario: Scenario, order: int) -> None:
    """Let somebody edit the order, so that its rules are asked again."""
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, staff_notes=f"looked at {scenario.clock.now():%H:%M:%S}")
    scenario.run()


def reconcile(scenario: Scenario, order: int, number: int = 1) -> None:
    """Look into the order as a reconciliation does, every webhook lost."""
    scenario.sim.settle()
    key, now = f"reconcile-{number}", scenario.clock.now()
    scenario.queue.put(Signal(STORE, order, Trigger.RECONCILE, now, receipt_key=key))
    scenario.work_once()


def first_signal(scenario: Scenario) -> Signal:
    """Take the oldest signal off the queue."""
    [delivery, *_] = scenario.queue.receive(limit=1, visibility_s=30)
    return Signal.from_json(delivery.body)


def die_at_the_put(scenario: Scenario) -> None:
    """Let the next PUT be the last thing that the process does; the store makes it."""
    scenario.adapter.once_after("PUT", die)


def once_before_a_line(scenario: Scenario, act: Callable[[], object]) -> None:
    """Do something once, just before a line is written to the changelog."""
    replace = scenario.changelog.replace

    def acting(line: Line, expected: Line | None) -> Line | None:
        scenario.changelog.replace = replace  # type: ignore[method-assign]
        act()
        return replace(line, expected)

    scenario.changelog.replace = acting  # type: ignore[method-assign]


def live(scenario: Scenario, apart_s: float) -> None:
    """Let one order be placed, paid, packed and shipped, so many seconds apart."""
    order = scenario.sim.shopper.place(total="20.00")
    for act in (
        lambda: scenario.sim.shopper.pay(order),
        lambda: scenario.sim.staff.edit(order, status="Awaiting Shipment"),
        lambda: scenario.sim.staff.ship(order),
    ):
        scenario.run()
        scenario.clock.advance(apart_s)
        act()
    scenario.run()


def requests_of(scenario: Scenario, method: str, ending: str) -> int:
    """Return how often the store was asked so, at a path that ends like this."""
    return sum(
        request.method == method and request.path.endswith(ending)
        for request in scenario.sim.journal.requests
    )
