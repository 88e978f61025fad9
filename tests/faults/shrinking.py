"""Run plans, and make those that break a promise as small as they go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

from boundaries import Fault
from people import ACTS
from plans import Plan
from promises import at_rest, broken
from simulation import Simulation, running

OF_THE_STORE: Final = (
    *("webhook_lost", "webhook_retried", "webhook_doubled", "webhook_overtaken"),
    *("store_clock_off", "machine_clocks_off", "reads_lag"),
)
KINDS: Final = (*map(str, Fault), *OF_THE_STORE, *ACTS)
"""Every kind of trouble that a run may know."""


@dataclass(frozen=True)
class Verdict:
    """What a run came to.

    Attributes:
        problems: The promises it broke.
        fired: How often each kind of trouble took place.
        boundaries: How many were crossed.
    """

    problems: list[str]
    history: list[str]
    fired: Counter[str]
    boundaries: int
    trace_hash: str


def judge(plan: Plan) -> Verdict:
    """Run a plan and hold it to the promises."""
    with running(plan) as simulation:
        problems = broken(simulation)
        if not simulation.quiet.was_never:
            problems += at_rest(simulation)
        return Verdict(
            problems,
            simulation.history,
            trouble_of(simulation),
            len(simulation.boundaries.crossed),
            simulation.trace_hash,
        )


def trouble_of(simulation: Simulation) -> Counter[str]:
    """Count what went wrong, and what others did meanwhile."""
    attempts = list(simulation.sim.attempts)
    delivered = [each.attempt for each in attempts if each.outcome == "delivered"]
    events = [attempt.event_seq for attempt in delivered]
    fired = Counter({str(fault): n for fault, n in simulation.boundaries.fired.items()})
    fired += simulation.acts
    told = (
        sum(each.outcome == "lost" for each in attempts),
        sum(each.outcome == "retry" for each in attempts),
        len(events) - len(set(events)),
        sum(a > b for a, b in pairwise(events)),
        int(simulation.plan.ahead_s != 0),
        int(simulation.plan.skew_s != 0),
        int(simulation.plan.chances.get("read_lag_s", 0) != 0),
    )
    return fired + Counter(dict(zip(OF_THE_STORE, told, strict=True)))


def kind_of(problem: str) -> str:
    """Return a problem without its numbers, so that equal ones can be counted."""
    words = (word for word in problem.split() if not any(c.isdigit() for c in word))
    return " ".join(words)[:60]


def shrink(plan: Plan, kind: str) -> Plan:
    """Leave out whatever is not needed for a broken promise of this kind."""
    for smaller in _smaller(plan):
        if any(kind_of(problem) == kind for problem in judge(smaller).problems):
            return shrink(smaller, kind)
    return plan


def _smaller(plan: Plan) -> Iterator[Plan]:
    """Yield the plan with one thing less, in every way."""
    for i in range(len(plan.story)):
        yield replace(plan, story=plan.story[:i] + plan.story[i + 1 :])
    for name in ("faults", "acts_at", "chances"):
        entries: Mapping[object, object] = getattr(plan, name)
        for left_out in entries:
            kept: Any = {key: value for key, value in entries.items() if key != left_out}
            yield replace(plan, **{name: kept})
    calm: dict[str, Any] = {"workers": 1, "skew_s": 0.0, "ahead_s": 0.0, "is_unhurried": False}
    for name, value in calm.items():
        if getattr(plan, name) != value:
            yield replace(plan, **{name: value})
