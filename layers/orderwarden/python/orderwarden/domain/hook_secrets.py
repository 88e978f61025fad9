"""What proves that a webhook is BigCommerce's."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from orderwarden.domain.authenticity import Keys


@dataclass(frozen=True)  # no slots: `keys` is made once, and many webhooks are judged by it
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

    @cached_property
    def keys(self) -> Keys:
        """Return what webhooks are judged by."""
        return Keys(
            client_secrets=tuple(_bytes(secret) for secret in self.client_secrets),
            hook_secrets=tuple(_bytes(secret) for secret in self.hook_secrets),
            needs_both=self.needs_both,
        )


def _bytes(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogatepass")
