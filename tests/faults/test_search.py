"""The search: the same seed tells the same story, and every kind of trouble comes about."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from plans import draw
from shrinking import judge

SEARCH = Path(__file__).parent / "search.py"
SEED = 17


def _replayed(hash_seed: str) -> str:
    """Return what a new process prints for a seed, with another order of sets."""
    found = subprocess.run(  # noqa: S603  our own search
        [sys.executable, SEARCH, "--seed", str(SEED)],
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert found.returncode == 0, found.stderr + found.stdout
    return found.stdout


def test_the_same_seed_has_the_same_trace_in_every_process() -> None:
    first, second = judge(draw(SEED)), judge(draw(SEED))
    told, told_again = _replayed("1"), _replayed("2")

    assert first.boundaries > 50
    assert first.trace_hash == second.trace_hash
    assert f"trace {first.trace_hash}" in told
    assert told == told_again


def test_another_seed_has_another_trace() -> None:
    assert judge(draw(1)).trace_hash != judge(draw(2)).trace_hash
