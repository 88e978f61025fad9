"""A copy of the project in which guards are taken out and tests are run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from guard_list import ROOT, Change

COPIED: Final = (
    *("layers", "tools", "tests", "examples", "functions", "events", "docs"),
    *("pyproject.toml", "template.yaml", "README.md"),
)
NOT_COPIED: Final = shutil.ignore_patterns("__pycache__", ".hypothesis", ".aws-sam")
OPTIONS: Final = ("-x", "-q", "-p", "no:cacheprovider", "--no-header")
NEVER_END: Final = "the tests never end"


class Tree:
    """One copy; one test run at a time."""

    def __init__(self, root: Path) -> None:
        """Keep where it lies."""
        self._root = root

    def first_failure(
        self, changed: Mapping[str, Change], tests: Sequence[str], longest_s: float
    ) -> str:
        """Return the first test that fails once files are changed; empty where none does.

        Raises:
            RuntimeError: The tests could not be run.
        """
        with ExitStack() as stack:
            for path, change in changed.items():
                stack.enter_context(_changed(self._root / path, change))
            return self._run(tests, longest_s)

    def _run(self, tests: Sequence[str], longest_s: float) -> str:
        root = self._root
        command = [sys.executable, "-m", "pytest", f"--basetemp={scratch_of(root)}", *OPTIONS]
        path = f"{root}/layers/orderwarden/python:{root}/tools"
        # Without bytecode: a file changed twice within a second would be taken for unchanged.
        environment = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            ran = subprocess.run(  # noqa: S603  our own tests
                [*command, *tests],
                cwd=root,
                env=environment,
                capture_output=True,
                text=True,
                timeout=longest_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return NEVER_END
        if ran.returncode == 0:
            return ""
        if ran.returncode != 1:
            raise RuntimeError(f"the tests could not be run:\n{ran.stdout}\n{ran.stderr}")
        found = re.search(r"^(?:FAILED|ERROR) (\S+?)(?: - .*)?$", ran.stdout, re.MULTILINE)
        return found.group(1) if found else "some test"


@contextmanager
def copied() -> Iterator[Tree]:
    """Give a copy of the project, and delete it afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, root / name, ignore=NOT_COPIED)
            elif source.exists():
                shutil.copy(source, root / name)
        try:
            yield Tree(root)
        finally:
            shutil.rmtree(scratch_of(root), ignore_errors=True)


def scratch_of(root: Path) -> Path:
    """Return where tests keep their files: in memory, as syncs to a disk take minutes."""
    memory = Path("/dev/shm")
    return (memory if memory.is_dir() else root.parent) / f"{root.name}-guards"


@contextmanager
def _changed(path: Path, change: Change) -> Iterator[None]:
    whole = path.read_text("utf-8")
    path.write_text(change(whole), "utf-8")
    try:
        yield
    finally:
        path.write_text(whole, "utf-8")
