"""What an effect is had once for."""

from __future__ import annotations

import pytest
from orderwarden.domain.rules.repeat import Repeat, occasion, repeats_on
from orderwarden.domain.signal import Trigger


@pytest.mark.parametrize(
    ("repeat", "trigger", "resource_id", "expected"),
    [
        (None, Trigger.SHIPMENT_CREATED, "17", ""),
        (Repeat.EACH_SHIPMENT, Trigger.SHIPMENT_CREATED, "17", "each_shipment:17"),
        (Repeat.EACH_SHIPMENT, Trigger.SHIPMENT_UPDATED, "17", "each_shipment:17"),
        (Repeat.EACH_SHIPMENT, Trigger.REFUND_CREATED, "17", ""),
        (Repeat.EACH_SHIPMENT, Trigger.RECONCILE, None, ""),
        (Repeat.EACH_EVENT, Trigger.REFUND_CREATED, "3", "each_refund:3"),
        (Repeat.EACH_EVENT, Trigger.MESSAGE_CREATED, "3", "each_message:3"),
        (Repeat.EACH_EVENT, Trigger.TRANSACTION_CREATED, "3", "each_transaction:3"),
        (Repeat.EACH_EVENT, Trigger.ORDER_UPDATED, None, ""),
    ],
)
def test_an_effect_is_had_once_for_the_order_or_for_what_the_event_names(
    repeat: Repeat | None, trigger: Trigger, resource_id: str | None, expected: str
) -> None:
    assert occasion(repeat, trigger, resource_id) == expected


def test_every_repeat_names_its_events() -> None:
    assert repeats_on(Repeat.EACH_SHIPMENT) == {
        Trigger.SHIPMENT_CREATED,
        Trigger.SHIPMENT_UPDATED,
    }
    assert repeats_on(Repeat.EACH_EVENT) == {
        each for repeat in set(Repeat) - {Repeat.EACH_EVENT} for each in repeats_on(repeat)
    }
