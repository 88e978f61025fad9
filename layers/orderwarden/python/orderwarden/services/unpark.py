"""Put parked signals back on the queue, once their time has come or somebody freed them.

Top up, never flood: a live webhook must not wait behind thousands that were parked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from orderwarden.ports import Clock, Parked, ParkedSignals, Queue

AT_ONCE: Final = 100
"""Up to so many waiting signals is the queue filled with what was parked."""


def unpark_due(state: ParkedSignals, queue: Queue, clock: Clock, store: str, limit: int) -> int:
    """Queue signals whose time has come, until so many wait there; return how many."""
    free = _free(queue, limit)
    return _put_back(state, queue, state.due(store, clock.now(), free)) if free else 0


def unpark_waiting(
    state: ParkedSignals, queue: Queue, store: str, waits_for: str, limit: int
) -> int:
    """Queue signals that waited for this (`store`, `rule:<name>`, ...), as `unpark_due`."""
    free = _free(queue, limit)
    return _put_back(state, queue, state.waiting_for(store, waits_for, free)) if free else 0


def unpark_all(state: ParkedSignals, queue: Queue, store: str, waits_for: str) -> int:
    """Free every signal that waited for this; return how many.

    Some are queued now; the rest is due from now on, and tops the queue up bit by bit.
    """
    freed = unpark_waiting(state, queue, store, waits_for, AT_ONCE)
    while rest := state.waiting_for(store, waits_for, AT_ONCE):
        for one in rest:
            state.park(replace(one, until=one.at, waits_for=""))
        freed += len(rest)
    return freed


def drop_all(state: ParkedSignals, store: str, waits_for: str) -> int:
    """Forget every signal that waited for this; return how many."""
    total = 0
    while parked := state.waiting_for(store, waits_for, AT_ONCE):
        for one in parked:
            state.unpark(one)
        total += len(parked)
    return total


def _free(queue: Queue, limit: int) -> int:
    return max(0, limit - queue.depth().queued)


def _put_back(state: ParkedSignals, queue: Queue, parked: Sequence[Parked]) -> int:
    for one in parked:
        queue.put(one.signal)  # first queue, then forget: dying between makes a duplicate
        state.unpark(one)
    return len(parked)
