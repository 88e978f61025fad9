"""One fixture, `backend`: every contract runs once against each backend."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from contracts.backends import BACKENDS, Backend


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "sqlite_only(reason): what moto or SQS cannot show")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a contract run against each backend that can show it."""
    if "backend" in metafunc.fixturenames:
        is_marked = metafunc.definition.get_closest_marker("sqlite_only") is not None
        metafunc.parametrize("backend", ["sqlite"] if is_marked else list(BACKENDS), indirect=True)


@pytest.fixture
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    """Open an empty backend, and close it after the test."""
    yield from BACKENDS[request.param](tmp_path)
