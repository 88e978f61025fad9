"""Remove one guard after another and show which test notices: `make guards`.

The tree is copied; in the copy one guard at a time is taken out and tests are run, first the
quick ones, then stories in which everything goes wrong. A guard that no test misses fails the run.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from guard_list import Guard  # noqa: E402
from guard_list_more import EVERY  # noqa: E402

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = ("layers", "tools", "tests", "examples", "functions", "pyproject.toml")
NOT_COPIED: Final = shutil.ignore_patterns("__pycache__", ".hypothesis")

QUICK: Final = (
    *("tests/unit/services", "tests/unit/domain", "tests/faults/test_found_by_search.py"),
    *("tests/faults/test_cases.py", "tests/contracts/test_receipts.py"),
    *("tests/contracts/test_changelog.py", "tests/contracts/test_queue.py"),
    *("tests/contracts/test_state_counters.py", "tests/unit/local/test_workers.py"),
    *("tests/unit/local/test_sqlite_queue.py", "tests/unit/local/test_web.py"),
    *("-k", "not dynamodb and not sqs"),
)
THOROUGH: Final = (
    "tests/faults/test_every_boundary.py",
    "tests/faults/test_search.py",
    *("-k", "seeds_draw or somebody_else or may_break or time_out_after or die_after"),
)
LONGEST_S: Final = 900


def main() -> int:
    """Remove the guards; return 1 where nothing noticed one missing."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", default="", help="guards whose name contains this")
    parser.add_argument("--quick", action="store_true", help="without the long stories")
    asked = parser.parse_args()
    guards = [guard for guard in EVERY if asked.only in guard.name]
    survivors = []
    with _copy() as tree:
        for number, guard in enumerate(guards, 1):
            noticed = _noticed(tree, guard, (QUICK,) if asked.quick else (QUICK, THOROUGH))
            say(f"{number} of {len(guards)} {guard.name}: {noticed or 'NOBODY NOTICED'}")
            if not noticed:
                survivors.append(guard)
    say(f"{len(guards) - len(survivors)} of {len(guards)} guards are missed when they are gone")
    for guard in survivors:
        say(f"nobody misses: {guard.name} ({guard.path})")
    return 1 if survivors else 0


def faults_of(guard: Guard) -> list[str]:
    """Return what is wrong with a guard's description, held against the code."""
    path = ROOT / guard.path
    if not path.is_file():
        return [f"{guard.name}: there is no {guard.path}"]
    count = path.read_text("utf-8").count(guard.anchor)
    return [] if count == 1 else [f"{guard.name}: its text is in {guard.path} {count} times"]


def without(guard: Guard) -> str:
    """Return the file's text with the guard removed."""
    problems = faults_of(guard)
    if problems:
        raise SystemExit("\n".join(problems))
    return (ROOT / guard.path).read_text("utf-8").replace(guard.anchor, guard.without)


def say(text: str) -> None:
    """Print a text at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


@contextmanager
def _copy() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, tree / name, ignore=NOT_COPIED)
            elif source.exists():
                shutil.copy(source, tree / name)
        yield tree


def _noticed(tree: Path, guard: Guard, stages: Sequence[Sequence[str]]) -> str:
    """Return the first test that fails without a guard; empty where none does."""
    path = tree / guard.path
    whole = path.read_text("utf-8")
    path.write_text(without(guard), "utf-8")
    try:
        return next((name for stage in stages if (name := _first_failure(tree, stage))), "")
    finally:
        path.write_text(whole, "utf-8")


def _first_failure(tree: Path, arguments: Sequence[str]) -> str:
    options = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header")
    chosen = [
        each for each in arguments if not each.startswith("tests/") or (tree / each).exists()
    ]
    try:
        ran = subprocess.run(  # noqa: S603  our own tests
            [sys.executable, "-m", "pytest", *options, *chosen],
            cwd=tree,
            env={"PYTHONPATH": f"{tree}/layers/orderwarden/python:{tree}/tools"},
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "the tests never end"
    if ran.returncode == 0:
        return ""
    if ran.returncode != 1:
        raise SystemExit(f"the tests could not be run:\n{ran.stdout}\n{ran.stderr}")
    found = re.search(r"^(?:FAILED|ERROR) (\S+?)(?: - .*)?$", ran.stdout, re.MULTILINE)
    return found.group(1) if found else "some test"


if __name__ == "__main__":
    sys.exit(main())
