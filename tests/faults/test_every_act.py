"""Parcels, refunds and other acts: whatever goes wrong once, at any boundary, each is had once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import pytest
from boundaries import SINGLE, Fault
from every_act import ACTS, points_of_act, run_act
from reporting import Record

WHOLE = (Fault.TIME_OUT_AFTER,)
"""What most likely has an act twice; the other kinds take turns."""

EVERY = 3
"""A test run has to end: every third boundary; `make faults SINGLES=1` leaves none out."""

pytestmark = pytest.mark.no_cover


def hold(name: str, plans: Iterable[tuple[int, Fault]], record: Record) -> None:
    """Tell an act's story once for each fault; fail with the first that had it twice or not."""
    fired: Counter[str] = Counter()
    runs = 0
    for number, fault in plans:
        ran = run_act(name, {number: fault})
        assert ran.problem == "", f"{fault} at {number}"
        fired.update(ran.fired)
        runs += 1
    record("fault_points", {name: points_of_act(name)})
    record("fault_runs", runs)
    record("faults_fired", dict(fired))


@pytest.mark.parametrize("fault", WHOLE)
@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_had_once_whatever_goes_wrong_at_any_boundary(
    name: str, fault: Fault, record_property: Record
) -> None:
    assert points_of_act(name) > 15

    hold(name, ((n, fault) for n in range(0, points_of_act(name), EVERY)), record_property)


@pytest.mark.parametrize("name", ACTS)
def test_every_boundary_of_every_act_may_break(name: str, record_property: Record) -> None:
    kinds = [fault for fault in SINGLE if fault not in WHOLE]

    plans = ((n, kinds[n % len(kinds)]) for n in range(1, points_of_act(name), EVERY))

    hold(name, plans, record_property)
