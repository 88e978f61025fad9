"""Search for broken promises: `python tests/faults/search.py --runs 200` or `--seed 7`."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

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


def verdict(plan: Plan) -> tuple[list[str], list[str], Counter]:
    with running(plan) as s:
        found = broken(s)
        found += [] if s.was_never_quiet else rests(s)
        return found, s.history, s.boundaries.fired


def kind_of(problem: str) -> str:
    return " ".join(w for w in problem.split() if not any(c.isdigit() for c in w))[:60]


def shrink(plan: Plan, kind: str) -> Plan:
    """Leave out whatever is not needed for a broken promise of this kind."""
    def fails(p):
        try:
            return any(kind_of(x) == kind for x in verdict(p)[0])
        except AssertionError as e:
            return kind_of(str(e)) == kind
    changed = True
    while changed:
        changed = False
        for cand in candidates(plan):
            if fails(cand):
                plan, changed = cand, True
                break
    return plan


def candidates(plan):
    for i in range(len(plan.story)):
        yield replace(plan, story=plan.story[:i] + plan.story[i + 1:])
    for n in plan.faults:
        yield replace(plan, faults={k: v for k, v in plan.faults.items() if k != n})
    for n in plan.acts_at:
        yield replace(plan, acts_at={k: v for k, v in plan.acts_at.items() if k != n})
    for c in plan.chances:
        yield replace(plan, chances={k: v for k, v in plan.chances.items() if k != c})
    if plan.workers > 1:
        yield replace(plan, workers=1)
    if plan.skew_s:
        yield replace(plan, skew_s=0.0)
    if plan.ahead_s:
        yield replace(plan, ahead_s=0.0)
    if plan.is_unhurried:
        yield replace(plan, is_unhurried=False)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--base", type=int, default=0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--show", action="store_true")
    args = parser.parse_args()
    seeds = [args.seed] if args.seed is not None else range(args.base, args.base + args.runs)
    kinds: dict[str, list[int]] = {}
    fired: Counter = Counter()
    began = time.monotonic()
    for seed in seeds:
        plan = draw(seed)
        try:
            found, history, f = verdict(plan)
            fired += f
        except AssertionError as error:
            found, history = [str(error)], []
        for k in {kind_of(x) for x in found}:
            kinds.setdefault(k, []).append(seed)
        if args.seed is not None and found and args.show:
            continue
        if args.seed is not None:
            print(plan); print("\n".join(history)); print(found)
    print(round(time.monotonic() - began, 1), "s")
    print({str(k): v for k, v in fired.items()})
    for k, s in sorted(kinds.items(), key=lambda x: -len(x[1])):
        print(len(s), k, s[:12])
    if args.show:
        for k, s in kinds.items():
            small = shrink(draw(s[0]), k)
            print("=====", k, s[0]); print(small)
            try:
                found, history, _ = verdict(small)
                print("\n".join(history)); print(found)
            except AssertionError as e:
                print(e)


if __name__ == "__main__":
    main()
