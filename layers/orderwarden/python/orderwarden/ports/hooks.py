"""The webhooks registered with the store. Errors: `ports/store.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from orderwarden.domain.hook import Hook, HookChanges, HooksAdmin, NewHook
from orderwarden.ports.answer import Answer


class HookReader(Protocol):
    """Shows the hooks of our own API account, whatever their destination."""

    def hooks(self) -> Answer[tuple[Hook, ...]]:
        """Read every hook."""
        ...

    def hooks_admin(self) -> Answer[HooksAdmin]:
        """Read which hooks are switched off, which destinations are blocked, who is told."""
        ...


class HookWriter(Protocol):
    """Registers hooks."""

    def create_hook(self, new: NewHook) -> Answer[Hook]:
        """Register a hook."""
        ...

    def update_hook(self, hook_id: int, changes: HookChanges) -> Answer[Hook]:
        """Change a hook; `is_active=True` revives one that was switched off."""
        ...

    def delete_hook(self, hook_id: int) -> Answer[None]:
        """Delete a hook."""
        ...

    def set_hook_emails(self, emails: Sequence[str]) -> Answer[None]:
        """Say who is told when a hook is switched off."""
        ...
