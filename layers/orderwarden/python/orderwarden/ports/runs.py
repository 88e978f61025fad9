"""The port of runs: what sweeps, reconciliations and operator commands did; and bookmarks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

SWEEP = "sweep"
RECONCILE = "reconcile"
UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Run:
    """One sweep, reconciliation or operator command; lines made for it carry its id.

    Attributes:
        kind: sweep, reconcile or undo.
        began_at: By our clock.
        ended_at: None while it is at work, or where it died.
        summary: Counts and short texts by name, fit for JSON: no names, no addresses.
        revision: Counts its writes.
    """

    id: str
    store: str
    kind: str
    began_at: datetime
    ended_at: datetime | None = None
    summary: Mapping[str, object] = field(default_factory=dict)
    revision: int = 1


def run_id(kind: str, began_at: datetime, random: str) -> str:
    """Return the id of a run: when it began, and something that no other run has."""
    return f"{kind}-{began_at:%Y%m%dT%H%M%S}-{random[:8]}"


class Runs(Protocol):
    """What ran, and how it ended."""

    def replace_run(self, run: Run, before: Run | None) -> bool:
        """Write a run if what stands under its id is `before`, else change nothing.

        Returns:
            Whether exactly this run stands there now; a write whose answer was lost counts.
        """
        ...

    def run(self, store: str, run_id: str) -> Run | None:
        """Return one run."""
        ...

    def runs(self, store: str, limit: int) -> Sequence[Run]:
        """Return the runs of a store, the latest first."""
        ...


class Bookmarks(Protocol):
    """How far something has read; a short text by name."""

    def bookmark(self, store: str, name: str) -> str | None:
        """Return what is kept under a name."""
        ...

    def replace_bookmark(self, store: str, name: str, text: str, before: str | None) -> bool:
        """Write it if `before` stands there; return whether exactly it stands there now."""
        ...
