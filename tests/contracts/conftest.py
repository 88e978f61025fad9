"""One fixture, `backend`: every contract runs once against each backend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from contracts.backends import BACKENDS, Backend


@pytest.fixture(params=list(BACKENDS))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """Open an empty backend, and close it after the test."""
    yield from BACKENDS[request.param](tmp_path)
