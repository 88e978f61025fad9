"""What deciding ends in: a change to make, or nothing to do and why."""

from __future__ import annotations

from dataclasses import dataclass

from orderwarden.domain.decision import Write
from orderwarden.domain.line import Line
from orderwarden.domain.rules.model import Rule


@dataclass(frozen=True, slots=True)
class Plan:
    """A change that is wanted and allowed, up to the limits.

    Attributes:
        writes: At least one, in the order of doing.
        rules: Those whose limits count it; none for the built-in rule.
        others: What lower rules want as well, since the winner says `continue`.
        restores: The line that this change takes back.
    """

    writes: tuple[Write, ...]
    rules: tuple[Rule, ...] = ()
    others: tuple[Plan, ...] = ()
    restores: Line | None = None

    @property
    def first(self) -> Write:
        """Return the write whose line tells of what came in between."""
        return self.writes[0]

    @property
    def rule(self) -> str:
        """Return the rule that won."""
        return self.first.rule

    @property
    def every_write(self) -> tuple[Write, ...]:
        """Return its writes and those of the others, in the order of doing."""
        return self.writes + tuple(write for other in self.others for write in other.writes)

    @property
    def is_dangerous(self) -> bool:
        """Return whether any of its writes could lose a paid order or moves money."""
        return any(write.is_dangerous for write in self.every_write)


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is to be written for this reading.

    Attributes:
        outcome: no_match, had_already, blocked, would or paused.
    """

    outcome: str
    rule: str = ""
    reason: str = ""
