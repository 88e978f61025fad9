"""Search for broken promises: `search.py --runs 200`, or `search.py --seed 7` for one history."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from plans import draw  # noqa: E402
from shrinking import judge, kind_of, shrink  # noqa: E402


def main() -> int:
    """Search; return 1 where a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=200, help="how many seeds to try")
    parser.add_argument("--base", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="this seed only, with its whole history")
    parser.add_argument("--no-shrink", action="store_true", help="only count")
    asked = parser.parse_args()
    if asked.seed is not None:
        return replay(asked.seed)
    kinds: dict[str, list[int]] = {}
    fired: Counter[str] = Counter()
    for seed in range(asked.base, asked.base + asked.runs):
        verdict = judge(draw(seed))
        fired += verdict.fired
        for kind in {kind_of(problem) for problem in verdict.problems}:
            kinds.setdefault(kind, []).append(seed)
    say(f"{asked.runs} runs; what went wrong in them, and how often:")
    say("  " + ", ".join(f"{kind} {times}" for kind, times in sorted(fired.items())))
    for kind, seeds in sorted(kinds.items(), key=lambda item: -len(item[1])):
        say(f"\n{len(seeds)} x {kind}: seeds {seeds[:12]}")
        if not asked.no_shrink:
            smallest = shrink(draw(seeds[0]), kind)
            verdict = judge(smallest)
            say("\n".join([f"seed {seeds[0]} as small as it goes:", repr(smallest)]))
            say("\n".join([*verdict.history, *verdict.problems]))
    say("" if kinds else "no promise was broken")
    return 1 if kinds else 0


def replay(seed: int) -> int:
    """Run one seed and print its history."""
    plan = draw(seed)
    verdict = judge(plan)
    say("\n".join([repr(plan), *verdict.history, *verdict.problems]))
    say("" if verdict.problems else f"seed {seed}: no promise was broken")
    return 1 if verdict.problems else 0


def say(text: str) -> None:
    """Print a text."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
