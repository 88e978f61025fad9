"""Remove one guard after another and show which test notices: `make guards`.

Each guard names a test. That test runs in a process forked off for it, in which the guard's code
was exchanged for the code without it; so hundreds of guards take minutes. Where that test does
not notice, the guard is taken out of a copy of the tree, and the tests of its part run, then
stories in which everything goes wrong. A guard that no test misses fails the run. What was
noticed is kept in `var/guards.json`: a run that was broken off goes on where it was.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from guard_list import EVERY, ROOT, Guard, changes, faults_of  # noqa: E402
from guard_results import Results  # noqa: E402
from guard_session import Session, collect  # noqa: E402
from guard_tree import NEVER_END, Tree, copied, scratch_of  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.progress import MofNCompleteColumn, Progress  # noqa: E402
from rich.table import Table  # noqa: E402

NAMED_S: Final = 60.0
QUICK_S: Final = 900.0
STORIES_S: Final = 3600.0

SHIPPED: Final = "layers/orderwarden/python/orderwarden"
QUICK: Final = (
    (f"{SHIPPED}/adapters/", ("tests/unit/adapters", "tests/contracts")),
    ("layers/", ("tests/unit/services", "tests/unit/domain", "tests/contracts")),
    ("tools/orderwarden_local/", ("tests/unit/local", "tests/contracts")),
    ("functions/", ("tests/functions",)),
)
"""The tests of a part of the code, by the beginning of its path; the first that fits counts."""

STORIES: Final = (
    *("tests/faults/test_found_by_search.py", "tests/faults/test_cases.py"),
    *("tests/faults/test_every_act.py", "tests/faults/test_every_boundary.py"),
    "tests/faults/test_search.py",
)

Noted = Callable[[Guard, str], None]
"""Is told of each guard that was removed, and of the test that noticed; empty for none."""


def main() -> int:
    """Remove the guards; return 1 where nothing noticed one missing, 2 for a faulty list."""
    os.chdir(ROOT)
    asked = _asked()
    errors = Console(stderr=True, soft_wrap=True, markup=False)
    wanted = [x for x in EVERY if not asked.only or any(part in x.name for part in asked.only)]
    problems = [problem for guard in wanted for problem in faults_of(guard)]
    if problems or not wanted:
        errors.print("\n".join(problems) or "no guard has such a name")
        return 2
    results = Results()
    found = {} if asked.fresh else {x.name: test for x in wanted if (test := results.noticed(x))}
    # Without a thread of its own: processes are forked off.
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=errors, auto_refresh=False) as bar:
        task = bar.add_task("guards", total=len(wanted), completed=len(found))
        bar.refresh()

        def noted(guard: Guard, test: str) -> None:
            results.keep(guard, test)
            found[guard.name] = test
            bar.update(task, advance=1, refresh=True)
            if not test:
                errors.print(f"nobody misses: {guard.name} ({guard.path})")

        left = [guard for guard in wanted if guard.name not in found]
        remove(left, noted, is_thorough=not asked.quick)
    _show(wanted, found)
    return 0 if all(found.values()) else 1


def remove(guards: Sequence[Guard], noted: Noted, *, is_thorough: bool) -> None:
    """Remove each guard, first quickly, then thoroughly where the named test saw nothing."""
    left: list[Guard] = []

    def quickly(session: Session) -> None:
        for path, there in _by_path(guards).items():
            left.extend(_unnoticed(session, path, there, noted))

    if guards:
        collect(sorted({x.noticed_by for x in guards}), f"--basetemp={scratch_of(ROOT)}", quickly)
    if not left:
        return
    with copied() as tree:
        for guard in left:
            noted(guard, first_to_notice(tree, guard, is_thorough=is_thorough))


def _unnoticed(
    session: Session, path: str, guards: Sequence[Guard], noted: Noted
) -> Iterable[Guard]:
    """Remove the guards of one file; yield those that the named test did not notice.

    Raises:
        SystemExit: A named test fails with every guard in place: it would prove nothing.
    """
    named = sorted({guard.noticed_by for guard in guards})
    # The control: the same code put in force anew must change nothing.
    failed = session.first_failure({path: str}, named, STORIES_S)
    if failed:
        raise SystemExit(f"with every guard in place this fails: {failed}")
    for guard in guards:
        test = None
        if failed == "":
            test = session.first_failure(changes(guard), (guard.noticed_by,), NAMED_S)
        if test:
            noted(guard, test)
        else:
            yield guard


def first_to_notice(tree: Tree, guard: Guard, *, is_thorough: bool) -> str:
    """Return the first test that misses a guard taken out of a copy; empty where none does.

    Where not thoroughly, only the named test has a say.
    """
    quick = next(tests for part, tests in QUICK if guard.path.startswith(part))
    stages = (((guard.noticed_by,), NAMED_S), (quick, QUICK_S), (STORIES, STORIES_S))
    asked = stages if is_thorough else stages[:1]
    runs = (tree.first_failure(changes(guard), tests, at_most) for tests, at_most in asked)
    return next((failed for failed in runs if failed), "")


def _by_path(guards: Iterable[Guard]) -> Mapping[str, Sequence[Guard]]:
    by_path: defaultdict[str, list[Guard]] = defaultdict(list)
    for guard in guards:
        by_path[guard.path].append(guard)
    return by_path


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("only", nargs="*", help="guards whose name contains one of these")
    parser.add_argument("--quick", action="store_true", help="run the named tests alone")
    parser.add_argument("--fresh", action="store_true", help="forget what was noticed before")
    return parser.parse_args()


def _show(guards: Sequence[Guard], found: Mapping[str, str]) -> None:
    """Print each guard with the test that missed it, and the sums."""
    table = Table("guard", "missed by", box=None)
    for guard in guards:
        beside = f" (gone with: {guard.proved_with})" if guard.proved_with else ""
        table.add_row(guard.name + beside, found[guard.name].rpartition("::")[2] or "NOBODY")
    console = Console(markup=False)
    console.print(table)
    by_nobody = sum(not test for test in found.values())
    by_named = sum(found[x.name].startswith((x.noticed_by, NEVER_END)) for x in guards)
    console.print(
        f"{len(guards)} guards: {by_named} missed by the test that is named, "
        f"{len(guards) - by_named - by_nobody} by another, {by_nobody} by nobody"
    )


if __name__ == "__main__":
    sys.exit(main())
