"""Every official callback sample becomes the right signal, or is deliberately ignored."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from orderwarden.domain.signal import Trigger
from orderwarden.services.ingest import Ingested
from webhook_builders import STORE, Rig, signed

IDS: dict[str, object] = {
    "id": 11,
    "orderId": 12,
    "order_id": "13",
    "resource_id": "14",
    "transaction_id": "15",
    "order_message_id": 16,
    "refund_id": 17,
    "product_id": 18,
    "previous_status_id": 7,
    "new_status_id": 8,
}
"""What a schema's example says under each key; every id another, so that none is taken amiss."""

Expected = tuple[Trigger, int | None, str | None, tuple[int, int] | None]
"""Trigger, order id, resource id, statuses before and after."""

SIGNALS: dict[str, Expected] = {
    # bodies, as published
    "store_order_archived.json": (Trigger.ORDER_ARCHIVED, 250, None, None),
    "store_order_created.json": (Trigger.ORDER_CREATED, 250, None, None),
    "store_order_message_created.json": (Trigger.MESSAGE_CREATED, 250, "3", None),
    "store_order_refund_created.json": (Trigger.REFUND_CREATED, 250, "3", None),
    "store_order_statusUpdated.json": (Trigger.STATUS_UPDATED, 250, None, (0, 11)),
    "store_order_updated.json": (Trigger.ORDER_UPDATED, 250, None, None),
    "store_product_inventory_order_updated.json": (Trigger.STOCK_CHANGED, None, "167", None),
    "store_product_inventory_updated.json": (Trigger.STOCK_CHANGED, None, "167", None),
    "store_shipment_created.json": (Trigger.SHIPMENT_CREATED, 251, "12", None),
    "store_shipment_deleted.json": (Trigger.SHIPMENT_UPDATED, 251, "12", None),
    "store_shipment_updated.json": (Trigger.SHIPMENT_UPDATED, 251, "12", None),
    "store_sku_inventory_order_updated.json": (Trigger.STOCK_CHANGED, None, "206", None),
    "store_sku_inventory_updated.json": (Trigger.STOCK_CHANGED, None, "206", None),
    # schemas, filled in from `IDS`
    "store_order_archived.yml": (Trigger.ORDER_ARCHIVED, 11, None, None),
    "store_order_created.yml": (Trigger.ORDER_CREATED, 11, None, None),
    "store_order_message_created.yml": (Trigger.MESSAGE_CREATED, 11, "16", None),
    "store_order_metafield_created.yml": (Trigger.ORDER_UPDATED, 14, None, None),
    "store_order_metafield_deleted.yml": (Trigger.ORDER_UPDATED, 14, None, None),
    "store_order_metafield_updated.yml": (Trigger.ORDER_UPDATED, 14, None, None),
    "store_order_refund_created.yml": (Trigger.REFUND_CREATED, 11, "17", None),
    "store_order_statusUpdated.yml": (Trigger.STATUS_UPDATED, 11, None, (7, 8)),
    "store_order_transaction_created.yml": (Trigger.TRANSACTION_CREATED, 13, "15", None),
    "store_order_updated.yml": (Trigger.ORDER_UPDATED, 11, None, None),
    "store_product_inventory_order_updated.yml": (Trigger.STOCK_CHANGED, None, "11", None),
    "store_product_inventory_updated.yml": (Trigger.STOCK_CHANGED, None, "11", None),
    "store_shipment_created.yml": (Trigger.SHIPMENT_CREATED, 12, "11", None),
    "store_shipment_deleted.yml": (Trigger.SHIPMENT_UPDATED, 12, "11", None),
    "store_shipment_updated.yml": (Trigger.SHIPMENT_UPDATED, 12, "11", None),
    "store_sku_inventory_order_updated.yml": (Trigger.STOCK_CHANGED, None, "18", None),
    "store_sku_inventory_updated.yml": (Trigger.STOCK_CHANGED, None, "18", None),
}

IGNORED = {
    "store_app_uninstalled.yml": "ignored_scope",
    "store_cart_converted.json": "ignored_scope",
    "store_cart_converted.yml": "ignored_scope",
    "store_information_updated.json": "ignored_scope",
    "store_information_updated.yml": "ignored_scope",
    "store_inventory_location_created.yml": "ignored_scope",
    "store_inventory_location_updated.yml": "ignored_scope",
    "store_metafield_created.json": "not_json",  # published empty
}

TIMES = {
    "store_order_created.json": datetime(2019, 6, 25, 16, 15, 35, tzinfo=UTC),
    "store_shipment_created.json": datetime(2019, 6, 25, 17, 14, 17, tzinfo=UTC),
}
"""1561479335 and 1561482857, as `date -u` writes them."""


@pytest.fixture(scope="module")
def samples() -> Path:
    openapi = os.environ.get("ORDERWARDEN_OPENAPI_DIR")  # noqa: TID251 (a test's own input)
    if not openapi:
        pytest.skip("ORDERWARDEN_OPENAPI_DIR is not set: no callback samples to read")
    return Path(openapi).parent / "callbacks"


def body_of(sample: Path) -> bytes:
    text = sample.read_text()
    if sample.suffix == ".json":
        return text.replace("{store_hash}", STORE).encode()
    ((scope, schema),) = yaml.safe_load(text)["properties"].items()
    envelope = {"scope": scope, "producer": f"stores/{STORE}", "created_at": 1561479335}
    return json.dumps(envelope | {"data": filled_in(schema["properties"]["data"])}).encode()


def filled_in(schema: dict[str, dict[str, dict[str, object]]]) -> dict[str, object]:
    """Return an object of that schema, with ids of the types that it asks for."""
    found: dict[str, object] = {}
    for key, inner in schema["properties"].items():
        if inner["type"] == "object":
            found[key] = filled_in(inner)  # type: ignore[arg-type] # a schema within a schema
        else:
            kind = {"integer": int, "string": str}[str(inner["type"])]
            found[key] = kind(str(IDS.get(key, 19)))
    return found


def answer_to(sample: Path, rig: Rig) -> Ingested:
    body = body_of(sample)
    return rig.post(signed(body), body)


def test_every_sample_has_an_expectation(samples: Path) -> None:
    assert {path.name for path in samples.iterdir()} == SIGNALS.keys() | IGNORED.keys()


@pytest.mark.parametrize("name", SIGNALS)
def test_the_sample_becomes_the_right_signal(samples: Path, name: str) -> None:
    rig = Rig()
    trigger, order_id, resource_id, statuses = SIGNALS[name]

    answer = answer_to(samples / name, rig)

    (signal,) = rig.queue.signals
    assert (answer.http_status, answer.code, answer.signal) == (200, "queued", signal)
    assert signal.trigger is trigger
    assert (signal.order_id, signal.resource_id) == (order_id, resource_id)
    assert (signal.previous_status_id, signal.new_status_id) == (statuses or (None, None))


@pytest.mark.parametrize("name", TIMES)
def test_the_sample_happened_when_it_says(samples: Path, name: str) -> None:
    rig = Rig()

    answer_to(samples / name, rig)

    assert rig.queue.signals[0].occurred_at == TIMES[name]


@pytest.mark.parametrize("name", IGNORED)
def test_the_sample_is_ignored_with_200(samples: Path, name: str) -> None:
    rig = Rig()

    answer = answer_to(samples / name, rig)

    assert (answer.http_status, answer.code) == (200, IGNORED[name])
    assert not rig.queue.signals
