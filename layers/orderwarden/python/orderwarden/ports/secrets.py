"""The secrets port."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from orderwarden.domain.hook_secrets import HookSecrets

__all__ = ["HookSecrets", "Secrets"]


class Secrets(Protocol):
    """The secrets of each store."""

    def hook_secrets(self, store: str, *, newer_than: datetime | None = None) -> HookSecrets:
        """Return the secrets, from a short cache unless they must be newer than that."""
        ...
