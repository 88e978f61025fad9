"""A command line whose store is out of reach; modules that need a store make their own `shop`."""

from __future__ import annotations

from pathlib import Path

import pytest
from unit.cli.command_line import STORE, CommandLine, nowhere


@pytest.fixture
def shop(tmp_path: Path) -> CommandLine:
    return CommandLine(tmp_path, nowhere(), STORE)
