"""What removing each guard came to, kept in a file so that a run that was broken off goes on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

from guard_list import ROOT, Guard, changes

KEPT_IN: Final = ROOT / "var" / "guards.json"


class Results:
    """The guards that a test noticed; what none noticed is always tried again.

    A result holds as long as the guard, its file and the file of that test are what they were.
    """

    def __init__(self, path: Path = KEPT_IN) -> None:
        """Read what is kept."""
        self._path = path
        self._noticed: dict[str, tuple[str, str]] = {}
        if path.is_file():
            self._noticed = json.loads(path.read_text("utf-8"))

    def noticed(self, guard: Guard) -> str:
        """Return the test that noticed; empty where none did, or where that may not hold."""
        digest, test = self._noticed.get(guard.name, ("", ""))
        return test if digest == _digest(guard, test) else ""

    def keep(self, guard: Guard, test: str) -> None:
        """Keep which test noticed; empty for none."""
        self._noticed[guard.name] = (_digest(guard, test), test)
        self._path.parent.mkdir(exist_ok=True)
        draft = self._path.with_suffix(".draft")
        draft.write_text(json.dumps(self._noticed, indent=1), "utf-8")
        draft.replace(self._path)


def _digest(guard: Guard, test: str) -> str:
    """Return what the result rests on."""
    digest = hashlib.sha256(repr(guard).encode())
    for path in (*sorted(changes(guard)), test.partition("::")[0]):
        file = ROOT / path
        digest.update(file.read_bytes() if file.is_file() else b"")
    return digest.hexdigest()
