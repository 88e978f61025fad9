"""What deciding ends in: a change to make, or nothing to do and why."""

from __future__ import annotations

from dataclasses import dataclass

from orderwarden.domain import safeguards
from orderwarden.domain.choice import Choice
from orderwarden.domain.facts import Facts
from orderwarden.domain.line import Line


@dataclass(frozen=True, slots=True)
class Plan:
    """A change that is wanted and allowed, up to the limits.

    Attributes:
        rule: Name of the rule that won.
        choice: The winner and its chain; None for the built-in rule.
        occasion: What makes this effect one of its own.
        line_id: The effect key.
        restores: The line that this change takes back.
    """

    rule: str
    choice: Choice | None
    action: str
    to_status_id: int | None
    occasion: str
    line_id: str
    facts: Facts
    restores: Line | None = None

    @property
    def is_dangerous(self) -> bool:
        """Return whether it could lose a paid order."""
        return self.choice is not None and safeguards.is_dangerous(self.choice)


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is to be written for this reading.

    Attributes:
        outcome: no_match, had_already, blocked, would or paused.
    """

    outcome: str
    rule: str = ""
    reason: str = ""
