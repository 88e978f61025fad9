"""A webhook on its way: what is waiting, what is being tried, what came of each try."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Delivery:
    """Hold one webhook for one hook until it is delivered or given up."""

    id: int
    hook_id: int
    client_id: str
    event_seq: int
    scope: str
    body: bytes
    webhook_id: str
    due_at: datetime
    failures: int = 0
    first_tried_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """Hold one POST to be made: give `id` and the answer's status to `record_result`."""

    id: int
    delivery_id: int
    hook_id: int
    event_seq: int
    number: int
    scope: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    moment: datetime


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """Hold what came of an attempt.

    `answer` is the HTTP status, None for no answer. `outcome` is `delivered`, `retry`
    (it will be tried again), `given_up` (that was the last), `blocked` (the domain is
    blocked, nothing was sent), `dropped` (the hook is gone or off) or `lost` (the
    platform lost it).
    """

    attempt: Attempt
    settled_at: datetime
    answer: int | None
    outcome: str
    note: str = ""


class Waiting:
    """Keep deliveries by the moment they are due."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, Delivery]] = []
        self._count = 0

    def __len__(self) -> int:
        return len(self._heap)

    def add(self, delivery: Delivery) -> None:
        """Keep a delivery; those of one moment leave in the order they came."""
        self._count += 1
        heapq.heappush(self._heap, (delivery.due_at, self._count, delivery))

    def pop_due(self, now: datetime) -> Delivery | None:
        """Take the next delivery whose time has come."""
        if not self._heap or self._heap[0][0] > now:
            return None
        return heapq.heappop(self._heap)[2]

    @property
    def next_due_at(self) -> datetime | None:
        """Return when the next delivery is due."""
        return self._heap[0][0] if self._heap else None
