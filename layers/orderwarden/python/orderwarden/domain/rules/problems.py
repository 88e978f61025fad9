"""Everything that is wrong with a rule file, each with its place and with what would be right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Final

from orderwarden.domain.rules.nodes import Node
from orderwarden.errors import ConfigurationError

MOST: Final = 100
"""So many problems are named; whoever has more starts with these."""

_LONGEST: Final = 60
_MEANT: Final = {
    "and": "all", "or": "any",
    "=": "is", "==": "is", "eq": "is", "equals": "is",
    "!=": "is_not", "<>": "is_not", "ne": "is_not", "not": "is_not",
    ">": "over", "gt": "over", "above": "over", "greater_than": "over", "more_than": "over",
    "<": "under", "lt": "under", "below": "under", "less_than": "under",
    ">=": "at_least", "gte": "at_least", "min": "at_least",
    "<=": "at_most", "lte": "at_most", "max": "at_most",
}  # fmt: skip
"""What other languages call what ours calls otherwise; spelling alone would mislead."""

_SPACES: Final = re.compile(r"[ \t\r\n]+")


class Problems:
    """What was found so far, of one file."""

    def __init__(self, file_name: str) -> None:
        """Start with none."""
        self._file_name = file_name
        self._found: list[tuple[int, int, str]] = []
        self._more = 0

    def add(self, node: Node, path: str, sentence: str) -> None:
        """Keep a problem; the first `MOST` of them."""
        if len(self._found) >= MOST:
            self._more += 1
            return
        where = f"{self._file_name}:{node.line}:{node.column}: {path}"
        self._found.append((node.line, node.column, f"{where}: {sentence}"))

    @property
    def count(self) -> int:
        """Return how many there are so far."""
        return len(self._found) + self._more

    def advice(self, name: str, known: Sequence[str]) -> str:
        """Return what would be right in place of an unknown name: the nearest, or all of them."""
        near = self.nearest(name, known)
        return f"did you mean {quoted(near)}?" if near else f"write {one_of(known)}"

    def nearest(self, name: str, known: Iterable[str]) -> str | None:
        """Return the known name that another one stands for or is most like, if any is.

        None too where no more problems are kept: the search is slow.
        """
        if len(self._found) >= MOST or len(name) > _LONGEST:
            return None
        by_folded = {each.casefold(): each for each in known}
        meant = _MEANT.get(name.casefold())
        if meant in by_folded:
            return meant
        near = get_close_matches(name.casefold(), by_folded, 1)
        return by_folded[near[0]] if near else None

    def raise_if_any(self) -> None:
        """Raise all of them at once, in the order of the file.

        Raises:
            ConfigurationError: There is at least one.
        """
        in_order = sorted(self._found, key=lambda found: found[:2])
        sentences = [sentence for *_, sentence in in_order]
        if self._more:
            sentences.append(f"{self._file_name}: and {self._more} more problems")
        if sentences:
            raise ConfigurationError(*sentences)


def quoted(text: str) -> str:
    r"""Return a text as messages show it: one line, not too long, in backticks.

    Characters that nobody sees stand there as escapes such as `\u200b`.
    """
    words = _SPACES.sub(" ", text).strip(" ")
    line = "".join(each if each.isprintable() else _escaped(each) for each in words)
    return f"`{line if len(line) <= _LONGEST else line[: _LONGEST - 1] + '…'}`" if line else '""'


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "backslashreplace").decode()


def one_of(names: Iterable[str]) -> str:
    """Return names as alternatives: `a`, `b` or `c`."""
    *most, last = [quoted(name) for name in names]
    return f"{', '.join(most)} or {last}" if most else last
