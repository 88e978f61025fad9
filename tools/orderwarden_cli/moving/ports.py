"""What a move needs of a host."""

from __future__ import annotations

from typing import Protocol

from orderwarden.ports import Changelog, Clock, Queue, Receipts, State


class Movable(Protocol):
    """As much of a host as a store's records lie in."""

    @property
    def clock(self) -> Clock:
        """Return the clock."""
        ...

    @property
    def queue(self) -> Queue:
        """Return the queue."""
        ...

    @property
    def receipts(self) -> Receipts:
        """Return the receipts."""
        ...

    @property
    def changelog(self) -> Changelog:
        """Return the changelog."""
        ...

    @property
    def state(self) -> State:
        """Return the state."""
        ...
