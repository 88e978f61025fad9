"""One test session in which guards are removed: each in a process of its own, forked off.

Everything was imported and collected before, so that a removal costs little more than the test
that notices it.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import Final

import pytest
from _pytest.runner import runtestprotocol
from guard_list import ROOT, Change
from guard_patch import put_in_force
from guard_tree import NEVER_END

OPTIONS: Final = ("-q", "-s", "-p", "no:cacheprovider", "--no-header")


class Session:
    """A plugin of pytest: instead of running what it collected, it lets somebody remove guards."""

    def __init__(self, use: Callable[[Session], None]) -> None:
        """Keep what is to be done once all tests are collected."""
        self._use = use
        self._items: dict[str, list[pytest.Item]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run none of the tests here."""
        for item in session.items:
            for name in {item.nodeid, item.nodeid.partition("[")[0]}:
                self._items.setdefault(name, []).append(item)
        self._use(self)
        return True

    def first_failure(
        self, changed: Mapping[str, Change], tests: Iterable[str], longest_s: float
    ) -> str | None:
        """Return the first of these tests that fails once files are changed; empty for none.

        Returns:
            None where a file cannot be changed in memory.
        """
        items = [item for test in tests for item in self._items[test]]
        ours, theirs = Pipe(duplex=False)
        child = os.fork()
        if not child:
            _run_here(changed, items, theirs)
        theirs.close()
        try:
            answer: str | None = ours.recv() if ours.poll(longest_s) else NEVER_END
        except EOFError:
            answer = None
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return answer


def collect(tests: Sequence[str], scratch: str, use: Callable[[Session], None]) -> None:
    """Collect tests and hand them over; what pytest says is kept silent.

    Raises:
        RuntimeError: They could not be collected.
    """
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main([*OPTIONS, scratch, *tests], plugins=[Session(use)])
    if code not in {0, 5}:
        raise RuntimeError(said.getvalue()[-5000:])


def _run_here(
    changed: Mapping[str, Change], items: Sequence[pytest.Item], answer: Connection
) -> None:
    """Change the files in memory, run the tests up to the first that fails, say which; end."""
    try:
        for path, change in changed.items():
            file = ROOT / path
            if not put_in_force(file, change(file.read_text("utf-8"))):
                answer.send(None)
                return
        failed = (item.nodeid for item in items if _fails(item))
        answer.send(next(failed, ""))
    finally:
        answer.close()
        os._exit(0)


def _fails(item: pytest.Item) -> bool:
    reports = runtestprotocol(item, log=False, nextitem=None)
    return any(report.failed for report in reports)
