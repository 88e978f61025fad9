"""Search for broken promises: `make faults RUNS=500`, or `make faults SEED=7` for one history."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from plans import draw  # noqa: E402
from shrinking import KINDS, Verdict, judge, kind_of, shrink  # noqa: E402

ENOUGH_RUNS: Final = 400
"""In so many runs every kind of trouble fires; one that did not tells of a broken generator."""


def main() -> int:
    """Search; return 1 where a promise was broken, or a kind of trouble never fired."""
    asked = _arguments()
    if asked.seed is not None:
        return replay(asked.seed)
    kinds: dict[str, list[int]] = {}
    fired: Counter[str] = Counter()
    seeds = range(asked.base, asked.base + asked.runs)
    for seed, verdict in _verdicts(seeds, asked.jobs):
        fired += verdict.fired
        for kind in {kind_of(problem) for problem in verdict.problems}:
            kinds.setdefault(kind, []).append(seed)
        _progress(seed - asked.base + 1, asked.runs, len(kinds))
    say(f"{asked.runs} runs; what went wrong in them, and how often:")
    say(f"  {counts(fired)}")
    for kind, found in sorted(kinds.items(), key=lambda item: -len(item[1])):
        say(f"\n{len(found)} x {kind}: seeds {found[:12]}")
        if not asked.no_shrink:
            _show_smallest(found[0], kind)
    never = never_fired(fired) if asked.runs >= ENOUGH_RUNS else []
    if never:
        say(f"never fired, so the search is blind there: {', '.join(never)}")
    say("" if kinds else "no promise was broken")
    return 1 if kinds or never else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=ENOUGH_RUNS, help="how many seeds to try")
    parser.add_argument("--base", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="this seed only, with its whole history")
    parser.add_argument("--no-shrink", action="store_true", help="only count")
    parser.add_argument("--jobs", type=int, default=2, help="processes at once")
    return parser.parse_args()


def replay(seed: int) -> int:
    """Run one seed and print its history, the same every time, and the digest of it."""
    plan = draw(seed)
    verdict = judge(plan)
    say("\n".join([repr(plan), "", *verdict.history, "", *verdict.problems]))
    say(f"seed {seed}, {verdict.boundaries} boundaries, trace {verdict.trace_hash}")
    say("" if verdict.problems else "no promise was broken")
    return 1 if verdict.problems else 0


def never_fired(fired: Counter[str]) -> list[str]:
    """Return the kinds of trouble that should have come about, and did not."""
    return [kind for kind in KINDS if not fired[kind]]


def counts(fired: Counter[str]) -> str:
    """Return how often each kind of trouble fired, for a person."""
    return ", ".join(f"{kind} {fired[kind]}" for kind in sorted({*KINDS, *fired}))


def say(text: str) -> None:
    """Print a text."""
    sys.stdout.write(f"{text}\n")


def _verdicts(seeds: range, jobs: int) -> Iterator[tuple[int, Verdict]]:
    """Judge seeds in several processes, and yield them in order."""
    with get_context("fork").Pool(jobs) as pool:
        yield from zip(seeds, pool.imap(_judge_seed, seeds, chunksize=4), strict=True)


def _judge_seed(seed: int) -> Verdict:
    return judge(draw(seed))


def _progress(done: int, of: int, kinds: int) -> None:
    if sys.stderr.isatty() or done % 100 == 0 or done == of:
        end = "\r" if sys.stderr.isatty() and done < of else "\n"
        sys.stderr.write(f"{done} of {of} seeds, {kinds} kinds of broken promises{end}")
        sys.stderr.flush()


def _show_smallest(seed: int, kind: str) -> None:
    smallest = shrink(draw(seed), kind)
    verdict = judge(smallest)
    say("\n".join([f"seed {seed} as small as it goes:", repr(smallest)]))
    say("\n".join([*verdict.history, *verdict.problems]))


if __name__ == "__main__":
    sys.exit(main())
