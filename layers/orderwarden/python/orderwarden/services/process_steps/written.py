"""How carrying out a decision may end."""

from __future__ import annotations

from dataclasses import dataclass

from orderwarden.domain.line import Line
from orderwarden.services.process_steps.read import Reading


@dataclass(frozen=True, slots=True)
class Written:
    """The store shows it; `reading` is the answer, or the latest look at the order."""

    reading: Reading
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """The order changed between reading and writing; `reading` is the second look."""

    reading: Reading


@dataclass(frozen=True, slots=True)
class NotWritten:
    """The change was not made: refused by the store, or nothing fit to be written.

    Attributes:
        rule: Whose change it was.
        reading: The order after what its decision had written before; None for nothing.
    """

    outcome: str
    rule: str
    reason: str = ""
    reading: Reading | None = None
