"""Make the store's hooks what they should be, and tell what was wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwarden.domain.hook import BlockedDomain
from orderwarden.domain.rules.model import RuleSet
from orderwarden.services.compare_hooks import HookPlace, HooksSeen, look
from orderwarden.services.repair_hooks import HookDone, HookPorts, HookRepairs


@dataclass(frozen=True, slots=True)
class HooksSynced:
    """What was found, and what was done about it."""

    seen: HooksSeen
    done: tuple[HookDone, ...]


def sync_hooks(
    ports: HookPorts, place: HookPlace, rules: RuleSet, *, actor: str, trigger: str
) -> HooksSynced:
    """Make the hooks of a store what its rules need; never touch those that lead elsewhere.

    Args:
        ports: What it works with.
        place: Where hooks shall lead.
        rules: What is in force.
        actor: Who wants it: `hooks` by itself, or the command.
        trigger: Of the lines: reconcile or manual.

    Raises:
        TryAgain: The store is out of reach; what was begun is settled by the next call.
        StoreUnauthorised: It refuses the token.
    """
    seen = look(ports.api, place, rules)
    repairs = HookRepairs(
        ports, place.store, rules_version=rules.version, actor=actor, trigger=trigger
    )
    done = repairs.carry_out(seen.tasks, seen.ours, seen.at)
    _tell_blocked(ports, place.store, seen.blocked, seen.at)
    return HooksSynced(seen, done)


def _tell_blocked(
    ports: HookPorts, store: str, blocked: Sequence[BlockedDomain], now: datetime
) -> None:
    """Raise the alarm for destinations that the store leaves alone, once an hour each."""
    for each in blocked:
        notice_id = f"domain_blocked-{each.destination}-{now:%Y-%m-%dT%H}"
        if ports.state.take(store, f"told:{notice_id}", 1):
            detail = {"destination": each.destination, "left_s": each.left_s}
            ports.notifier.notify(store, "domain_blocked", notice_id, detail)
