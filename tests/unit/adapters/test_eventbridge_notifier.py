"""Notices on an event bus."""

from __future__ import annotations

import json
from collections.abc import Iterator

import aws_stand_in
import pytest
from botocore.stub import Stubber
from fakes import TurnableClock
from orderwarden.adapters.eventbridge_notifier import EventBridgeNotifier
from orderwarden.errors import TryAgain

ENTRY = {
    "EventBusName": "orderwarden",
    "Source": "orderwarden",
    "DetailType": "paid_in_window",
    "Detail": json.dumps({"order_id": 118, "store": "abc123", "notice_id": "paid_in_window-l1"}),
}


@pytest.fixture
def bus() -> Iterator[tuple[Stubber, EventBridgeNotifier]]:
    with aws_stand_in.aws(TurnableClock()):
        client = aws_stand_in.new_events()
        with Stubber(client) as stub:
            yield stub, EventBridgeNotifier(client, "orderwarden")


def notify(notifier: EventBridgeNotifier) -> None:
    notifier.notify("abc123", "paid_in_window", "paid_in_window-l1", {"order_id": 118})


def test_a_notice_is_one_event_with_its_id(bus: tuple[Stubber, EventBridgeNotifier]) -> None:
    stub, notifier = bus
    taken = {"FailedEntryCount": 0, "Entries": [{"EventId": "e1"}]}
    stub.add_response("put_events", taken, {"Entries": [ENTRY]})

    notify(notifier)

    stub.assert_no_pending_responses()


def test_a_notice_that_the_bus_did_not_take_is_tried_again(
    bus: tuple[Stubber, EventBridgeNotifier],
) -> None:
    stub, notifier = bus
    refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
    stub.add_response("put_events", refused)

    with pytest.raises(TryAgain, match="notice_not_taken"):
        notify(notifier)


def test_a_bus_out_of_reach_may_be_back_later(bus: tuple[Stubber, EventBridgeNotifier]) -> None:
    stub, notifier = bus
    stub.add_client_error("put_events", "InternalException", http_status_code=500)

    with pytest.raises(TryAgain, match="aws_failed"):
        notify(notifier)


def test_the_stand_in_takes_it_too() -> None:
    with aws_stand_in.aws(TurnableClock()):
        client = aws_stand_in.new_events()
        client.create_event_bus(Name="orderwarden")

        notify(EventBridgeNotifier(client, "orderwarden"))
