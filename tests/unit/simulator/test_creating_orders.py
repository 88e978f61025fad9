"""`POST /v2/orders`."""

from __future__ import annotations

from typing import Any

import pytest
from unit.simulator.calls import Sim

BILLING = {
    "first_name": "Ada",
    "last_name": "Ash",
    "street_1": "1 Example Street",
    "city": "Sampleton",
    "state": "Texas",
    "zip": "78701",
    "country_iso2": "US",
    "email": "ada@example.com",
}
BOX = {"name": "Box", "quantity": 2, "price_inc_tax": 10.8, "price_ex_tax": 10}


def an_order(**changes: object) -> dict[str, Any]:
    return {"billing_address": BILLING, "products": [BOX], **changes}


def test_an_order_is_pending_unless_it_says_otherwise(sim: Sim) -> None:
    answer = sim.post("/v2/orders", an_order())

    assert answer.status == 200
    assert (answer.body["id"], answer.body["status_id"]) == (100, 1)
    assert answer.body["total_inc_tax"] == "21.6000"
    assert answer.body["total_ex_tax"] == "20.0000"
    assert answer.body["items_total"] == 2
    assert sim.post("/v2/orders", an_order(status_id=11)).body["status_id"] == 11


def test_the_status_code_for_a_new_order_can_be_201(sim: Sim) -> None:
    sim.settings.created_status = 201

    assert sim.post("/v2/orders", an_order()).status == 201


def test_the_billing_address_is_used_where_no_shipping_address_is_given(sim: Sim) -> None:
    order_id = sim.post("/v2/orders", an_order()).body["id"]

    (address,) = sim.get(f"/v2/orders/{order_id}/shipping_addresses").body

    assert address["zip"] == "78701"
    assert (address["items_total"], address["items_shipped"]) == (2, 0)


def test_a_created_order_is_told_but_not_mailed(sim: Sim) -> None:
    sim.hook("store/order/created")
    sim.hook("store/cart/converted")

    order_id = sim.post("/v2/orders", an_order(status_id=10)).body["id"]

    (created,) = sim.delivered()
    assert created["data"] == {"type": "order", "id": order_id}
    assert len(sim.store.journal.emails) == 0


@pytest.mark.parametrize(
    "body",
    [
        {"products": [BOX]},
        {"billing_address": BILLING},
        an_order(products=[]),
        an_order(products=[{"name": "Box", "quantity": 1}]),
        an_order(products=[{**BOX, "quantity": 0}]),
        an_order(products=[{**BOX, "quantity": "2"}]),
        an_order(products=["Box"]),
        an_order(products=[{"product_id": 999_999, "quantity": 1}]),
        an_order(billing_address={**BILLING, "zip": "7"}),
        an_order(billing_address={"zip": "78701"}),
        an_order(billing_address="here"),
        an_order(consignments={}),
        an_order(id=5),
        an_order(status_id=15),
        an_order(total_inc_tax="5"),
    ],
)
def test_an_order_that_cannot_be_made_is_refused_and_none_is_made(
    sim: Sim, body: dict[str, object]
) -> None:
    assert sim.post("/v2/orders", body).status == 400
    assert sim.get("/v2/orders").status == 204


def test_a_catalog_product_brings_its_price_and_takes_stock(sim: Sim) -> None:
    variant = next(iter(sim.store.world.inventory))
    sim.store.staff.set_stock(variant.sku, 10)
    product = {"product_id": variant.product_id, "variant_id": variant.id, "quantity": 3}

    order_id = sim.post("/v2/orders", an_order(products=[product])).body["id"]

    (line,) = sim.get(f"/v2/orders/{order_id}/products").body
    assert (line["sku"], line["quantity"]) == (variant.sku, 3)
    assert line["price_inc_tax"] == f"{variant.price:.4f}"
    assert sim.store.world.inventory.stock(variant.id).on_hand == 7


def test_too_little_stock_is_409_with_the_variant(sim: Sim) -> None:
    variant = next(iter(sim.store.world.inventory))
    sim.store.staff.set_stock(variant.sku, 2)
    product = {"product_id": variant.product_id, "variant_id": variant.id, "quantity": 3}

    answer = sim.post("/v2/orders", an_order(products=[product]))

    assert answer.status == 409
    (error,) = answer.body[0]["details"]["errors"]
    assert (error["type"], error["variant_id"]) == ("OutOfStock", variant.id)
    assert error["available_quantity"] == 2
    assert sim.get("/v2/orders").status == 204


def test_a_pickup_order_has_no_shipping_address(sim: Sim) -> None:
    pickups = {"pickups": [{"pickup_method_id": 1, "line_items": [BOX]}]}
    body = {"billing_address": BILLING, "consignments": pickups}

    order_id = sim.post("/v2/orders", body).body["id"]

    assert sim.get(f"/v2/orders/{order_id}/shipping_addresses").status == 204
    (line,) = sim.get(f"/v2/orders/{order_id}/products").body
    assert (line["order_address_id"], line["order_pickup_method_id"]) == (0, 1)
    consignments = sim.get(f"/v2/orders/{order_id}/consignments").body
    assert len(consignments["pickups"]) == 1
    assert consignments["shipping"] == []


def test_fees_count_into_the_total(sim: Sim) -> None:
    fee = {
        "type": "custom_fee",
        "display_name_customer": "Wrap",
        "cost_ex_tax": "2",
        "cost_inc_tax": "2.5",
    }

    order = sim.post("/v2/orders", an_order(fees=[fee])).body

    assert order["total_inc_tax"] == "24.1000"
    fees = sim.get(f"/v2/orders/{order['id']}/fees").body["fees"]
    assert [each["cost_tax"] for each in fees] == ["0.5000"]


def test_a_shoppers_cart_is_converted(sim: Sim) -> None:
    sim.hook("store/cart/converted")
    order_id = sim.store.shopper.place()

    (body,) = sim.delivered()

    cart_id = sim.get(f"/v2/orders/{order_id}").body["cart_id"]
    assert body["data"] == {"type": "cart", "id": cart_id, "orderId": order_id}
    assert sim.ids(f"cart_id={cart_id}") == [order_id]


def test_a_catalog_line_is_one_piece_unless_told_and_keeps_its_options(sim: Sim) -> None:
    options = [{"id": 200, "value": "180"}, {"id": 230, "value": 192}]
    product = {"product_id": 202, "product_options": options}

    order_id = sim.post("/v2/orders", an_order(products=[product])).body["id"]

    (line,) = sim.get(f"/v2/orders/{order_id}/products").body
    assert line["quantity"] == 1
    assert [(each["id"], each["value"]) for each in line["product_options"]] == [
        (200, "180"),
        (230, "192"),
    ]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"colour": "red"}, "The field 'colour' is not supported by this resource."),
        ({"quantity": None}, "The field 'products' is invalid."),
        ({"product_options": [{"value": 1}]}, "The field 'products' is invalid."),
        ({"product_options": "red"}, "The field 'product_options' is invalid."),
    ],
)
def test_a_line_that_cannot_be_is_400(sim: Sim, changes: dict[str, object], message: str) -> None:
    answer = sim.post("/v2/orders", an_order(products=[{**BOX, **changes}]))

    assert (answer.status, answer.body[0]["message"]) == (400, message)
    assert sim.get("/v2/orders").status == 204
