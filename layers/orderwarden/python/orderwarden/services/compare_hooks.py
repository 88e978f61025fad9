"""Compare the store's hooks with what they should be; nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwarden.domain.hook import BlockedDomain, Hook, NewHook
from orderwarden.domain.hooks_wanted import HookTask, is_ours, tasks, wanted_hooks
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.scopes import EXCEPTION_SCOPE
from orderwarden.errors import Refused
from orderwarden.ports import HookReader


@dataclass(frozen=True, slots=True)
class HookPlace:
    """Where a store's hooks shall lead, and what they carry.

    Attributes:
        secrets: Values of our own header that are accepted; the first goes on hooks.
    """

    store: str
    public_url: str
    secrets: tuple[str, ...]

    @property
    def secret(self) -> str | None:
        """Return what hooks shall carry; None where signatures alone prove webhooks."""
        return self.secrets[0] if self.secrets else None


@dataclass(frozen=True, slots=True)
class HooksSeen:
    """What there is, and what is to be done.

    Attributes:
        at: When it was read, by the store's clock.
        ours: Hooks that lead to us.
        others: Hooks of the same API account that lead elsewhere.
        wanted: What should exist.
        tasks: What is to be done until it does, in this order.
        blocked: Destinations that the store leaves alone for now.
        exceptions_go_elsewhere: Another hook of this API account gets the delivery exceptions,
            and a store takes only one.
    """

    at: datetime
    ours: tuple[Hook, ...]
    others: tuple[Hook, ...]
    wanted: tuple[NewHook, ...]
    tasks: tuple[HookTask, ...]
    blocked: tuple[BlockedDomain, ...]
    exceptions_go_elsewhere: bool


def look(api: HookReader, place: HookPlace, rules: RuleSet) -> HooksSeen:
    """Read the hooks and compare them with what should be; two calls, nothing is changed."""
    answer = api.hooks()
    ours = [hook for hook in answer.value if is_ours(hook, place.public_url, place.store)]
    others = [hook for hook in answer.value if hook not in ours]
    elsewhere = any(hook.scope == EXCEPTION_SCOPE for hook in others)
    wanted = [
        new
        for new in wanted_hooks(rules, place.public_url, place.store, place.secret)
        if not (elsewhere and new.scope == EXCEPTION_SCOPE)
    ]
    return HooksSeen(
        at=answer.at,
        ours=tuple(ours),
        others=tuple(others),
        wanted=tuple(wanted),
        tasks=tasks(ours, wanted),
        blocked=_blocked(api),
        exceptions_go_elsewhere=elsewhere,
    )


def _blocked(api: HookReader) -> tuple[BlockedDomain, ...]:
    """Return what is blocked; a store that refuses to tell is not in the way of repairs."""
    try:
        return api.hooks_admin().value.blocked
    except Refused:
        return ()
