"""Put parked signals back on the queue, once their time has come or somebody freed them."""

from __future__ import annotations

from collections.abc import Sequence

from orderwarden.ports import Clock, Parked, ParkedSignals, Queue


def unpark_due(state: ParkedSignals, queue: Queue, clock: Clock, store: str, limit: int) -> int:
    """Queue signals whose time has come; return how many."""
    return _put_back(state, queue, state.due(store, clock.now(), limit))


def unpark_waiting(
    state: ParkedSignals, queue: Queue, store: str, waits_for: str, limit: int
) -> int:
    """Queue signals that waited for this (`store`, `rule:<name>`, ...); return how many."""
    return _put_back(state, queue, state.waiting_for(store, waits_for, limit))


def _put_back(state: ParkedSignals, queue: Queue, parked: Sequence[Parked]) -> int:
    for one in parked:
        queue.put(one.signal)  # first queue, then forget: dying between makes a duplicate
        state.unpark(one)
    return len(parked)


def unpark_all(state: ParkedSignals, queue: Queue, store: str, waits_for: str) -> int:
    """Queue every signal that waited for this, a hundred at a time; return how many."""
    total = 0
    while put_back := unpark_waiting(state, queue, store, waits_for, limit=100):
        total += put_back
    return total


def drop_all(state: ParkedSignals, store: str, waits_for: str) -> int:
    """Forget every signal that waited for this; return how many."""
    total = 0
    while parked := state.waiting_for(store, waits_for, 100):
        for one in parked:
            state.unpark(one)
        total += len(parked)
    return total
