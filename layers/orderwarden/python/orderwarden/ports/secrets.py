"""The secrets port."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from orderwarden.domain.hook_secrets import HookSecrets
from orderwarden.domain.rotation import Rotation

__all__ = ["HookSecrets", "Rotations", "Secrets"]


class Secrets(Protocol):
    """The secrets of each store."""

    def hook_secrets(self, store: str, *, newer_than: datetime | None = None) -> HookSecrets:
        """Return the secrets, from a short cache unless they must be newer than that."""
        ...


class Rotations(Protocol):
    """How far the replacement of each store's hook secret is."""

    def configured(self, store: str) -> tuple[str, ...]:
        """Return the hook secrets that people listed, the first meant for hooks."""
        ...

    def rotation(self, store: str) -> Rotation | None:
        """Return a store's latest rotation."""
        ...

    def replace_rotation(self, store: str, new: Rotation, before: Rotation | None) -> bool:
        """Write it if `before` stands there, else change nothing; return whether it was."""
        ...

    def unsettled_s(self, store: str, secret: str | None) -> float:
        """Return for how many seconds hooks must not carry this secret yet.

        Until then somebody who proves webhooks may not know it, and would refuse them.
        """
        ...
