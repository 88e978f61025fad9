"""Ports for what is kept of single orders: what was seen, and holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from orderwarden.domain.seen import Seen


@dataclass(frozen=True, slots=True)
class Hold:
    """A rule that is kept off an order; the rule `*` means all."""

    order_id: int
    rule: str
    reason: str


class SeenOrders(Protocol):
    """What we know of each order from our own readings."""

    def seen(self, store: str, order_id: int) -> Seen | None:
        """Return the last reading for which every rule was asked."""
        ...

    def seen_many(self, store: str, order_ids: Iterable[int]) -> Mapping[int, Seen]:
        """Return the last readings of those orders that have one, by order id."""
        ...

    def replace_seen(self, seen: Seen, expected: Seen | None) -> bool:
        """Store it if what is stored has `expected`'s revision (None: is absent)."""
        ...

    def every_seen(self, store: str) -> Iterable[Seen]:
        """Return the last reading of every order, in no order; for people: it may read all."""
        ...


class Holds(Protocol):
    """Orders that a rule leaves alone until a person lifts the hold."""

    def hold(self, store: str, order_id: int, rule: str, reason: str) -> None:
        """Keep a rule off an order; the rule `*` means all."""
        ...

    def lift(self, store: str, order_id: int, rule: str) -> None:
        """Lift a hold."""
        ...

    def holds(self, store: str, order_id: int) -> frozenset[str]:
        """Return the names of the rules kept off."""
        ...

    def every_hold(self, store: str) -> Iterable[Hold]:
        """Return every hold of a store, in no order; for people: it may read all there is."""
        ...
