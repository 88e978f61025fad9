"""In which order the actions of a rule are carried out, and which of them share a write.

Money and parcels come first, since the store moves the status for them by itself; whoever is
told is told last, of what was done.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from orderwarden.domain.decision import SET_STATUS, STAFF_NOTE
from orderwarden.domain.rules.effects import (
    CAPTURE,
    CREATE_SHIPMENT,
    HOLD,
    METAFIELD,
    NOTIFY,
    REFUND,
    UPDATE_ORDER,
    VOID,
    Action,
)
from orderwarden.domain.rules.model import Rule

OF_THE_ORDER: Final = (SET_STATUS, UPDATE_ORDER, STAFF_NOTE)
"""What one PUT carries; the line is named after the first of them that a rule wants."""

MOVES_THE_ORDER: Final = frozenset({CAPTURE, VOID, REFUND, CREATE_SHIPMENT})
"""After these the store may set another status by itself."""

_TURNS: Final = (
    (CAPTURE,),
    (VOID,),
    (REFUND,),
    (CREATE_SHIPMENT,),
    OF_THE_ORDER,
    (METAFIELD,),
    (NOTIFY,),
    (HOLD,),
)


def in_turn(rule: Rule) -> tuple[tuple[Action, ...], ...]:
    """Return the rule's actions, those of one write together, in the order of doing."""
    by_kind = {action.kind: action for action in rule.actions}
    groups = (_of(by_kind, kinds) for kinds in _TURNS)
    return tuple(group for group in groups if group)


def first_danger(rule: Rule, made: Collection[str] = ()) -> str | None:
    """Return the kind of the rule's first dangerous action, in the order of doing.

    Args:
        rule: The rule.
        made: Kinds that are left out, since they were done already.
    """
    actions = (action for group in in_turn(rule) for action in group)
    dangers = (action.kind for action in actions if action.is_dangerous)
    return next((kind for kind in dangers if kind not in made), None)


def may_be_chained(rule: Rule) -> bool:
    """Return whether a rule wants nothing but a status and a note: those fit into one PUT."""
    return all(action.kind in {SET_STATUS, STAFF_NOTE} for action in rule.actions)


def _of(by_kind: dict[str, Action], kinds: Collection[str]) -> tuple[Action, ...]:
    return tuple(by_kind[kind] for kind in kinds if kind in by_kind)
