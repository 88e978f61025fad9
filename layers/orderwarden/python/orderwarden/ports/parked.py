"""The port of parked signals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from orderwarden.domain.signal import Signal


@dataclass(frozen=True, slots=True)
class Parked:
    """A signal that waits long.

    Attributes:
        reason: A short code.
        until: When its time comes; None: when somebody asks for it.
        waits_for: What may free it before that: `store`, `rule:<name>`, `approval:<rule>` or
            empty.
    """

    signal: Signal
    reason: str
    at: datetime
    until: datetime | None = None
    waits_for: str = ""


class ParkedSignals(Protocol):
    """Signals that wait for more than an hour, or for a person; one per receipt key."""

    def park(self, parked: Parked) -> None:
        """Keep a signal; the newest of a receipt key replaces."""
        ...

    def due(self, store: str, now: datetime, limit: int) -> Sequence[Parked]:
        """Return those whose `until` has passed, oldest first."""
        ...

    def waiting_for(self, store: str, waits_for: str, limit: int) -> Sequence[Parked]:
        """Return those that wait for this, oldest first."""
        ...

    def unpark(self, parked: Parked) -> None:
        """Forget one, after it was queued; nothing happens if it is gone or was replaced."""
        ...

    def count_parked(self, store: str) -> int:
        """Return how many wait."""
        ...

    def every_parked(self, store: str) -> Iterable[Parked]:
        """Return all that this version of the code can read, in no order."""
        ...
