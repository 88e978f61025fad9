"""The secrets port over the configuration file, and over what was rotated since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from orderwarden.errors import ConfigurationError
from orderwarden.ports import Clock, HookSecrets

from orderwarden_local.configuration import StoreConfiguration
from orderwarden_local.rotated_secrets import RotatedSecrets


class ConfiguredSecrets:
    """Hands out what the file says, read once at start, and rotated secrets as of now."""

    def __init__(
        self,
        stores: Mapping[str, StoreConfiguration],
        clock: Clock,
        rotated: RotatedSecrets | None = None,
    ) -> None:
        """Keep the stores by hash."""
        self._stores = stores
        self._clock = clock
        self._rotated = rotated

    def hook_secrets(self, store: str, *, newer_than: datetime | None = None) -> HookSecrets:  # noqa: ARG002
        """Return a store's secrets; always as of now.

        Raises:
            ConfigurationError: The store is not configured, or rotated secrets cannot be read.
        """
        known = self._stores.get(store)
        if known is None:
            raise ConfigurationError(f"store {store} is not configured")
        return HookSecrets(
            client_secrets=known.client_secrets,
            hook_secrets=self._rotated.live(store) if self._rotated else known.hook_secrets,
            needs_both=known.proof == "both",
            fetched_at=self._clock.now(),
        )
