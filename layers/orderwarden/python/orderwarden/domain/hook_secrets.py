"""What proves that a webhook is BigCommerce's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class HookSecrets:
    """A store's secrets for webhooks.

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
