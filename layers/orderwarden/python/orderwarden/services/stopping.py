"""Stop a store so that only a person lets it run again."""

from __future__ import annotations

from orderwarden.ports import StoreControls
from orderwarden.services.probe import UNAUTHORISED


def stop_for_a_person(state: StoreControls, store: str, reason: str) -> bool:
    """Stop a store; return whether this reason is new.

    A store keeps the first reason it was stopped for, and one that was stopped for its token
    resumes by itself: that reason gives way to this one.
    """
    if state.controls(store).stopped == UNAUTHORISED:
        state.resume(store)
    return state.stop(store, reason)
