"""Reads that show what was, and orders that cannot be found yet."""

from __future__ import annotations

import pytest
from unit.simulator.calls import Sim, a_patient_store


@pytest.fixture
def slow() -> Sim:
    """A store whose reads are two seconds old."""
    return Sim(settings=a_patient_store(read_lag_s=2))


def test_a_read_just_after_a_write_shows_the_old_state(slow: Sim) -> None:
    order_id = slow.store.shopper.place()
    slow.clock.turn(10)
    slow.put(f"/v2/orders/{order_id}", {"status_id": 11})

    at_once = slow.get(f"/v2/orders/{order_id}").body["status_id"]
    slow.clock.turn(2)

    assert at_once == 7
    assert slow.get(f"/v2/orders/{order_id}").body["status_id"] == 11


def test_lists_and_counts_lag_as_well(slow: Sim) -> None:
    order_id = slow.store.shopper.place()
    slow.clock.turn(10)
    slow.put(f"/v2/orders/{order_id}", {"status_id": 11})

    assert slow.ids("status_id=7") == [order_id]
    assert slow.ids("status_id=11") == []
    assert slow.get("/v2/orders/count", "status_id=7").body["count"] == 1
    slow.clock.turn(2)
    assert slow.ids("status_id=7") == []
    assert slow.ids("status_id=11") == [order_id]


def test_the_answer_to_a_put_does_not_lag_and_a_second_put_builds_on_it(slow: Sim) -> None:
    path = f"/v2/orders/{slow.store.shopper.place()}"

    assert slow.put(path, {"status_id": 11}).body["status_id"] == 11
    assert slow.put(path, {"staff_notes": "x"}).body["status_id"] == 11


def test_shipments_and_transactions_show_late(slow: Sim) -> None:
    order_id = slow.store.shopper.place(status="Awaiting Fulfillment")
    slow.clock.turn(10)
    slow.store.shopper.pay(order_id)
    slow.store.staff.ship(order_id)

    at_once = [
        slow.get(path).status
        for path in (f"/v2/orders/{order_id}/shipments", f"/v3/orders/{order_id}/transactions")
    ]
    slow.clock.turn(2)

    assert at_once == [204, 204]
    assert slow.get(f"/v2/orders/{order_id}/shipments").status == 200
    assert slow.get(f"/v3/orders/{order_id}/transactions").status == 200


def test_a_fresh_order_cannot_be_found_for_a_while() -> None:
    sim = Sim(settings=a_patient_store(fresh_order_404_s=3))
    order_id = sim.store.shopper.place()
    path = f"/v2/orders/{order_id}"

    assert sim.get(path).status == 404
    assert sim.put(path, {"status_id": 11}).status == 404
    assert sim.get(f"{path}/products").status == 404
    assert sim.get("/v2/orders").status == 204
    sim.clock.turn(3)
    assert sim.get(path).status == 200
    assert sim.ids() == [order_id]


def test_what_is_old_lags_but_is_not_hidden() -> None:
    sim = Sim(settings=a_patient_store(fresh_order_404_s=3, read_lag_s=2), orders=5)

    sim.put("/v2/orders/100", {"status_id": 12})

    assert sim.get("/v2/orders/100").status == 200
    assert sim.ids() == [100, 101, 102, 103, 104]


def test_the_handle_never_lags(slow: Sim) -> None:
    order_id = slow.store.shopper.place()

    slow.put(f"/v2/orders/{order_id}", {"status_id": 11})

    assert slow.store.order(order_id).status_id == 11
