"""A scenario whose only rule completes what was shipped; modules with other rules build theirs."""

from __future__ import annotations

from pathlib import Path

import pytest
from scenario import Scenario


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return Scenario(tmp_path)
