"""How much waits, is in hand, or needs a person: what `/healthz` and `status` show."""

from __future__ import annotations

from collections.abc import Mapping

from orderwarden_local.host import Host


def health(machine: Host) -> Mapping[str, object]:
    """Return the counts over all stores, as `/healthz` answers them."""
    depth = machine.queue.depth()
    stores = machine.configuration.stores
    return {
        "status": "ok",
        "queued": depth.queued,
        "in_flight": depth.in_flight,
        "parked": sum(machine.state.count_parked(store) for store in stores),
        "dead_letters": depth.dead_letters,
        "reviews": sum(len(machine.state.reviews(store)) for store in stores),
    }


def store_status(machine: Host, store: str) -> Mapping[str, object]:
    """Return what one store runs on: its rules and whether anything is stopped."""
    controls = machine.state.controls(store)
    rules = machine.state.current(store)
    return {
        "store": store,
        "rules_version": rules.version if rules else None,
        "stopped": controls.stopped or None,
        "paused_rules": sorted(controls.paused_rules),
        "parked": machine.state.count_parked(store),
        "reviews": len(machine.state.reviews(store)),
    }
