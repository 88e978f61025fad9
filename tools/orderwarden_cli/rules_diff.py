"""What changes between two sets of rules: by rule, and line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff

from orderwarden.domain.rules.compare import Changes, compare
from rich.text import Text

from orderwarden_cli.published import Side
from orderwarden_cli.shown import print_text

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sets of rules, side by side."""

    before: Side
    after: Side

    @property
    def changes(self) -> Changes:
        """Return what the rules would do otherwise."""
        return compare(self.before.rules, self.after.rules)

    @property
    def lines(self) -> tuple[str, ...]:
        """Return the sources' differing lines, as `diff -u` tells them."""
        texts = self.before.source.splitlines(), self.after.source.splitlines()
        return tuple(unified_diff(*texts, self.before.name, self.after.name, lineterm=""))


def difference_fields(found: Difference) -> Mapping[str, object]:
    """Return a difference as JSON shows it."""
    changes = found.changes
    return {
        "before": found.before.name,
        "after": found.after.name,
        "is_same": changes.are_none,
        "added": list(changes.added),
        "removed": list(changes.removed),
        "changed": list(changes.changed),
        "settings": list(changes.settings),
        "is_reordered": changes.is_reordered,
        "diff": list(found.lines),
    }


def print_difference(found: Difference) -> None:
    """Print it for a person: the rules first."""
    for line in found.lines:
        print_text(Text(line, style=_COLOURS.get(line[:1], "")))
    for sentence in _sentences(found.changes):
        print_text(Text(sentence))


def _sentences(changes: Changes) -> Iterator[str]:
    if changes.are_none:
        yield "Both say the same."
    for what, names in (
        ("Added", changes.added),
        ("Removed", changes.removed),
        ("Changed, and counted anew", changes.changed),
        ("Settings changed", changes.settings),
    ):
        if names:
            yield f"{what}: {', '.join(names)}"
    if changes.is_reordered:
        yield "Rules are asked in another order."
