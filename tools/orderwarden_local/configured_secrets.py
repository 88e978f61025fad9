"""The secrets port over the configuration file: read once, at start."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from orderwarden.errors import ConfigurationError
from orderwarden.ports import Clock, HookSecrets

from orderwarden_local.configuration import StoreConfiguration


class ConfiguredSecrets:
    """Hands out what the file says; a rotated secret needs a restart."""

    def __init__(self, stores: Mapping[str, StoreConfiguration], clock: Clock) -> None:
        """Keep the stores by hash."""
        self._stores = stores
        self._clock = clock

    def hook_secrets(self, store: str, *, newer_than: datetime | None = None) -> HookSecrets:  # noqa: ARG002
        """Return a store's secrets; always as of now, since they cannot have changed."""
        known = self._stores.get(store)
        if known is None:
            raise ConfigurationError(f"store {store} is not configured")
        return HookSecrets(
            client_secrets=known.client_secrets,
            hook_secrets=known.hook_secrets,
            needs_both=known.proof == "both",
            fetched_at=self._clock.now(),
        )
