"""A fresh store for each test."""

from __future__ import annotations

import pytest
from unit.simulator.calls import Sim


@pytest.fixture
def sim() -> Sim:
    return Sim()
