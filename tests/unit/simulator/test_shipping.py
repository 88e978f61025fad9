"""Shipments, and the status that follows them."""

from __future__ import annotations

from typing import Any

import pytest
from unit.simulator.calls import Sim


def a_parcel(sim: Sim, order_id: int, quantity: int = 1, **more: object) -> dict[str, Any]:
    line = sim.store.order(order_id).lines[0]
    items = [{"order_product_id": line.id, "quantity": quantity}]
    return {"order_address_id": line.order_address_id, "items": items, **more}


@pytest.fixture
def order_id(sim: Sim) -> int:
    """An order of three pieces that awaits fulfilment."""
    return sim.store.shopper.place(total="30", quantity=3, status="Awaiting Fulfillment")


def test_shipping_some_makes_the_order_partially_shipped(sim: Sim, order_id: int) -> None:
    answer = sim.post(f"/v2/orders/{order_id}/shipments", a_parcel(sim, order_id, 2))

    assert answer.status == 201
    assert answer.body["items"][0]["quantity"] == 2
    order = sim.get(f"/v2/orders/{order_id}").body
    assert (order["status_id"], order["items_shipped"], order["date_shipped"]) == (3, 2, "")


def test_shipping_the_rest_makes_it_shipped_and_dates_it(sim: Sim, order_id: int) -> None:
    path = f"/v2/orders/{order_id}/shipments"
    sim.post(path, a_parcel(sim, order_id, 2))
    sim.clock.turn(3600)

    sim.post(path, a_parcel(sim, order_id, 1))

    order = sim.get(f"/v2/orders/{order_id}").body
    assert (order["status_id"], order["items_shipped"]) == (2, 3)
    assert order["date_shipped"] == "Mon, 05 Jan 2026 10:00:00 +0000"


def test_a_shipment_is_told_as_created_updated_and_status_updated(sim: Sim, order_id: int) -> None:
    sim.hook("store/order/*")
    sim.hook("store/shipment/*")

    shipment = sim.post(f"/v2/orders/{order_id}/shipments", a_parcel(sim, order_id, 3)).body

    bodies = sim.delivered()
    assert [body["scope"] for body in bodies] == [
        "store/shipment/created",
        "store/order/updated",
        "store/order/statusUpdated",
    ]
    assert bodies[0]["data"] == {"type": "shipment", "id": shipment["id"], "orderId": order_id}
    assert bodies[2]["data"]["status"] == {"previous_status_id": 11, "new_status_id": 2}


def test_the_status_stays_where_the_store_is_so_set(sim: Sim, order_id: int) -> None:
    sim.settings.shipments_move_status = False

    sim.post(f"/v2/orders/{order_id}/shipments", a_parcel(sim, order_id, 3))

    assert sim.store.order(order_id).status_id == 11


@pytest.mark.parametrize("quantity", [0, -1, 4, "1", 1.5])
def test_a_quantity_that_is_not_left_is_refused(sim: Sim, order_id: int, quantity: object) -> None:
    parcel = a_parcel(sim, order_id)
    parcel["items"][0]["quantity"] = quantity

    assert sim.post(f"/v2/orders/{order_id}/shipments", parcel).status == 400
    assert sim.get(f"/v2/orders/{order_id}/shipments").status == 204


def test_one_line_named_twice_counts_together(sim: Sim, order_id: int) -> None:
    parcel = a_parcel(sim, order_id, 2)
    parcel["items"] *= 2

    assert sim.post(f"/v2/orders/{order_id}/shipments", parcel).status == 400


def test_a_product_id_in_the_items_is_refused_as_read_only(sim: Sim, order_id: int) -> None:
    parcel = a_parcel(sim, order_id)
    parcel["items"][0]["product_id"] = 0

    answer = sim.post(f"/v2/orders/{order_id}/shipments", parcel)

    assert answer.status == 400
    assert answer.body[0]["message"].startswith("The field 'product_id' cannot be written to.")


@pytest.mark.parametrize(
    "changes",
    [
        {"items": []},
        {"items": None},
        {"order_address_id": 1},
        {"order_address_id": None},
        {"tracking_number": "x" * 51},
        {"shipping_provider": "pigeon"},
        {"colour": "red"},
    ],
)
def test_a_shipment_that_cannot_be_made_is_refused(
    sim: Sim, order_id: int, changes: dict[str, object]
) -> None:
    parcel = {**a_parcel(sim, order_id), **changes}

    assert sim.post(f"/v2/orders/{order_id}/shipments", parcel).status == 400


def test_a_link_is_made_of_carrier_and_number_unless_one_is_given(sim: Sim, order_id: int) -> None:
    path = f"/v2/orders/{order_id}/shipments"
    tracked: dict[str, Any] = {"shipping_provider": "usps", "tracking_number": "EJ1"}

    made = sim.post(path, a_parcel(sim, order_id, **tracked)).body
    given = sim.post(
        path, a_parcel(sim, order_id, **tracked, tracking_link="https://example.com/t")
    ).body

    assert made["shipping_provider_display_name"] == "USPS"
    assert made["generated_tracking_link"].endswith("/EJ1")
    assert (given["tracking_link"], given["generated_tracking_link"]) == (
        "https://example.com/t",
        "",
    )


def test_tracking_can_be_changed_but_not_what_was_sent(sim: Sim, order_id: int) -> None:
    path = f"/v2/orders/{order_id}/shipments"
    number = sim.post(path, a_parcel(sim, order_id)).body["id"]
    sim.hook("store/shipment/updated")

    changed = sim.put(f"{path}/{number}", {"tracking_number": "EJ2"})
    refused = sim.put(f"{path}/{number}", {"items": []})

    assert (changed.status, changed.body["tracking_number"]) == (200, "EJ2")
    assert refused.status == 400
    assert [body["data"]["id"] for body in sim.delivered()] == [number]


def test_deleting_a_shipment_leaves_the_status_and_frees_the_pieces(
    sim: Sim, order_id: int
) -> None:
    path = f"/v2/orders/{order_id}/shipments"
    number = sim.post(path, a_parcel(sim, order_id, 3)).body["id"]

    deleted = sim.delete(f"{path}/{number}")

    assert deleted.status == 204
    order = sim.get(f"/v2/orders/{order_id}").body
    assert (order["status_id"], order["items_shipped"]) == (2, 0)
    assert sim.get(path).status == 204
    assert sim.post(path, a_parcel(sim, order_id, 3)).status == 201


def test_shipments_are_listed_and_counted(sim: Sim, order_id: int) -> None:
    path = f"/v2/orders/{order_id}/shipments"
    made = [sim.post(path, a_parcel(sim, order_id)).body["id"] for _ in range(2)]

    assert [row["id"] for row in sim.get(path).body] == made
    assert sim.get(f"{path}/count").body == {"count": 2}
    assert sim.get(f"{path}/{made[0]}").body["id"] == made[0]
    assert sim.get(f"{path}/1").status == 404


def test_an_order_to_two_addresses_needs_a_shipment_for_each(sim: Sim) -> None:
    skus = [variant.sku for variant in list(sim.store.world.inventory)[:2]]
    order_id = sim.store.shopper.place(
        items=[(sku, 1) for sku in skus], addresses=2, status="Awaiting Fulfillment"
    )
    first, second = sim.store.order(order_id).lines
    both = {
        "order_address_id": first.order_address_id,
        "items": [{"order_product_id": line.id, "quantity": 1} for line in (first, second)],
    }

    assert sim.post(f"/v2/orders/{order_id}/shipments", both).status == 400
    assert len(sim.store.staff.ship(order_id)) == 2
    assert sim.store.order(order_id).status_id == 2


def test_digital_lines_are_not_waited_for(sim: Sim) -> None:
    order_id = sim.store.shopper.place(kind="digital", status="Awaiting Fulfillment")

    assert sim.get(f"/v2/orders/{order_id}/shipping_addresses").status == 204
    assert sim.get(f"/v2/orders/{order_id}").body["order_is_digital"] is True


def test_the_customer_is_mailed_once_for_a_shipment(sim: Sim, order_id: int) -> None:
    sim.store.staff.ship(order_id)

    assert [mail.kind for mail in sim.store.journal.emails] == ["shipment"]


def test_staff_can_ship_some_pieces(sim: Sim, order_id: int) -> None:
    sim.store.staff.ship(order_id, pieces=1, tracking_number="EJ3")

    assert sim.store.order(order_id).status_id == 3
    assert sim.get(f"/v2/orders/{order_id}/shipments").body[0]["tracking_number"] == "EJ3"


def test_a_completed_order_is_not_reopened_by_a_shipment(sim: Sim, order_id: int) -> None:
    sim.store.staff.edit(order_id, status="Completed")

    sim.store.staff.ship(order_id)

    assert sim.store.order(order_id).status_id == 10
