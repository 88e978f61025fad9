"""Every guard of idempotency and of safety: where it stands, and what it looks like gone.

The lists themselves are `guard_list/*.toml`, one file for each part of the way of a webhook.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
LISTS: Final = Path(__file__).with_suffix("")


Change = Callable[[str], str]
"""Makes a file's text without some guards of its whole text."""


@dataclass(frozen=True, slots=True)
class Guard:
    """One guard.

    Attributes:
        name: What it guards, in words.
        path: The file, from the root.
        text: Its text, once in the file.
        without: The text that stands there once it is removed.
        noticed_by: The test that misses it, as pytest names it.
        spare: Why no test misses it alone; empty for all others.
        proved_with: The guard that catches the same: `noticed_by` misses it where both are gone.
    """

    name: str
    path: str
    text: str
    without: str
    noticed_by: str
    spare: str = ""
    proved_with: str = ""


def read_lists(folder: Path = LISTS) -> tuple[Guard, ...]:
    """Return the guards of every list in a folder."""
    lists = (tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml")))
    return tuple(Guard(**fields) for one in lists for fields in one["guard"])


EVERY: Final = read_lists()
BY_NAME: Final = {guard.name: guard for guard in EVERY}


def changes(guard: Guard) -> Mapping[str, Change]:
    """Return what happens to which file once a guard is gone: what makes the new text of the old.

    What is spare goes with the guard that proves it.
    """
    removed = (guard, BY_NAME[guard.proved_with]) if guard.proved_with else (guard,)
    paths = {each.path for each in removed}
    return {path: partial(_without, [x for x in removed if x.path == path]) for path in paths}


def faults_of(guard: Guard) -> list[str]:
    """Return what is wrong with a guard's description, held against code and tests."""
    path = ROOT / guard.path
    if not path.is_file():
        return [f"{guard.name}: there is no {guard.path}"]
    found: list[str] = []
    count = path.read_text("utf-8").count(guard.text)
    if count != 1:
        found.append(f"{guard.name}: its text is in {guard.path} {count} times")
    if not _is_test(guard.noticed_by):
        found.append(f"{guard.name}: there is no test {guard.noticed_by}")
    if bool(guard.spare) is not (guard.proved_with in BY_NAME):
        found.append(f"{guard.name}: what is spare is proved with another guard of the list")
    return found


def without(guard: Guard) -> str:
    """Return the file's text with the guard removed."""
    return _without([guard], (ROOT / guard.path).read_text("utf-8"))


def _without(guards: Iterable[Guard], text: str) -> str:
    for guard in guards:
        text = text.replace(guard.text, guard.without)
    return text


def _is_test(node: str) -> bool:
    path, _, name = node.partition("::")
    return name.partition("[")[0] in _tests_in(ROOT / path)


@cache
def _tests_in(path: Path) -> frozenset[str]:
    """Return the names of a file's functions."""
    if not path.is_file():
        return frozenset()
    body = ast.parse(path.read_text("utf-8")).body
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef))
