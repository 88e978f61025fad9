"""Inventory: what is shown, what moves it, who is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bigcommerce_sim.web.app import StoreApp
from bigcommerce_sim.world.inventory import Variant
from unit.simulator.calls import Sim
from unit.simulator.control_client import ControlClient
from unit.simulator.test_creating_orders import an_order


@pytest.fixture
def mug(sim: Sim) -> Variant:
    """A product without siblings, ten pieces of it in stock."""
    variant = next(each for each in sim.store.world.inventory if not each.has_siblings)
    sim.store.staff.set_stock(variant.sku, 10)
    return variant


def on_hand(sim: Sim, variant: Variant) -> int:
    body = sim.get("/v3/inventory/items", f"variant_id:in={variant.id}").body
    return int(body["data"][0]["locations"][0]["total_inventory_onhand"])


def test_stock_is_shown_by_variant_and_location(sim: Sim, mug: Variant) -> None:
    (row,) = sim.get("/v3/inventory/items", f"sku:in={mug.sku}").body["data"]

    assert row["identity"]["variant_id"] == mug.id
    (place,) = row["locations"]
    assert (place["location_id"], place["available_to_sell"]) == (1, 10)
    assert place["settings"]["is_in_stock"] is True
    assert "qty_backordered" not in place
    at_one = sim.get("/v3/inventory/locations/1/items", f"variant_id:in={mug.id}").body["data"]
    assert at_one[0]["total_inventory_onhand"] == 10
    assert sim.get("/v3/inventory/locations/9/items").status == 404


def test_safety_stock_is_not_for_sale(sim: Sim, mug: Variant) -> None:
    inventory = sim.store.world.inventory
    stock = replace(inventory.stock(mug.id), on_hand=11, safety_stock=1)
    inventory.set_stock(mug.id, stock, sim.clock.now())

    (row,) = sim.get("/v3/inventory/items", f"variant_id:in={mug.id}").body["data"]

    assert row["locations"][0]["available_to_sell"] == 10


def test_placing_an_order_takes_stock_and_tells(sim: Sim, mug: Variant) -> None:
    sim.hook("store/product/inventory/order/updated")
    sim.hook("store/channel/1/inventory/product/stock_changed")

    sim.store.shopper.place(items=[(mug.sku, 3)])

    assert on_hand(sim, mug) == 7
    moved, changed = sim.delivered()
    assert moved["data"] == {
        "type": "product",
        "id": mug.product_id,
        "inventory": {"product_id": mug.product_id, "method": "relative", "value": -3},
    }
    assert changed["data"] == {
        "variant_id": mug.id,
        "product_id": mug.product_id,
        "location_id": 1,
    }


def test_a_variant_with_siblings_is_told_as_a_sku(sim: Sim) -> None:
    variant = next(each for each in sim.store.world.inventory if each.has_siblings)
    sim.hook("store/sku/*")

    sim.store.staff.set_stock(variant.sku, 5)

    (body,) = sim.delivered()
    assert body["scope"] == "store/sku/inventory/updated"
    assert body["data"]["inventory"] == {
        "product_id": variant.product_id,
        "method": "absolute",
        "value": 5,
        "variant_id": variant.id,
    }


@pytest.mark.parametrize(("adjusts", "left"), [(True, 10), (False, 7)])
def test_cancelling_gives_stock_back_where_the_store_is_so_set(
    sim: Sim, mug: Variant, adjusts: bool, left: int
) -> None:
    sim.settings.refund_order_stock_adjustment = adjusts
    order_id = sim.store.shopper.place(items=[(mug.sku, 3)])

    sim.put(f"/v2/orders/{order_id}", {"status_id": 5})

    assert on_hand(sim, mug) == left
    shown = sim.get("/v3/settings/inventory").body["data"]
    assert shown["refund_order_stock_adjustment"] is adjusts


def test_declining_keeps_the_stock(sim: Sim, mug: Variant) -> None:
    order_id = sim.store.shopper.place(items=[(mug.sku, 3)])

    sim.put(f"/v2/orders/{order_id}", {"status_id": 6})

    assert on_hand(sim, mug) == 7


def test_stock_can_move_on_shipping_instead(sim: Sim, mug: Variant) -> None:
    sim.settings.update_stock_behavior = "order_completed_or_shipped"
    order_id = sim.store.shopper.place(items=[(mug.sku, 3)], status="Awaiting Fulfillment")
    before = on_hand(sim, mug)

    sim.store.staff.ship(order_id)

    assert (before, on_hand(sim, mug)) == (10, 7)


def test_stock_that_was_not_taken_is_not_given_back(sim: Sim, mug: Variant) -> None:
    sim.settings.update_stock_behavior = "order_completed_or_shipped"
    order_id = sim.store.shopper.place(items=[(mug.sku, 3)])

    sim.put(f"/v2/orders/{order_id}", {"status_id": 5})

    assert on_hand(sim, mug) == 10


def test_stock_is_read_late_where_the_store_is_so_set(sim: Sim, mug: Variant) -> None:
    sim.settings.inventory_lag_s = 5.0
    sim.clock.turn(60)
    sim.store.shopper.place(items=[(mug.sku, 3)])

    at_once = on_hand(sim, mug)
    sim.clock.turn(5)

    assert (at_once, on_hand(sim, mug)) == (10, 7)


def test_backorders_show_their_fields_and_lines_say_how_many(sim: Sim, mug: Variant) -> None:
    sim.settings.backorders = True
    inventory = sim.store.world.inventory
    stock = replace(inventory.stock(mug.id), on_hand=1, backorder_limit=5)
    inventory.set_stock(mug.id, stock, sim.clock.now())

    order_id = sim.store.shopper.place(items=[(mug.sku, 3)])

    (line,) = sim.get(f"/v2/orders/{order_id}/products").body
    assert line["quantity_backordered"] == 2
    (row,) = sim.get("/v3/inventory/items", f"variant_id:in={mug.id}").body["data"]
    (place,) = row["locations"]
    assert (place["total_inventory_onhand"], place["qty_backordered"]) == (0, 2)
    assert place["settings"]["backorder_limit"] == 5


def test_the_last_backorder_is_told_and_cancelling_gives_backorders_back(
    sim: Sim, mug: Variant
) -> None:
    sim.settings.backorders = True
    sim.hook("store/channel/*/inventory/product/backorder_limit_reached")
    sim.store.staff.set_stock(mug.sku, 1, backorder_limit=2)

    order_id = sim.store.shopper.place(items=[(mug.sku, 3)])
    told = sim.delivered()
    one_more = {"product_id": mug.product_id, "variant_id": mug.id, "quantity": 1}
    refused = sim.post("/v2/orders", an_order(products=[one_more]))
    sim.store.staff.edit(order_id, status="Cancelled")

    stock = sim.store.world.inventory.stock(mug.id)
    assert [body["data"]["variant_id"] for body in told] == [mug.id]
    assert refused.status == 409
    assert (stock.on_hand, stock.backordered) == (1, 0)


def test_how_stock_is_sold_is_told_apart_from_how_much_there_is(sim: Sim, mug: Variant) -> None:
    client = ControlClient(StoreApp(sim.store))
    sim.hook("store/channel/*/inventory/*")

    changed = client.post("/_sim/stock", json={"sku": mug.sku, "safety_stock": 3})

    (body,) = sim.delivered()
    assert changed.status_code == 200
    assert body["scope"] == "store/channel/1/inventory/product/settings_changed"
    assert body["data"] == {"variant_id": mug.id, "product_id": mug.product_id, "location_id": 1}
    assert sim.store.world.inventory.stock(mug.id).safety_stock == 3


def test_stock_lies_in_several_places(sim: Sim, mug: Variant) -> None:
    client = ControlClient(StoreApp(sim.store))
    place = client.post("/_sim/locations", json={"code": "SHOP", "label": "Shop"}).json()["id"]
    client.post("/_sim/stock", json={"sku": mug.sku, "on_hand": 4, "location_id": place})

    (row,) = sim.get("/v3/inventory/items", f"variant_id:in={mug.id}&location_code:in=SHOP").body[
        "data"
    ]
    unknown = client.post("/_sim/stock", json={"sku": mug.sku, "on_hand": 4, "location_id": 9})

    assert [each["available_to_sell"] for each in row["locations"]] == [4]
    assert [each["code"] for each in sim.get("/v3/inventory/locations").body["data"]] == [
        "BC-LOCATION-1",
        "SHOP",
    ]
    assert unknown.status_code == 400


def test_levels_are_set_absolutely_and_moved_relatively(sim: Sim, mug: Variant) -> None:
    item = {"location_id": 1, "variant_id": mug.id}

    absolute = sim.put("/v3/inventory/adjustments/absolute", {"items": [{**item, "quantity": 4}]})
    relative = sim.post(
        "/v3/inventory/adjustments/relative", {"items": [{**item, "quantity": -3}]}
    )
    too_much = sim.post(
        "/v3/inventory/adjustments/relative", {"items": [{**item, "quantity": -2}]}
    )

    assert absolute.status == relative.status == 200
    assert absolute.body["transaction_id"] != relative.body["transaction_id"]
    assert (too_much.status, on_hand(sim, mug)) == (422, 1)
    assert too_much.headers["content-type"] == "application/problem+json"


def test_locations_and_customers_can_be_looked_up(sim: Sim) -> None:
    (location,) = sim.get("/v3/inventory/locations").body["data"]
    people = sim.get("/v3/customers", "id:in=7,8").body["data"]
    groups = sim.get("/v2/customer_groups").body

    assert (location["id"], location["enabled"]) == (1, True)
    assert [(each["id"], each["customer_group_id"]) for each in people] == [(7, 2), (8, 1)]
    assert [group["name"] for group in groups] == ["Retail", "Wholesale", "VIP"]
    assert sim.get("/v2/customer_groups/2").body["name"] == "Wholesale"
    assert sim.get("/v3/customers", "wrong=1").status == 422


def test_customers_are_paged_by_cursor(sim: Sim) -> None:
    first = sim.get("/v3/customers", "limit=3").body
    cursor = first["meta"]["cursor_pagination"]["end_cursor"]
    second = sim.get("/v3/customers", f"limit=3&after={cursor}").body
    both = sim.get("/v3/customers", f"after={cursor}&before={cursor}")

    assert [row["id"] for row in second["data"]] == [4, 5, 6]
    assert both.status == 422


def test_customers_are_found_by_their_exact_date(sim: Sim) -> None:
    (fifth,) = sim.get("/v3/customers", "id:in=5").body["data"]
    date = fifth["date_created"].replace("+00:00", "Z")

    found = sim.get("/v3/customers", f"date_created={date}").body["data"]

    assert [row["id"] for row in found] == [5]
