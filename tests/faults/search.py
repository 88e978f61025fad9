"""Search for broken promises: `python tests/faults/search.py --runs 200` or `--seed 7`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from plans import Plan, draw  # noqa: E402
from promises import broken, rests  # noqa: E402
from scheduler import Runaway  # noqa: E402
from simulation import Simulation  # noqa: E402


@contextmanager
def running(plan: Plan) -> Iterator[Simulation]:
    """Run a plan to its end, in memory where there is such a folder."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    simulation = Simulation(folder, plan)
    try:
        try:
            simulation.run()
        except Runaway:
            simulation.was_never_quiet = True
        yield simulation
    finally:
        simulation.close()
        shutil.rmtree(folder)


def verdict(plan: Plan) -> tuple[list[str], list[str], Counter[object]]:
    """Run a plan; return the promises it broke, its history, and which faults fired."""
    with running(plan) as simulation:
        found = broken(simulation)
        found += [] if simulation.was_never_quiet else rests(simulation)
        return found, simulation.history, Counter(simulation.boundaries.fired)


def kind_of(problem: str) -> str:
    """Return a problem without its numbers, so that equal ones can be counted."""
    words = (word for word in problem.split() if not any(c.isdigit() for c in word))
    return " ".join(words)[:60]


def shrink(plan: Plan, kind: str) -> Plan:
    """Leave out whatever is not needed for a broken promise of this kind."""
    smaller = next((each for each in candidates(plan) if fails(each, kind)), None)
    return plan if smaller is None else shrink(smaller, kind)


def fails(plan: Plan, kind: str) -> bool:
    """Return whether a plan breaks a promise in this way."""
    try:
        return any(kind_of(problem) == kind for problem in verdict(plan)[0])
    except AssertionError as error:
        return kind_of(str(error)) == kind


def candidates(plan: Plan) -> Iterator[Plan]:
    """Return the plan with one thing less, in every way."""
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


def main() -> None:
    """Search, and print what was found: how often, with which seeds, and the shortest history."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="how many seeds to try")
    parser.add_argument("--base", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="this seed only, with its history")
    asked = parser.parse_args()
    one = asked.seed is not None
    seeds = [asked.seed] if one else range(asked.base, asked.base + asked.runs)
    kinds: dict[str, list[int]] = {}
    fired: Counter[object] = Counter()
    for seed in seeds:
        found, history, faults = verdict(draw(seed))
        fired += faults
        for kind in {kind_of(problem) for problem in found}:
            kinds.setdefault(kind, []).append(seed)
        if one:
            say("\n".join([*history, *found]))
    say(f"faults that fired: { {str(kind): count for kind, count in fired.items()} }")
    for kind, where in sorted(kinds.items(), key=lambda item: -len(item[1])):
        say(f"{len(where)} x {kind}: seeds {where[:12]}")
        say("\n".join(verdict(shrink(draw(where[0]), kind))[1]))


def say(text: str) -> None:
    """Print a text."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
