"""Whatever goes wrong once, at any boundary of any story: the promises hold all the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import pytest
from boundaries import SINGLE, Fault
from core_scenarios import CORE, SCENARIOS, WHOLE
from one_fault import in_turn, points, run, some_pairs
from reporting import Record

PAIRS = 10
"""A sample of each story's pairs; `make faults PAIRS=1` goes through all of them in hours."""

EVERY = 6
"""Each fault meets every sixth boundary, another fault others: a test run has to end, and
`make faults SINGLES=1` leaves none out."""

STANDSTILLS = (Fault.SLOW, Fault.FREEZE_BEFORE, Fault.FREEZE_AFTER)

pytestmark = pytest.mark.no_cover  # thousands of runs of what other tests measure


def hold(name: str, plans: Iterable[Mapping[int, Fault]], record: Record) -> None:
    """Tell a story once for each plan; fail with the first that broke a promise."""
    fired: Counter[str] = Counter()
    runs = 0
    for faults in plans:
        ran = run(name, faults)
        assert ran.problems == [], f"{name}: {faults}"
        fired += Counter({str(f): ran.fired[str(f)] > 0 for f in faults.values()})
        runs += 1
    record("fault_runs", runs)
    record("faults_fired", dict(fired))


@pytest.mark.parametrize("fault", SINGLE)
@pytest.mark.parametrize("name", WHOLE)
def test_one_thing_gone_wrong_anywhere_changes_nothing_but_the_time(
    name: str, fault: Fault, record_property: Record
) -> None:
    numbers = points(name)
    assert len(numbers) > 20

    sample = numbers[SINGLE.index(fault) % EVERY :: EVERY]
    hold(name, ({number: fault} for number in sample), record_property)

    record_property("fault_points", {name: len(sample)})


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in WHOLE])
def test_every_boundary_of_every_story_may_break(name: str, record_property: Record) -> None:
    plans = list(in_turn(name))

    hold(name, plans, record_property)

    record_property("fault_points", {name: len(plans)})


@pytest.mark.parametrize("fault", STANDSTILLS)
@pytest.mark.parametrize("name", ["duplicates at once in two workers", "two sweeps at once"])
def test_a_worker_that_is_slow_or_frozen_anywhere_does_nothing_twice_when_it_is_back(
    name: str, fault: Fault, record_property: Record
) -> None:
    sample = points(name)[STANDSTILLS.index(fault) * 4 :: 2 * EVERY]

    hold(name, ({number: fault} for number in sample), record_property)


@pytest.mark.parametrize("name", CORE)
def test_two_things_may_go_wrong_in_one_story(name: str, record_property: Record) -> None:
    hold(name, some_pairs(name, PAIRS), record_property)


MEANWHILE = {
    "a cancellation": ("pay", "pay_quietly", "authorise", "revert"),
    "one event": ("dispute", "archive", "publish_fewer", "stop_store"),
    "a sweep": ("pay_quietly", "sweep", "reconcile"),
    "a reconciliation": ("edit", "sweep", "reconcile"),
}
"""What others do just before each boundary of a story."""


@pytest.mark.parametrize(
    ("name", "act"), [(name, act) for name, acts in MEANWHILE.items() for act in acts]
)
def test_somebody_else_may_act_at_every_moment(
    name: str, act: str, record_property: Record
) -> None:
    numbers = points(name)

    for number in numbers[::EVERY]:
        ran = run(name, {}, {number: act})
        assert ran.problems == [], f"{name}: {act} at {number}"

    record_property("act_runs", len(numbers[::EVERY]))
