"""The ports of counters, the kill switch and approvals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class Counters(Protocol):
    """How much a rule has changed."""

    def take(self, store: str, name: str, ceiling: int) -> bool:
        """Add one unless that would pass the ceiling, in one conditional write."""
        ...

    def give_back(self, store: str, name: str) -> None:
        """Take one off again, never below zero."""
        ...

    def counted(self, store: str, name: str) -> int:
        """Return the count."""
        ...

    def every_count(self, store: str) -> Mapping[str, int]:
        """Return all counts of a store, by name."""
        ...

    def raise_to(self, store: str, name: str, count: int) -> None:
        """Set a count, unless it is so high already, in one conditional write."""
        ...


@dataclass(frozen=True, slots=True)
class Controls:
    """What people or alarms have stopped in a store.

    Attributes:
        stopped: Why the whole store is stopped; empty when it is not.
        paused_rules: Names of paused rules.
        approved: `<rule>:<fingerprint>` of rules that a person let go on beyond `approve_after`.
    """

    stopped: str = ""
    paused_rules: frozenset[str] = frozenset()
    approved: frozenset[str] = frozenset()


class StoreControls(Protocol):
    """The kill switch, and the approvals."""

    def controls(self, store: str) -> Controls:
        """Return what is stopped, paused and approved; consistent read."""
        ...

    def stop(self, store: str, reason: str) -> bool:
        """Stop a store; return whether it ran until now."""
        ...

    def resume(self, store: str) -> None:
        """Let a stopped store run."""
        ...

    def pause_rule(self, store: str, rule: str) -> None:
        """Pause one rule."""
        ...

    def resume_rule(self, store: str, rule: str) -> None:
        """Let a paused rule run."""
        ...

    def approve(self, store: str, rule: str, fingerprint: str) -> None:
        """Let a rule go on beyond `approve_after` until it changes."""
        ...
