"""Rules with several actions: whatever goes wrong at any call or write, each is done once.

Single actions are broken whole in `test_every_act.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import pytest
from orderwarden.domain.line import Result
from scenario import Died, Scenario

HEAD = "version: 1\nmode: live\ntime_zone: UTC\nallow_payment_actions: true\nrules:\n"
OPEN = {Result.INTENDED, Result.NOT_APPLIED}
TOLD = {"unconfirmed", "killed_workers"}
SHOWN = {Result.APPLIED, Result.RECOVERED}

MONEY = ("capture", "void", "refunds")
NEVER = 1_000_000
MOST = 15
"""Boundaries of one story that are broken, one a run."""
CALLS = ("die_before", "die_after", "timeout", "timeout_done", "timeout_late", "throttled")
DEATHS = ("die_before", "die_after")


Arm = Callable[..., "count[int]"]
"""Make one boundary break: of a scenario, `at` which, by which `fault`."""


@dataclass(frozen=True)
class Story:
    """Rules, what happens, and what must have been done in the end.

    Attributes:
        done: How often each kind of write is wanted, by the end of its path.
    """

    rules: str
    begin: Callable[[Scenario], int]
    done: dict[str, int]


def placed(scenario: Scenario) -> int:
    return scenario.sim.shopper.place(status="Awaiting Fulfillment", quantity=2)


def with_two_addresses(scenario: Scenario) -> int:
    items = [("SKU-202", 1), ("SKU-203", 2)]
    return scenario.sim.shopper.place(status="Awaiting Fulfillment", items=items, addresses=2)


def authorised(scenario: Scenario) -> int:
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.sim.shopper.authorise(order)
    return order


ON = "on: [order_created, order_updated, status_updated]"
STORIES = {
    "status, metafield and notice": Story(
        f"  - {{name: r, {ON}, when: {{status: Awaiting Fulfillment}}, do: [{{notify: n}}, "
        "{set_status: Completed}, {metafield: {namespace: a, key: b, value: c}}]}\n",
        placed,
        {"order": 1, "metafields": 1},
    ),
    "two parcels and a note": Story(
        f"  - {{name: r, {ON}, when: {{status: Awaiting Fulfillment}}, "
        "do: [create_shipment, {staff_note: sent}]}\n",
        with_two_addresses,
        {"shipments": 2, "order": 1},
    ),
    "voided and cancelled": Story(
        f"  - {{name: r, {ON}, when: {{status: Awaiting Payment}}, "
        "do: [void, {set_status: Cancelled}]}\n",
        authorised,
        {"void": 1, "order": 1},
    ),
    "two rules that act": Story(
        f"  - {{name: r, {ON}, when: {{status: Awaiting Fulfillment}}, continue: true, "
        "do: [{set_status: Completed}]}\n"
        f"  - {{name: s, {ON}, when: {{status: Awaiting Fulfillment}}, "
        "do: [{metafield: {namespace: a, key: b, value: c}}]}\n",
        placed,
        {"order": 1, "metafields": 1},
    ),
}


class Breaking:
    """A port that dies once, before or after one of its calls."""

    def __init__(self, port: object, crossings: count[int], at: int, fault: str) -> None:
        self._port, self._crossings, self._at, self._fault = port, crossings, at, fault

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        found = getattr(self._port, name)
        return partial(self._cross, found) if callable(found) else found

    def _cross(self, call: Callable[..., object], *args: object, **named: object) -> object:
        number = next(self._crossings)
        if number == self._at and self._fault == "die_before":
            raise Died
        answer = call(*args, **named)
        if number == self._at and self._fault == "die_after":
            raise Died
        return answer


def settle_down(scenario: Scenario) -> None:
    """Run until nothing is left to wait for, however often the process dies."""
    for _ in range(40):
        try:
            scenario.run(for_s=3 * 3600.0)
            scenario.clock.advance(1800)
            freed = scenario.unpark()
        except Died:
            scenario.process = scenario.new_process()
            continue
        if not freed and scenario.queue.next_visible_at() is None:
            return
    raise AssertionError("it never came to rest")


def carried_out(scenario: Scenario) -> Counter[str]:
    """Return how many requests of each kind took effect in the store, answered or not."""
    found: Counter[str] = Counter()
    for request in scenario.sim.journal.requests:
        took_effect = request.effect in {"done", "late"}
        was_good = request.status < 300 or request.fault is not None
        kind = kind_of(request.method, request.path)
        if took_effect and was_good and kind:
            found[kind] += 1
    return found


def kind_of(method: str, path: str) -> str | None:
    """Return what a writing request is about; None for those that write nothing."""
    if method == "GET" or path.endswith("/refund_quotes"):
        return None
    last = path.rstrip("/").split("/")[-1]
    if "/metafields" in path:
        return "metafields"
    return "order" if last.isdigit() else last


def break_ports(scenario: Scenario, at: int, fault: str) -> count[int]:
    """Let the process die at one write or look of its own tables; return what counts them."""
    crossings: count[int] = count()

    def breaking(port: object) -> Any:  # noqa: ANN401
        return Breaking(port, crossings, at, fault)

    scenario.receipts = breaking(scenario.receipts)
    scenario.changelog = breaking(scenario.changelog)
    scenario.state = breaking(scenario.state)
    scenario.process = scenario.new_process()
    return crossings


def break_calls(scenario: Scenario, at: int, fault: str) -> count[int]:
    """Let one call to the store go wrong; return what counts them."""
    crossings: count[int] = count()
    if not fault.startswith("die"):
        answer, _, effect = fault.partition("_")
        scenario.fault(answer, effect=effect or "none", skip=at, times=1)

    def die(number: int, _method: str, _path: str) -> None:
        if number == at:
            raise Died

    def before(method: str, path: str) -> None:
        number = next(crossings)
        if fault == "die_before":
            die(number, method, path)
        elif fault == "die_after":
            scenario.adapter.after = partial(die, number)

    scenario.adapter.before = before
    return crossings


def told(scenario: Scenario) -> bool:
    return any(review.kind in TOLD for review in scenario.reviews())


def check(scenario: Scenario, story: Story, order: int) -> None:
    """Hold what happened against what was wanted, by the store's own record."""
    made, lines = carried_out(scenario), scenario.lines(order)
    assert not [line for line in lines if line.result in OPEN], "a line is left open"
    rests_on_money = any(kind in MONEY for kind in story.done)
    for kind, wanted in story.done.items():
        assert made[kind] <= wanted, f"{kind} twice: {made}"
        is_told = rests_on_money and told(scenario)  # money is tried once, ever
        assert made[kind] == wanted or is_told, f"{kind} was not done: {made}"
    shown = Counter(line.action for line in lines if line.result in SHOWN)
    assert sum(shown[a] for a in ("set_status", "staff_note")) <= made["order"]
    assert shown["create_shipment"] == made["shipments"]
    assert shown["metafield"] <= made["metafields"]


def tell(folder: Path, story: Story, arm: Callable[[Scenario], count[int]]) -> int:
    """Tell a story in which one thing goes wrong; return how many boundaries it crossed."""
    scenario = Scenario(folder, rules=HEAD + story.rules)
    order = story.begin(scenario)
    crossings = arm(scenario)
    settle_down(scenario)
    scenario.clock.advance(3600)
    scenario.sim.staff.edit(order, customer_message="anything new?")
    settle_down(scenario)
    crossed = next(crossings)
    check(scenario, story, order)
    return crossed


def in_turn(faults: Sequence[str], boundaries: int) -> Iterator[tuple[int, str]]:
    """Yield boundaries, each with the fault whose turn it is; of a long story, some of them."""
    dice = Random(boundaries)
    for number in range(0, boundaries, max(boundaries // MOST, 1)):
        yield number, faults[(number + dice.randrange(len(faults))) % len(faults)]


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("arm", "faults"), [(break_calls, CALLS), (break_ports, DEATHS)])
@pytest.mark.parametrize("name", STORIES)
def test_one_thing_gone_wrong_anywhere_does_nothing_twice_and_leaves_nothing_undone(
    tmp_path: Path, name: str, arm: Arm, faults: Sequence[str]
) -> None:
    every = tell(tmp_path / "calm", STORIES[name], partial(arm, at=NEVER, fault="die_before"))
    assert every > 5

    for number, fault in in_turn(faults, every):
        folder = tmp_path / str(number)
        tell(folder, STORIES[name], partial(arm, at=number, fault=fault))
