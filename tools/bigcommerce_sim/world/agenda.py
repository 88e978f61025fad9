"""Things that happen later: they run, each at its own moment, when the store is next asked."""

import heapq
from collections.abc import Callable
from datetime import datetime


class Agenda:
    """Keep jobs by the moment they are due."""

    def __init__(self) -> None:
        self._jobs: list[tuple[datetime, int, Callable[[], None]]] = []
        self._count = 0

    def add(self, due_at: datetime, job: Callable[[], None]) -> None:
        """Have `job` run at `due_at`; jobs of one moment run in the order they came."""
        self._count += 1
        heapq.heappush(self._jobs, (due_at, self._count, job))

    def pop_due(self, now: datetime) -> tuple[datetime, Callable[[], None]] | None:
        """Take the next job whose time has come."""
        if not self._jobs or self._jobs[0][0] > now:
            return None
        due_at, _, job = heapq.heappop(self._jobs)
        return due_at, job

    @property
    def next_due_at(self) -> datetime | None:
        """Return when the next job is due."""
        return self._jobs[0][0] if self._jobs else None
