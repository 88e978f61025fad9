"""What changes from one rule set to another, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Final

from orderwarden.domain.rules.model import RuleSet

_NO_SETTINGS: Final = frozenset({"version", "digest", "rules", "calendar"})


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different in a rule set.

    Attributes:
        added: Names of rules that were not there; a renamed rule is a new one.
        removed: Names of rules that are gone.
        changed: Names of rules that say something else, so they are counted anew.
        settings: What else differs, such as `time_zone`.
        is_reordered: Whether rules that stayed are asked in another order.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    settings: tuple[str, ...]
    is_reordered: bool

    @property
    def are_none(self) -> bool:
        """Return whether both say the very same."""
        named = self.added or self.removed or self.changed or self.settings
        return not named and not self.is_reordered


def compare(before: RuleSet, after: RuleSet) -> Changes:
    """Return what changes from one rule set to another."""
    old = {rule.name: rule.fingerprint for rule in before.rules}
    new = {rule.name: rule.fingerprint for rule in after.rules}
    names = [each.name for each in fields(RuleSet) if each.name not in _NO_SETTINGS]
    return Changes(
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        changed=tuple(name for name in new if name in old and new[name] != old[name]),
        settings=tuple(n for n in names if getattr(before, n) != getattr(after, n)),
        is_reordered=_common(old, new) != _common(new, old),
    )


def _common(names: Iterable[str], others: Iterable[str]) -> list[str]:
    known = set(others)
    return [name for name in names if name in known]
