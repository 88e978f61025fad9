"""Everything at every boundary: `make faults SINGLES=1`, and two at a time: `make faults PAIRS=1`.

All stories with one thing gone wrong are some ten thousand runs, minutes; all pairs of the three
core stories are hundreds of thousands, hours.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from multiprocessing import get_context
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from boundaries import SINGLE, Fault  # noqa: E402
from core_scenarios import CORE, SCENARIOS  # noqa: E402
from every_act import ACTS, points_of_act, run_act  # noqa: E402
from one_fault import pairs, run, singles  # noqa: E402

Told = tuple[str, Mapping[int, Fault]]


def main() -> int:
    """Run; return 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", action="store_true", help="two at a time, in the core stories")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    asked = parser.parse_args()
    plans = _every_pair() if asked.pairs else _every_single()
    done = broken = 0
    with get_context("fork").Pool(asked.jobs) as pool:
        for (name, faults), problems in pool.imap(_hold, plans, chunksize=16):
            done, broken = done + 1, broken + bool(problems)
            if problems:
                sys.stdout.write(f"{name} {dict(faults)}: {'; '.join(problems)}\n")
            if done % 100 == 0:
                sys.stderr.write(f"{done} runs, now {name}; {broken} broke a promise\n")
    sys.stdout.write(f"{done} runs; {broken} broke a promise\n")
    return 1 if broken else 0


def _every_single() -> Iterator[Told]:
    for name in ACTS:
        for number in range(points_of_act(name)):
            yield from ((name, {number: fault}) for fault in SINGLE)
    yield from ((name, faults) for name in SCENARIOS for faults in singles(name))


def _every_pair() -> Iterator[Told]:
    return ((name, faults) for name in CORE for faults in pairs(name))


def _hold(told: Told) -> tuple[Told, list[str]]:
    if told[0] in ACTS:
        return told, [problem for problem in [run_act(*told).problem] if problem]
    return told, run(*told).problems


if __name__ == "__main__":
    sys.exit(main())
