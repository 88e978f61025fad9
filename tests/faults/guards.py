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
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import SimpleQueue
from typing import Final

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from guard_list import Guard  # noqa: E402
from guard_list_more import EVERY  # noqa: E402

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = ("layers", "tools", "tests", "examples", "functions", "pyproject.toml")
NOT_COPIED: Final = shutil.ignore_patterns("__pycache__", ".hypothesis")

QUICK: Final = (
    "tests/unit/services/test_process_acts.py",
    *("tests/unit/services/test_process.py", "tests/unit/services/test_process_settling.py"),
    *(
        "tests/unit/services/test_process_safeguards.py",
        "tests/unit/services/test_process_guards.py",
    ),
    "tests/unit/services/test_process_found_by_review.py",
    *("tests/unit/services/test_unpark.py", "tests/unit/services/test_ingest.py"),
    *("tests/faults/test_found_by_search.py", "tests/faults/test_cases.py"),
    *("-k", "not stranger and not authentic_bytes and not heavy"),
)
WIDER: Final = (
    *(f"tests/unit/domain/test_{name}.py" for name in ("echo", "line", "seen", "settlement")),
    *(f"tests/unit/domain/test_{name}.py" for name in ("staleness", "relevance", "webhook")),
    *(f"tests/contracts/test_{name}.py" for name in ("receipts", "changelog", "queue")),
    *("tests/contracts/test_state_counters.py", "tests/unit/local/test_workers.py"),
    *("tests/unit/local/test_sqlite_queue.py", "tests/unit/services/test_ingest_proof.py"),
    "tests/unit/services/test_budgets.py",
    *("-k", "not aws and not no_json"),
)
THOROUGH: Final = (
    *("tests/faults/test_every_act.py", "tests/faults/test_every_boundary.py"),
    "tests/faults/test_search.py",
    *("-k", "seeds_draw or somebody_else or may_break or time_out_after or die_after"),
)
STAGES: Final = (QUICK, WIDER, THOROUGH)
PYTEST: Final = (sys.executable, "-m", "pytest")
LONGEST_S: Final = 900


def main() -> int:
    """Remove the guards; return 1 where nothing noticed one missing."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("only", nargs="*", help="guards whose name contains one of these")
    parser.add_argument("--quick", action="store_true", help="without the long stories")
    parser.add_argument("--jobs", type=int, default=2, help="trees at once")
    asked = parser.parse_args()
    wanted = [each for each in EVERY if not asked.only or any(n in each.name for n in asked.only)]
    stages = STAGES[:2] if asked.quick else STAGES
    trees: SimpleQueue[Path] = SimpleQueue()

    def remove(guard: Guard) -> str:
        tree = trees.get()
        try:
            return _noticed(tree, guard, stages)
        finally:
            trees.put(tree)

    missed_by_nobody = []
    with ExitStack() as stack, ThreadPoolExecutor(asked.jobs) as pool:
        for _ in range(asked.jobs):
            trees.put(stack.enter_context(_copy()))
        for guard, noticed in zip(wanted, pool.map(remove, wanted), strict=True):
            say(f"{guard.name}: {noticed or guard.spare or 'NOBODY NOTICED'}")
            if not noticed and not guard.spare:
                missed_by_nobody.append(guard)
    say(f"{len(wanted)} guards removed, {len(missed_by_nobody)} of them missed by nobody")
    for guard in missed_by_nobody:
        say(f"nobody misses: {guard.name} ({guard.path})")
    return 1 if missed_by_nobody else 0


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
    shutil.rmtree(_memory_of(tree), ignore_errors=True)


def _memory_of(tree: Path) -> Path:
    """Return where its tests keep their files: in memory, as syncs to a disk take minutes."""
    memory = Path("/dev/shm")
    return (memory if memory.is_dir() else tree.parent) / f"{tree.name}-tests"


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
    options = ("-x", "-q", "-p", "no:cacheprovider", "--no-header")
    chosen = [
        each for each in arguments if not each.startswith("tests/") or (tree / each).exists()
    ]
    try:
        ran = subprocess.run(  # noqa: S603  our own tests
            [*PYTEST, f"--basetemp={_memory_of(tree)}", *options, *chosen],
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
