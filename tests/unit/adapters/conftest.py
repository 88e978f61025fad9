"""AWS for the tests of its adapters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dynamodb_backend import Dynamo, dynamo


@pytest.fixture
def tables() -> Iterator[Dynamo]:
    """Open empty tables."""
    with dynamo() as opened:
        yield opened
