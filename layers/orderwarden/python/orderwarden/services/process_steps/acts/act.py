"""What every act can do: say what it will write, do it, and look whether it was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from orderwarden.domain.choice import Needs
from orderwarden.domain.decision import Write
from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.line import Line
from orderwarden.domain.order import OrderLine
from orderwarden.domain.rules.effects import Action
from orderwarden.domain.rules.notes import render_note, values_for
from orderwarden.domain.safeguards import Blocked
from orderwarden.domain.settlement import Shown
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.fetch import Known

PART: Final = "part:"
"""What the occasion of each of several writes of one action begins with."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One action of a rule that won, on one reading.

    Attributes:
        rule: Its name.
        known: What is known of the order; may fetch more.
        to_status_id: The status that the order is to have.
    """

    rule: str
    action: Action
    known: Known
    to_status_id: int

    @property
    def facts(self) -> Facts:
        """Return the reading."""
        return self.known.facts

    def order_lines(self) -> tuple[OrderLine, ...] | Blocked:
        """Return the lines of the order, fetched once, or that they cannot be read."""

        def lines_of(facts: Facts) -> Needs | object:
            found = facts.fetched(Resource.PRODUCTS, OrderLine)
            return Needs(found) if isinstance(found, Resource) else found

        lines = self.known.ask(lines_of)
        return lines if isinstance(lines, tuple) else Blocked("products_unreadable")

    def text(self, template: str) -> str:
        """Return a template with its placeholders filled in."""
        values = values_for(template, self.facts, self.rule, self.to_status_id)
        return render_note(template, values)


@dataclass(frozen=True, slots=True)
class Part:
    """One write that an action amounts to.

    Attributes:
        content: What `do` needs, fit for JSON.
        occasion: What tells it from the action's other writes, `PART` and more; empty where
            there is one.
    """

    content: Mapping[str, Any] = field(default_factory=dict)
    occasion: str = ""


class Act(Protocol):
    """One kind of action."""

    def parts(self, wanted: Wanted) -> tuple[Part, ...] | Blocked:
        """Return the writes it amounts to; none where nothing is left to do."""
        ...

    def prepare(self, case: Case, write: Write) -> Write | Blocked:  # noqa: ARG002
        """Make a write ready just before it is tried, or say what speaks against it.

        Most are tried as they are.
        """
        return write

    def do(self, case: Case, write: Write, line: Line) -> None:
        """Make it, once, or raise as the `Store` port does."""
        ...

    def shown(self, case: Case, write: Write, line: Line) -> Shown | None:
        """Return what the store shows of a write whose answer was lost.

        None: doing it again does no harm, since whoever is told knows it by its id.
        """
        ...
