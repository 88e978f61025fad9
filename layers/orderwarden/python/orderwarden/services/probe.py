"""Look whether a store that refused our token takes it again, and let it run if so."""

from __future__ import annotations

from typing import Final

from orderwarden.errors import OrderwardenError
from orderwarden.ports import Queue, State, StatusReader
from orderwarden.services.unpark import unpark_waiting

UNAUTHORISED: Final = "unauthorised_401"
"""Of the reasons to stop, the one that a read can disprove: 403 may be about writing alone."""


def probe(state: State, queue: Queue, store: str, reader: StatusReader, limit: int) -> bool:
    """Resume a store that was stopped for its token, once one cheap call succeeds.

    Args:
        state: Where it is stopped; a store stopped by a person stays so.
        queue: Where its parked signals go, at most `limit` a call; a running store's too.
        store: Store hash.
        reader: Its API.
        limit: At most so many signals at once: a live webhook must not wait behind them.

    Returns:
        Whether it runs.
    """
    stopped = state.controls(store).stopped
    if stopped and stopped != UNAUTHORISED:
        return False
    if stopped:
        try:
            reader.statuses()
        except OrderwardenError:
            return False
        state.resume(store)
    unpark_waiting(state, queue, store, "store", limit)
    return True
