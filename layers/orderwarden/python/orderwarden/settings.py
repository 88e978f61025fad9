"""The only reader of the environment."""

from __future__ import annotations

import os


def variable(name: str) -> str | None:
    """Return an environment variable, or None where it is not set or empty."""
    return os.environ.get(name) or None  # noqa: TID251  (this is the one place)
