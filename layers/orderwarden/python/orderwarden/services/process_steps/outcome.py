"""What became of one signal."""

from __future__ import annotations

from dataclasses import dataclass

from orderwarden.domain.line import Line


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one signal, with every fact a log line wants.

    Attributes:
        kind: no_rule, duplicate, seen, echo, no_match, had_already, applied, blocked, would,
            parked, refused, archived, gone, behind_our_change, gave_up or again.
        rule: The rule that won, where one did.
        reason: A short code that says more.
        detail: What the store said to it, in its own words, for a person.
        lines: The lines of the writes made to the order, in order.
        api_calls: Calls made to the store.
        again_s: Seconds after which the queue is to offer it again; None: it is done with.
    """

    kind: str
    rule: str = ""
    reason: str = ""
    detail: str = ""
    lines: tuple[Line, ...] = ()
    api_calls: int = 0
    again_s: float | None = None
