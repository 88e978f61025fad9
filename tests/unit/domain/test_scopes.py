"""What each scope of a webhook means, and where it names its order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fakes import NOON
from orderwarden.domain.scopes import IGNORED_SCOPES, SHAPES, WANTED_SCOPES
from orderwarden.domain.signal import WEBHOOK_TRIGGERS, Signal, Trigger
from orderwarden.domain.webhook import parse, signal_of
from orderwarden.errors import Rejected
from webhook_builders import ORDER, STORE, a_body


def signal_from(body: bytes) -> Signal:
    return signal_of(parse(body, STORE), NOON)


def refuse_id(scope: str, data: object) -> None:
    with pytest.raises(Rejected, match="impossible_id"):
        signal_from(a_body(scope, data))


TRANSACTION = {
    "order_id": "100",
    "transaction_id": "80047454917",
    "type": "transaction",
    "transaction_status": "complete",
    "transaction_type": "purchase",
}
METAFIELD = {"metafield_id": 14, "resource_id": "270", "namespace": "erp"}
SHIPMENT = {"type": "shipment", "id": 12, "orderId": 251}
CHANNEL_ORDER = {"order_id": 127}
LEVEL = {"variant_id": 127, "product_id": 113, "location_id": 2}
PRODUCT = {"type": "product", "id": 167, "inventory": {"product_id": 167, "method": "absolute"}}
SKU = {"type": "sku", "id": 461, "inventory": {"product_id": 206, "variant_id": 509}}


MESSAGE = {**ORDER, "message": {"order_message_id": 3}}
REFUND = {**ORDER, "refund": {"refund_id": 4}}
T = Trigger


@pytest.mark.parametrize(
    ("scope", "data", "trigger", "order_id", "resource_id"),
    [
        ("store/order/created", ORDER, T.ORDER_CREATED, 250, None),
        ("store/order/updated", ORDER, T.ORDER_UPDATED, 250, None),
        ("store/order/archived", ORDER, T.ORDER_ARCHIVED, 250, None),
        ("store/order/statusUpdated", ORDER, T.STATUS_UPDATED, 250, None),
        ("store/order/message/created", MESSAGE, T.MESSAGE_CREATED, 250, "3"),
        ("store/order/refund/created", REFUND, T.REFUND_CREATED, 250, "4"),
        (
            "store/order/transaction/created",
            TRANSACTION,
            T.TRANSACTION_CREATED,
            100,
            "80047454917",
        ),
        ("store/order/metafield/created", METAFIELD, T.ORDER_UPDATED, 270, None),
        ("store/order/metafield/updated", METAFIELD, T.ORDER_UPDATED, 270, None),
        ("store/order/metafield/deleted", METAFIELD, T.ORDER_UPDATED, 270, None),
        ("store/shipment/created", SHIPMENT, T.SHIPMENT_CREATED, 251, "12"),
        ("store/shipment/updated", SHIPMENT, T.SHIPMENT_UPDATED, 251, "12"),
        ("store/shipment/deleted", SHIPMENT, T.SHIPMENT_UPDATED, 251, "12"),
        ("store/product/inventory/updated", PRODUCT, T.STOCK_CHANGED, None, "167"),
        ("store/product/inventory/order/updated", PRODUCT, T.STOCK_CHANGED, None, "167"),
        ("store/sku/inventory/updated", SKU, T.STOCK_CHANGED, None, "206"),
        ("store/sku/inventory/order/updated", SKU, T.STOCK_CHANGED, None, "206"),
        ("store/channel/1/order/created", CHANNEL_ORDER, T.ORDER_CREATED, 127, None),
        ("store/channel/1/order/updated", CHANNEL_ORDER, T.ORDER_UPDATED, 127, None),
        ("store/channel/77/order/archived", CHANNEL_ORDER, T.ORDER_ARCHIVED, 127, None),
        ("store/channel/1/order/statusUpdated", CHANNEL_ORDER, T.STATUS_UPDATED, 127, None),
        ("store/channel/1/order/message/created", CHANNEL_ORDER, T.MESSAGE_CREATED, 127, None),
        ("store/channel/1/order/refund/created", CHANNEL_ORDER, T.REFUND_CREATED, 127, None),
    ],
)
def test_each_scope_names_its_order_in_its_own_place(
    scope: str, data: object, trigger: Trigger, order_id: int | None, resource_id: str | None
) -> None:
    signal = signal_from(a_body(scope, data))

    assert signal == Signal(
        store=STORE,
        order_id=order_id,
        trigger=trigger,
        occurred_at=NOON - timedelta(seconds=5),
        receipt_key=signal.receipt_key,
        resource_id=resource_id,
    )


@pytest.mark.parametrize("channel", ["1", "*"])
@pytest.mark.parametrize("event", ["stock_changed", "low_stock_reached", "out_of_stock_reached"])
def test_a_channels_stock_names_its_product(channel: str, event: str) -> None:
    signal = signal_from(a_body(f"store/channel/{channel}/inventory/product/{event}", LEVEL))

    assert signal.trigger is Trigger.STOCK_CHANGED
    assert (signal.order_id, signal.resource_id) == (None, "113")


def test_hooks_can_be_made_for_every_webhook_trigger_and_for_no_channel() -> None:
    assert set(WANTED_SCOPES.values()) == WEBHOOK_TRIGGERS
    assert not [scope for scope in WANTED_SCOPES if "channel" in scope or "*" in scope]
    assert not IGNORED_SCOPES & set(SHAPES)


def test_a_status_change_carries_its_statuses() -> None:
    status = {"previous_status_id": 0, "new_status_id": 11}

    signal = signal_from(a_body("store/order/statusUpdated", {**ORDER, "status": status}))

    assert (signal.previous_status_id, signal.new_status_id) == (0, 11)


@pytest.mark.parametrize("value", [None, "11", 11.0, True, -1, 15, 10**30, [], {}])
def test_a_status_that_does_not_exist_is_as_good_as_none(value: object) -> None:
    status = {"previous_status_id": 7, "new_status_id": value}

    signal = signal_from(a_body("store/order/statusUpdated", {**ORDER, "status": status}))

    assert (signal.previous_status_id, signal.new_status_id) == (7, None)


@pytest.mark.parametrize("status", [None, [], "x", 7])
def test_a_status_block_that_is_none_is_ignored(status: object) -> None:
    signal = signal_from(a_body("store/order/statusUpdated", {**ORDER, "status": status}))

    assert (signal.order_id, signal.previous_status_id, signal.new_status_id) == (250, None, None)


def test_only_a_status_event_is_asked_for_statuses() -> None:
    status = {"previous_status_id": 0, "new_status_id": 11}

    signal = signal_from(a_body(data={**ORDER, "status": status}))

    assert (signal.previous_status_id, signal.new_status_id) == (None, None)


@pytest.mark.parametrize(
    "value",
    [
        *(None, "250", "abc", 250.0, 2.5, True, False, -250, 0, 10**30, 2**63, [250], {"id": 250}),
        *("", "\x00", "\ud800"),
    ],
)
def test_an_impossible_order_id_is_refused(value: object) -> None:
    refuse_id("store/order/updated", {"type": "order", "id": value})


@pytest.mark.parametrize(
    "value", ["", "0", "-1", "+1", "01", " 1", "1\n", "1.0", "1e3", "1_0", "९", "9" * 19, "9" * 30]
)
def test_an_order_id_in_text_must_be_a_plain_positive_integer(value: str) -> None:
    refuse_id("store/order/transaction/created", {**TRANSACTION, "order_id": value})


@pytest.mark.parametrize("value", ["9223372036854775807", 9223372036854775807])
def test_the_largest_possible_order_id_is_accepted(value: object) -> None:
    data = {**TRANSACTION, "order_id": value}

    signal = signal_from(a_body("store/order/transaction/created", data))

    assert signal.order_id == 9223372036854775807


@pytest.mark.parametrize(
    ("scope", "data"),
    [
        ("store/order/updated", {}),
        ("store/shipment/created", {"type": "shipment", "id": 12, "orderid": 251}),
        ("store/channel/1/order/created", ORDER),
        ("store/sku/inventory/updated", {"type": "sku", "id": 461}),
        ("store/sku/inventory/updated", {"inventory": [206]}),
    ],
)
def test_a_missing_id_is_refused(scope: str, data: object) -> None:
    refuse_id(scope, data)


@pytest.mark.parametrize("value", [None, "", "a b", "\ud800", "x" * 129, -1, 1.5, True, [], {}])
def test_a_senseless_resource_id_does_not_cost_the_signal(value: object) -> None:
    data = {**TRANSACTION, "transaction_id": value}

    signal = signal_from(a_body("store/order/transaction/created", data))

    assert (signal.order_id, signal.resource_id) == (100, None)
