"""From what a merchant writes under `do` to actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from orderwarden.domain.decision import SET_STATUS, STAFF_NOTE
from orderwarden.domain.rules.action_entries import (
    metafield,
    notice,
    order_change,
    refund,
    shipment,
    template,
    ticked,
)
from orderwarden.domain.rules.effects import (
    CAPTURE,
    CREATE_SHIPMENT,
    HOLD,
    METAFIELD,
    NOTIFY,
    PAYMENT_ACTIONS,
    REFUND,
    UPDATE_ORDER,
    VOID,
    Action,
    Parameters,
    ShipmentWanted,
)
from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.nodes import ScalarNode
from orderwarden.domain.rules.operators import Scalar
from orderwarden.domain.rules.places import Place
from orderwarden.domain.rules.problems import one_of, quoted
from orderwarden.domain.rules.values import scalar
from orderwarden.domain.statuses import MONEY_MOVES_FIRST, NAMES


def actions(place: Place, *, payments_allowed: bool) -> tuple[Action, ...]:
    """Return the actions listed at a place, after noting what is wrong with any.

    Args:
        place: The list under `do`.
        payments_allowed: Whether the file says `allow_payment_actions: true`.
    """
    found: dict[str, Action] = {}
    for item in place.items("a list of actions, such as - set_status: Completed"):
        for action in actions_of(item):
            if action.kind in found:
                item.refuse(f"a second {action.kind}; a rule has one of each")
            found.setdefault(action.kind, action)
    _check_payments(place, [kind for kind in found if kind in PAYMENT_ACTIONS], payments_allowed)
    return tuple(found.values())


def actions_of(item: Place) -> tuple[Action, ...]:
    """Return the actions of one item of a list, after noting what is wrong with it."""
    if isinstance(item.node, ScalarNode) and item.node.text in _BARE:
        return (Action(item.node.text, _BARE[item.node.text]),)
    entries = item.entries("action", tuple(_VALUES))
    values = {kind: _VALUES[kind](entry) for kind, entry in entries.items()}
    return tuple(Action(kind, value) for kind, value in values.items() if value is not None)


def _check_payments(place: Place, kinds: list[str], payments_allowed: bool) -> None:  # noqa: FBT001
    if kinds and not payments_allowed:
        place.refuse(
            f"{one_of(kinds)} moves money; write allow_payment_actions: true at the top of the "
            "file to let its rules do that"
        )
    if len(kinds) > 1:
        place.refuse("more than one of capture, void and refund; a rule has one of them")


def _status(place: Place) -> Scalar | None:
    status = scalar(place, Kind.STATUS)
    if status in MONEY_MOVES_FIRST:
        place.refuse(
            f"{quoted(NAMES[int(status)])}: a status moves no money; "
            "refund the order, and BigCommerce sets it by itself"
        )
        return None
    return status


def _note(place: Place) -> str | None:
    return template(place, "the text of a note")


def _hold(place: Place) -> str | None:
    return template(place, "why, for whoever looks at it")


_BARE: Final[Mapping[str, Scalar | Parameters]] = {
    CAPTURE: True,
    VOID: True,
    HOLD: "",
    CREATE_SHIPMENT: ShipmentWanted(),
}
"""Actions that may stand alone in the list, as `- capture`."""

_VALUES: Final[Mapping[str, Callable[[Place], Scalar | Parameters | None]]] = {
    SET_STATUS: _status,
    STAFF_NOTE: _note,
    METAFIELD: metafield,
    CREATE_SHIPMENT: shipment,
    UPDATE_ORDER: order_change,
    CAPTURE: ticked,
    VOID: ticked,
    REFUND: refund,
    NOTIFY: notice,
    HOLD: _hold,
}
