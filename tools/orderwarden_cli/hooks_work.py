"""What `orderwarden hooks` does, on one machine and on AWS alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orderwarden.domain.hooks_wanted import HookTask, is_ours, tasks
from orderwarden.domain.public_address import why_not_delivered
from orderwarden.domain.rules.canonical import from_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import ConfigurationError
from orderwarden.services.compare_hooks import HookPlace, look
from orderwarden.services.repair_hooks import HookDone, HookPorts, HookRepairs
from orderwarden.services.rotate_secret import follow_rotation
from orderwarden.services.sync_hooks import sync_hooks
from orderwarden_local.bootstrap import hook_place, hook_ports
from orderwarden_local.host import Host
from rich.console import Console

from orderwarden_cli.hooks_shown import TellingNotifier

MANUAL = "manual"


def ports_of(here: Host, store: str) -> HookPorts:
    """Return what a command works on hooks with; notices go to whoever runs it."""
    return hook_ports(here, store, TellingNotifier())


def place_of(here: Host, store: str) -> HookPlace:
    """Return where hooks shall lead; say what is wrong where they cannot."""
    configuration = here.configuration
    why_not = why_not_delivered(configuration.public_url, configuration.stores[store].api_url)
    if why_not:
        raise ConfigurationError(
            f"public_url: {why_not.replace('_', ' ')}; {here.remedies.address}, "
            "like https://hooks.example.com"
        )
    return hook_place(here, store)


def rules_of(here: Host, store: str) -> RuleSet:
    """Return the published rules; say so where there are none."""
    published = here.state.current(store)
    if published is None:
        raise ConfigurationError(
            f"store {store}: no rules are published, so no hooks are needed; "
            "begin with `orderwarden rules publish`"
        )
    return from_json(published.compiled, published.version)


def synced(
    ports: HookPorts, place: HookPlace, rules: RuleSet, *, actor: str
) -> Sequence[HookDone]:
    """Sync the hooks, once their secret is known everywhere; see how far a rotation is."""
    left_s = ports.rotations.unsettled_s(place.store, place.secret)
    if left_s and look(ports.api, place, rules).tasks:
        told = f"Waiting {left_s:.0f} s, until the new secret is known wherever webhooks come ..."
        with Console(stderr=True).status(told):
            ports.clock.wait(left_s)
    synced = sync_hooks(ports, place, rules, actor=actor, trigger=MANUAL)
    seen = look(ports.api, place, rules)
    follow_rotation(ports.rotations, place.store, seen, ports.clock.now())
    return synced.done


def ours(ports: HookPorts, store: str, public_url: str) -> tuple[HookTask, ...]:
    """Return the removal of every hook that leads to an address."""
    found = [x for x in ports.api.hooks().value if is_ours(x, public_url, store)]
    return tuple(replace(task, reasons=("removed_by_hand",)) for task in tasks(found, ()))


def delete(ports: HookPorts, store: str, doomed: Sequence[HookTask]) -> Sequence[HookDone]:
    """Delete these hooks, a line of the changelog each."""
    repairs = HookRepairs(ports, store, rules_version=0, actor="hooks remove", trigger=MANUAL)
    at = ports.api.hooks().at
    return repairs.carry_out(doomed, [task.hook for task in doomed if task.hook], at)
