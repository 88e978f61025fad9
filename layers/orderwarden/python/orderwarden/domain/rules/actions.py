"""From what a merchant writes under `do` to actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from orderwarden.domain.decision import SET_STATUS, STAFF_NOTE
from orderwarden.domain.rules.fields import Kind
from orderwarden.domain.rules.model import Action
from orderwarden.domain.rules.notes import (
    LONGEST_TEMPLATE,
    PLACEHOLDERS,
    has_stray_brace,
    placeholders,
)
from orderwarden.domain.rules.operators import Scalar
from orderwarden.domain.rules.places import Place
from orderwarden.domain.rules.problems import quoted
from orderwarden.domain.rules.values import scalar
from orderwarden.domain.statuses import MONEY_MOVES_FIRST, NAMES

PLANNED: Final = frozenset(
    {
        "metafield", "create_shipment", "update_order", "capture", "void", "refund", "notify",
        "hold",
    }
)  # fmt: skip
"""Actions of the language that this version does not know yet."""


def actions(place: Place) -> tuple[Action, ...]:
    """Return the actions listed at a place, after noting what is wrong with any."""
    found: dict[str, Action] = {}
    for item in place.items("a list of actions, such as - set_status: Completed"):
        for kind, entry in item.entries("action", tuple(_VALUES), is_planned=_is_planned).items():
            value = _VALUES[kind](entry)
            if kind in found:
                entry.refuse(f"a second {kind}; a rule has one of each")
            elif value is not None:
                found[kind] = Action(kind, value)
    return tuple(found.values())


def _is_planned(kind: str) -> bool:
    return kind in PLANNED


def _status(place: Place) -> Scalar | None:
    status = scalar(place, Kind.STATUS)
    if status in MONEY_MOVES_FIRST:
        place.refuse(
            f"{quoted(NAMES[int(status)])}: a status moves no money; "
            "refund the order, and BigCommerce sets it by itself"
        )
        return None
    return status


def _note(place: Place) -> Scalar | None:
    template = place.text("the text of a note")
    if template is None:
        return None
    problems = _note_problems(place, template)
    for problem in problems:
        place.refuse(problem)
    return None if problems else template


def _note_problems(place: Place, template: str) -> list[str]:
    problems = []
    if not 0 < len(template) <= LONGEST_TEMPLATE:
        problems.append(f"{len(template)} characters; write 1 to {LONGEST_TEMPLATE}")
    if has_stray_brace(template):
        problems.append("a brace without its other half; only placeholders stand in braces")
    for name in placeholders(template):
        if name not in PLACEHOLDERS:
            advice = place.problems.advice(name, PLACEHOLDERS)
            problems.append(f"{quoted('{' + name + '}')}: no such placeholder; {advice}")
    return problems


_VALUES: Final[Mapping[str, Callable[[Place], Scalar | None]]] = {
    SET_STATUS: _status,
    STAFF_NOTE: _note,
}
