"""Top up, never flood: how many signals a run may put on the queue."""

from __future__ import annotations

from typing import Final, Protocol

from orderwarden.ports import Queue

CALLS_A_SIGNAL: Final = 3
"""Two looks and a write: what a signal of a run costs at most, mostly."""

WHILE_UNKNOWN: Final = 100
"""Signals that may be put while no answer of the store has told of its quota."""


class Budgeted(Protocol):
    """A client that knows its quota."""

    def allowance(self, seconds: float) -> int | None:
        """Return how many calls the quota holds in so many seconds, its reserve left alone."""
        ...


def room(
    store: Budgeted, queue: Queue, period_s: float, calls_a_signal: int = CALLS_A_SIGNAL
) -> int:
    """Return how many signals may be put on the queue now.

    As many as the quota less its reserve can handle until the next run, less what waits already:
    a live webhook never waits longer than one period.

    Args:
        store: The client whose quota counts.
        queue: Where they are to be put.
        period_s: Seconds until the next run.
        calls_a_signal: What handling one of them costs.
    """
    calls = store.allowance(period_s)
    may_wait = WHILE_UNKNOWN if calls is None else calls // calls_a_signal
    depth = queue.depth()
    return max(0, may_wait - depth.queued - depth.in_flight)
