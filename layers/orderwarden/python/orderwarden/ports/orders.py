"""Ports for what is kept of single orders: what was seen, and holds."""

from __future__ import annotations

from typing import Protocol

from orderwarden.domain.seen import Seen


class SeenOrders(Protocol):
    """What we know of each order from our own readings."""

    def seen(self, store: str, order_id: int) -> Seen | None:
        """Return the last reading for which every rule was asked."""
        ...

    def replace_seen(self, seen: Seen, expected: Seen | None) -> bool:
        """Store it if what is stored has `expected`'s revision (None: is absent)."""
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
