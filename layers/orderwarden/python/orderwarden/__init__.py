"""Orderwarden keeps the order statuses of a BigCommerce store right and says why."""

from typing import Final

__version__: Final = "0.1.0"
"""As in pyproject.toml; the layer on Lambda carries no package metadata to ask."""
