"""The secrets port."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HookSecrets:
    """What proves that a webhook is BigCommerce's.

    Attributes:
        client_secrets: Live client secrets, for signatures.
        hook_secrets: Live values of our own secret header; the first goes on new hooks.
        needs_both: Whether signature and header must both be right.
        fetched_at: When they were read (our clock).
    """

    client_secrets: tuple[str, ...] = field(repr=False)
    hook_secrets: tuple[str, ...] = field(repr=False)
    needs_both: bool
    fetched_at: datetime


class Secrets(Protocol):
    """The secrets of each store."""

    def hook_secrets(self, store: str, *, newer_than: datetime | None = None) -> HookSecrets:
        """Return the secrets, from a short cache unless they must be newer than that."""
        ...
