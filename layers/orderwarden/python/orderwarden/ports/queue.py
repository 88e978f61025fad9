"""The queue port."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from orderwarden.domain.signal import Signal


@dataclass(frozen=True, slots=True)
class Depth:
    """How many signals wait, are in hand, or are given up.

    Attributes:
        queued: Waiting, those that wait out a visibility timeout included.
        in_flight: Received and neither deleted nor given back.
        dead_letters: In the dead-letter queue.
    """

    queued: int
    in_flight: int
    dead_letters: int


class Queue(Protocol):
    """The durable way from ingest to process: first in, first out within a group."""

    def put(self, signal: Signal) -> None:
        """Queue a signal under its group; identity is the receipt's business, not ours."""
        ...

    def depth(self) -> Depth:
        """Return the counts, approximately."""
        ...
