"""The simulator's answers have the shapes of the official documents."""

from __future__ import annotations

from typing import Any

import pytest
from unit.simulator.calls import Sim
from unit.simulator.openapi_shapes import documents, load, problems
from unit.simulator.test_creating_orders import an_order

V2 = "orders.v2.oas2.yml"
V3 = "orders.v3.yml"
HOOKS = "webhooks.v3.yml"
LINES = "/orders/{order_id}/products"
ADDRESSES = "/orders/{order_id}/shipping_addresses"
SHIPMENTS = "/orders/{order_id}/shipments"
REFUNDS = "/orders/{order_id}/payment_actions/refunds"
METAFIELDS = "/orders/{order_id}/metafields"
WITH_ALL = "include=consignments.line_items,fees&consignment_structure=object"
MARK = {"permission_set": "read", "namespace": "app", "key": "seen", "value": "yes"}


class Lived:
    """A store in which most things have happened once, and the ids of some of them."""

    def __init__(self) -> None:
        self.sim = Sim()
        store, sim = self.sim.store, self.sim
        skus = [variant.sku for variant in list(store.world.inventory)[:2]]
        self.order_id = store.shopper.place(
            items=[(sku, 2) for sku in skus],
            customer_id=7,
            coupons={"SAVE5": "5.00"},
            fees={"Rush": "4.50"},
            store_credit="1.00",
            gift_certificate="2.00",
        )
        line = {"name": "Box", "quantity": 1, "price_ex_tax": 10, "price_inc_tax": 11}
        sim.put(f"/v2/orders/{self.order_id}", {"products": [line]})
        store.shopper.authorise(self.order_id)
        store.staff.capture(self.order_id)
        sim.clock.turn(5)
        store.shopper.write_message(self.order_id, "When?")
        self.shipment_id = store.staff.ship(self.order_id, pieces=1, shipping_provider="ups")[0]
        self.refund_id = store.staff.refund(self.order_id, "3.00")
        sim.clock.turn(5)
        order = store.order(self.order_id)
        self.line_id, self.address_id = order.lines[0].id, order.addresses[0].id
        self.hook_id = sim.hook()
        answer = sim.post(f"/v3/orders/{self.order_id}/metafields", MARK)
        self.metafield_id = answer.body["data"]["id"]

    def path(self, template: str) -> str:
        names: dict[str, int] = {
            "order_id": self.order_id,
            "status_id": 11,
            "product_id": self.line_id,
            "id": self.address_id,
            "shipment_id": self.shipment_id,
            "refund_id": self.refund_id,
            "metafield_id": self.metafield_id,
            "webhook_id": self.hook_id,
            "location_id": 1,
        }
        return template.format(**names)


@pytest.fixture(scope="module")
def lived() -> Lived:
    documents()
    return Lived()


READS = [
    (V2, "v2", "/orders", ""),
    (V2, "v2", "/orders/count", ""),
    (V2, "v2", "/orders/{order_id}", ""),
    (V2, "v2", "/orders/{order_id}", WITH_ALL),
    (V2, "v2", LINES, ""),
    (V2, "v2", LINES + "/{product_id}", ""),
    (V2, "v2", ADDRESSES, ""),
    (V2, "v2", ADDRESSES + "/{id}", ""),
    (V2, "v2", SHIPMENTS, ""),
    (V2, "v2", SHIPMENTS + "/count", ""),
    (V2, "v2", SHIPMENTS + "/{shipment_id}", ""),
    (V2, "v2", "/orders/{order_id}/messages", ""),
    (V2, "v2", "/orders/{order_id}/consignments", ""),
    (V2, "v2", "/orders/{order_id}/coupons", ""),
    (V2, "v2", "/orders/{order_id}/taxes", "details=true"),
    (V2, "v2", "/orders/{order_id}/fees", ""),
    (V2, "v2", "/order_statuses", ""),
    (V2, "v2", "/order_statuses/{status_id}", ""),
    (V3, "v3", "/orders/{order_id}/transactions", ""),
    (V3, "v3", REFUNDS, ""),
    (V3, "v3", "/orders/payment_actions/refunds", ""),
    (V3, "v3", "/orders/payment_actions/refunds/{refund_id}", ""),
    (V3, "v3", METAFIELDS, ""),
    (V3, "v3", METAFIELDS + "/{metafield_id}", ""),
    (V3, "v3", "/orders/metafields", ""),
    (V3, "v3", "/orders/settings", ""),
    (HOOKS, "v3", "/hooks", ""),
    (HOOKS, "v3", "/hooks/{webhook_id}", ""),
    (HOOKS, "v3", "/hooks/admin", ""),
    ("inventory.v3.yml", "v3", "/inventory/items", ""),
    ("inventory.v3.yml", "v3", "/inventory/locations/{location_id}/items", ""),
    ("locations.v3.yml", "v3", "/inventory/locations", ""),
    ("settings.v3.yml", "v3", "/settings/inventory", ""),
    ("store_information.v2.yml", "v2", "/store", ""),
    ("store_information.v2.yml", "v2", "/time", ""),
    ("store_logs.v3.yml", "v3", "/store/systemlogs", ""),
    ("customers.v3.yml", "v3", "/customers", ""),
    ("pickup.v3.yml", "v3", "/orders/pickups", ""),
]  # fmt: skip


@pytest.mark.parametrize(("document", "version", "path", "query"), READS)
def test_what_is_read_has_the_documents_shape(
    lived: Lived, document: str, version: str, path: str, query: str
) -> None:
    answer = lived.sim.get(f"/{version}{lived.path(path)}", query)

    assert answer.status == 200
    assert problems(document, "GET", path, 200, answer.body) == []


def _writes(lived: Lived) -> list[tuple[str, str, str, str, Any]]:
    line = {"order_product_id": lived.line_id, "quantity": 1}
    item = {"item_type": "PRODUCT", "item_id": lived.line_id, "quantity": 1}
    stock = {"items": [{"location_id": 1, "variant_id": 4000, "quantity": 5}]}
    hook = {"scope": "store/shipment/*", "destination": "https://app.example.com/in"}
    quote = "/orders/{order_id}/payment_actions/refund_quotes"
    parcel = {"order_address_id": lived.address_id, "items": [line]}
    batch = [{**MARK, "key": "batch", "resource_id": lived.order_id}]
    return [
        (V2, "POST", "v2", "/orders", an_order()),
        (V2, "PUT", "v2", "/orders/{order_id}", {"staff_notes": "x"}),
        (V2, "PUT", "v2", ADDRESSES + "/{id}", {"company": "Example"}),
        (V2, "POST", "v2", SHIPMENTS, parcel),
        (V2, "PUT", "v2", SHIPMENTS + "/{shipment_id}", {"tracking_number": "EJ"}),
        (V3, "POST", "v3", quote, {"items": [item]}),
        (V3, "POST", "v3", METAFIELDS, {**MARK, "key": "second"}),
        (V3, "PUT", "v3", METAFIELDS + "/{metafield_id}", {"value": "no"}),
        (V3, "POST", "v3", "/orders/metafields", batch),
        (V3, "DELETE", "v3", "/orders/metafields", [lived.metafield_id]),
        (HOOKS, "POST", "v3", "/hooks", hook),
        (HOOKS, "PUT", "v3", "/hooks/{webhook_id}", {"is_active": False}),
        (HOOKS, "PUT", "v3", "/hooks/admin", {"emails": ["a@example.com"]}),
        (HOOKS, "DELETE", "v3", "/hooks/{webhook_id}", None),
        ("inventory.v3.yml", "PUT", "v3", "/inventory/adjustments/absolute", stock),
        ("inventory.v3.yml", "POST", "v3", "/inventory/adjustments/relative", stock),
    ]


@pytest.mark.parametrize("index", range(16))
def test_what_a_write_answers_has_the_documents_shape(index: int) -> None:
    documents()
    lived = Lived()
    document, method, version, path, body = _writes(lived)[index]

    answer = lived.sim.call(method, f"/{version}{lived.path(path)}", body)

    assert 200 <= answer.status < 300, answer.body
    assert problems(document, method, path, answer.status, answer.body) == []


def test_captures_and_refunds_answer_in_the_documents_shape() -> None:
    documents()
    sim = Sim()
    first, second = sim.store.shopper.place(total="20"), sim.store.shopper.place(total="20")
    sim.store.shopper.authorise(first)
    sim.store.shopper.pay(second)
    actions = "/orders/{order_id}/payment_actions"
    item = {"item_type": "ORDER", "item_id": second, "amount": 5}
    path = f"/v3/orders/{second}/payment_actions"

    captured = sim.post(f"/v3/orders/{first}/payment_actions/capture")
    quoted = sim.post(f"{path}/refund_quotes", {"items": [item]})
    payments = [{"provider_id": "stripe", "amount": 5.0}]
    refunded = sim.post(f"{path}/refunds", {"items": [item], "payments": payments})
    refused = sim.post(f"{path}/refunds", {"items": [item], "payments": payments})

    assert problems(V3, "POST", f"{actions}/capture", 201, captured.body) == []
    assert problems(V3, "POST", f"{actions}/refund_quotes", 201, quoted.body) == []
    assert problems(V3, "POST", f"{actions}/refunds", 201, refunded.body) == []
    assert problems(V3, "POST", f"{actions}/refunds", 503, refused.body) == []


REFUSALS = [
    (V2, "GET", "/orders/{order_id}/consignments", "/v2/orders/5/consignments"),
    (V3, "GET", "/orders/{order_id}/transactions", "/v3/orders/5/transactions"),
    (HOOKS, "GET", "/hooks/{webhook_id}", "/v3/hooks/5"),
]


@pytest.mark.parametrize(("document", "method", "path", "at"), REFUSALS)
def test_what_is_not_found_has_the_documents_shape(
    lived: Lived, document: str, method: str, path: str, at: str
) -> None:
    answer = lived.sim.call(method, at)

    assert answer.status == 404
    assert problems(document, method, path, 404, answer.body) == []


def test_a_void_that_cannot_be_has_the_documents_shape(lived: Lived) -> None:
    action = "/orders/{order_id}/payment_actions/void"

    answer = lived.sim.post(f"/v3{lived.path(action)}")

    assert answer.status == 422
    assert problems(V3, "POST", action, 422, answer.body) == []


def test_the_fifteen_statuses_are_those_of_the_document(lived: Lived) -> None:
    responses = load(documents() / V2)["components"]["responses"]
    content = responses["orderStatusCollection_Resp"]["content"]["application/json"]
    (example,) = content["examples"].values()
    wanted = [(row["id"], row["system_label"], row["order"]) for row in example["value"]]

    rows = lived.sim.get("/v2/order_statuses").body

    assert [(row["id"], row["system_label"], row["order"]) for row in rows] == wanted
    assert len(rows) == 15
