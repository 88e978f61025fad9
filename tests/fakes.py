"""A clock that tests turn by hand; nothing ever sleeps."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class TurnableClock:
    """A `ports.Clock` that moves only when told to, or when somebody waits; thread-safe."""

    def __init__(self, start: datetime = NOON) -> None:
        """Begin at an aware time."""
        self._lock = threading.Lock()
        self._now = start.astimezone(UTC)
        self._waits: list[float] = []

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        with self._lock:
            return self._now

    def wait(self, seconds: float) -> None:
        """Let so many seconds pass at once, and keep that somebody waited."""
        with self._lock:
            self._waits.append(seconds)
            self._now += timedelta(seconds=max(seconds, 0.0))

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass; below zero, the clock is set back."""
        with self._lock:
            self._now += timedelta(seconds=seconds)

    @property
    def waits(self) -> tuple[float, ...]:
        """Return the seconds of every wait so far, in order."""
        with self._lock:
            return tuple(self._waits)
