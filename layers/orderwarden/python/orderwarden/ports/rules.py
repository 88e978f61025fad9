"""The port of published rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PublishedRules:
    """One version of a store's rules as kept: immutable.

    Attributes:
        version: 1, 2, 3, ...
        digest: SHA-256 of the compiled JSON, hex.
        compiled: Canonical JSON of the rule set.
        source: The YAML a person wrote.
        author: Who published it.
        at: When.
    """

    store: str
    version: int
    digest: str
    compiled: str
    source: str
    author: str
    at: datetime


class Rules(Protocol):
    """The numbered versions of each store's rules."""

    def current(self, store: str) -> PublishedRules | None:
        """Return the version in force, or None before the first."""
        ...

    def version(self, store: str, number: int) -> PublishedRules | None:
        """Return one version."""
        ...

    def versions(self, store: str) -> Sequence[PublishedRules]:
        """Return all versions, oldest first."""
        ...

    def publish(self, rules: PublishedRules) -> bool:
        """Store a version and put it in force, if its number follows the one in force.

        Returns:
            False if somebody else published in between.
        """
        ...
