"""Nothing in the repository names a download address or a path of somebody's machine."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
FORBIDDEN = re.compile(
    r"--(extra-)?index-url|--find-links|https?://(files|registry|deb)\.|\"resolved\": *\"http"
    r"|/root/|/home/[a-z]+/"
)


def test_no_file_names_a_registry_or_a_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    names = [name for name in listed.stdout.split("\0") if name]
    assert names

    found = [
        f"{name}:{number}"
        for name in names
        if Path(name) != Path(__file__).relative_to(ROOT)
        for number, line in enumerate((ROOT / name).read_text(errors="replace").splitlines(), 1)
        if FORBIDDEN.search(line)
    ]

    assert not found
