"""The staff note of a change: its text, and where it goes."""

from __future__ import annotations

from typing import Final

from orderwarden.domain.choice import Choice
from orderwarden.domain.facts import Facts
from orderwarden.domain.order import Order
from orderwarden.domain.rules.notes import render_note, values_for

MAX_NOTES: Final = 65_535
"""Characters that `staff_notes` may have; docs/bigcommerce.md, "Orders"."""


def note_text(choice: Choice, facts: Facts, order: Order) -> str:
    """Return the text to append, shortened to the room that is left; empty for none."""
    to_status_id = order.status_id if choice.to_status_id is None else choice.to_status_id
    texts = (
        render_note(template, values_for(template, facts, rule.name, to_status_id))
        for rule, template in choice.notes
    )
    room = MAX_NOTES - len(order.staff_notes) - 1
    text = "\n".join(texts)
    return text if len(text) <= room else text[: max(room - 1, 0)] + "…" * (room > 0)


def appended(notes: str, text: str) -> str:
    """Return the staff notes with a text added on a line of its own."""
    return f"{notes}\n{text}" if notes else text
