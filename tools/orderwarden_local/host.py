"""What commands and their reports need of a host: one machine, or a stack on AWS."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceReader, BigCommerceStore
from orderwarden.ports import Changelog, Clock, Queue, Receipts, Rotations, Secrets, State
from orderwarden.services.checkup.remedies import Remedies

from orderwarden_local.configuration import Configuration


class Letter(Protocol):
    """A message that was given up."""

    @property
    def id(self) -> str:
        """Return its id."""
        ...

    @property
    def body(self) -> str:
        """Return what it says."""
        ...

    @property
    def reason(self) -> str:
        """Return why it was given up."""
        ...

    @property
    def receive_count(self) -> int:
        """Return how often it was received."""
        ...

    @property
    def buried_at(self) -> datetime:
        """Return when it was given up."""
        ...


class OperatedQueue(Queue, Protocol):
    """The queue, and what it gave up."""

    def oldest_at(self) -> datetime | None:
        """Return when the oldest signal was queued; None for an empty queue, and on AWS."""
        ...

    def count_of(self, group: str) -> tuple[int, int]:
        """Return how many signals of a group wait or are in hand, and how many were given up.

        SQS tells neither: on AWS only dead letters that can be looked at now are counted.
        """
        ...

    def dead_letters(self, limit: int) -> Sequence[Letter]:
        """Return at most so many."""
        ...

    def retry_dead_letters(self, ids: Collection[str] | None = None) -> int:
        """Queue these, or all, as if just sent; return how many there were."""
        ...


class Host(Protocol):
    """All ports of one installation."""

    @property
    def configuration(self) -> Configuration:
        """Return its stores; on AWS without secrets and rule files."""
        ...

    @property
    def clock(self) -> Clock:
        """Return the clock."""
        ...

    @property
    def queue(self) -> OperatedQueue:
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

    @property
    def secrets(self) -> Secrets:
        """Return the secrets that prove webhooks."""
        ...

    @property
    def rotations(self) -> Rotations:
        """Return how far rotations of hook secrets are."""
        ...

    @property
    def stores(self) -> Mapping[str, BigCommerceStore]:
        """Return the stores by hash, through clients that can write."""
        ...

    @property
    def readers(self) -> Mapping[str, BigCommerceReader]:
        """Return the stores by hash, through clients that cannot write."""
        ...

    @property
    def pacers(self) -> Mapping[str, Pacer]:
        """Return what is known of each store's quota, by hash."""
        ...

    @property
    def remedies(self) -> Remedies:
        """Return what people do here about findings."""
        ...

    def ringing(self) -> Collection[str] | None:
        """Return the alarms that ring; None where there are no alarms at all."""
        ...

    def close(self) -> None:
        """Close what was opened."""
        ...
