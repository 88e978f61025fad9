"""Stop a store: so that only a person lets it run again, or because it refuses our token."""

from __future__ import annotations

from orderwarden.errors import StoreUnauthorised
from orderwarden.ports import Notifier, StoreControls
from orderwarden.services.probe import UNAUTHORISED


def stop_for_a_person(state: StoreControls, store: str, reason: str) -> bool:
    """Stop a store; return whether this reason is new.

    A store keeps the first reason it was stopped for, and one that was stopped for its token
    resumes by itself: that reason gives way to this one.
    """
    if state.controls(store).stopped == UNAUTHORISED:
        state.resume(store)
    return state.stop(store, reason)


def is_stopped_for_good(state: StoreControls, store: str) -> bool:
    """Return whether a store is stopped, and does not run again by itself once its token works."""
    return state.controls(store).stopped not in {"", UNAUTHORISED}


def stop_unauthorised(
    state: StoreControls, notifier: Notifier, store: str, error: StoreUnauthorised
) -> str:
    """Stop a store that refuses our token, and tell once, in its words; return the reason."""
    reason = f"unauthorised_{error.http_status}"
    if state.stop(store, reason):
        said = {"said": error.detail} if error.detail else {}
        notifier.notify(store, "store_stopped", reason, said)
    return reason
