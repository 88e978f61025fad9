"""What an effect other than a status is had once for: the order, or each thing of a kind."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from orderwarden.domain.signal import Trigger


class Repeat(StrEnum):
    """`each_event` stands for whichever of the others the event is about."""

    EACH_SHIPMENT = "each_shipment"
    EACH_REFUND = "each_refund"
    EACH_TRANSACTION = "each_transaction"
    EACH_MESSAGE = "each_message"
    EACH_EVENT = "each_event"


_OF_TRIGGER: Final[Mapping[Trigger, Repeat]] = {
    Trigger.SHIPMENT_CREATED: Repeat.EACH_SHIPMENT,
    Trigger.SHIPMENT_UPDATED: Repeat.EACH_SHIPMENT,
    Trigger.REFUND_CREATED: Repeat.EACH_REFUND,
    Trigger.TRANSACTION_CREATED: Repeat.EACH_TRANSACTION,
    Trigger.MESSAGE_CREATED: Repeat.EACH_MESSAGE,
}


def repeats_on(repeat: Repeat) -> frozenset[Trigger]:
    """Return the triggers whose events name what the effect is repeated for."""
    every = repeat is Repeat.EACH_EVENT
    return frozenset(t for t, each in _OF_TRIGGER.items() if every or each is repeat)


def occasion(repeat: Repeat | None, trigger: Trigger, resource_id: str | None) -> str:
    """Return what makes an effect other than a status one of its own.

    Returns:
        "" for once per order, and where the event names nothing that the rule repeats for;
        else such as `each_shipment:17`. `each_event` gives the same text as the kind it is.
    """
    if repeat is None or resource_id is None or trigger not in repeats_on(repeat):
        return ""
    return f"{_OF_TRIGGER[trigger].value}:{resource_id}"
