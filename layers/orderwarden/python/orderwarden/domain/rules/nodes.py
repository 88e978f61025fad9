"""A rule file as it was written: texts, lists and mappings, each with its place; no YAML here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScalarNode:
    """One text as written, not yet a number, a flag or anything else.

    Attributes:
        is_plain: It stands without quotes, so an empty one, `~` and `null` mean nothing.
        line: From 1; so is `column`.
    """

    text: str
    is_plain: bool
    line: int
    column: int

    @property
    def is_nothing(self) -> bool:
        """Return whether the writer left the value out."""
        return self.is_plain and self.text.casefold() in {"", "~", "null"}


@dataclass(frozen=True, slots=True)
class SequenceNode:
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class MappingNode:
    """Keys with their values, in the order written; a key may stand there twice."""

    entries: tuple[tuple[ScalarNode, Node], ...]
    line: int
    column: int


Node = ScalarNode | SequenceNode | MappingNode
