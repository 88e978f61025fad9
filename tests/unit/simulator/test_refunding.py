"""Refund quotes and refunds."""

from __future__ import annotations

from typing import Any

import pytest
from unit.simulator.calls import Answered, Sim


@pytest.fixture
def order_id(sim: Sim) -> int:
    """A paid order of two pieces at 10.00."""
    number = sim.store.shopper.place(total="20", quantity=2)
    sim.store.shopper.pay(number)
    return number


def pieces(sim: Sim, order_id: int, quantity: int) -> dict[str, Any]:
    line = sim.store.order(order_id).lines[0]
    return {"items": [{"item_type": "PRODUCT", "item_id": line.id, "quantity": quantity}]}


def ask(sim: Sim, order_id: int, body: dict[str, Any]) -> Answered:
    return sim.post(f"/v3/orders/{order_id}/payment_actions/refund_quotes", body)


def refund(sim: Sim, order_id: int, body: dict[str, Any], amount: float) -> Answered:
    payments = [{"provider_id": "stripe", "amount": amount, "offline": False}]
    whole = {**body, "payments": payments}
    return sim.post(f"/v3/orders/{order_id}/payment_actions/refunds", whole)


def test_a_quote_names_amount_tax_and_ways_to_pay(sim: Sim, order_id: int) -> None:
    answer = ask(sim, order_id, pieces(sim, order_id, 1))

    assert answer.status == 201
    quote = answer.body["data"]
    assert (quote["order_id"], quote["total_refund_amount"]) == (order_id, 10.0)
    providers = [[payment["provider_id"] for payment in way] for way in quote["refund_methods"]]
    assert providers == [["stripe"], ["custom"]]


def test_a_partial_refund_moves_the_order_to_14_when_it_settles(sim: Sim, order_id: int) -> None:
    body = pieces(sim, order_id, 1)
    ask(sim, order_id, body)
    sim.hook()

    answer = refund(sim, order_id, body, 10)
    at_once = sim.store.order(order_id).status_id
    created = sim.delivered()
    sim.clock.turn(5)
    settled = sim.delivered()

    assert answer.status == 201
    assert answer.body["data"]["total_amount"] == 10.0
    assert at_once == 11
    assert [each["scope"] for each in created] == ["store/order/refund/created"]
    assert created[0]["data"]["refund"] == {"refund_id": answer.body["data"]["id"]}
    assert [each["scope"] for each in settled] == [
        "store/order/transaction/created",
        "store/order/updated",
        "store/order/statusUpdated",
    ]
    assert settled[2]["data"]["status"] == {"previous_status_id": 11, "new_status_id": 14}
    (line,) = sim.get(f"/v2/orders/{order_id}/products").body
    assert (line["quantity_refunded"], line["is_refunded"]) == (1, False)
    assert sim.get(f"/v2/orders/{order_id}").body["payment_status"] == "partially refunded"


def test_refunding_all_moves_the_order_to_4(sim: Sim, order_id: int) -> None:
    for amount in (10, 10):
        body = pieces(sim, order_id, 1)
        ask(sim, order_id, body)
        assert refund(sim, order_id, body, amount).status == 201
        sim.clock.turn(5)

    assert sim.store.order(order_id).status_id == 4
    events = [t["event"] for t in sim.get(f"/v3/orders/{order_id}/transactions").body["data"]]
    assert events == ["purchase", "refund", "refund"]


def test_a_refund_without_its_quote_is_refused(sim: Sim, order_id: int) -> None:
    answer = refund(sim, order_id, pieces(sim, order_id, 1), 10)

    assert answer.status == 422
    assert answer.body["data"][0]["status"] == 422


@pytest.mark.parametrize("amount", [9.99, 10.01, 0, -10])
def test_an_amount_unlike_the_quote_is_refused(sim: Sim, order_id: int, amount: float) -> None:
    body = pieces(sim, order_id, 1)
    ask(sim, order_id, body)

    assert refund(sim, order_id, body, amount).status == 422
    assert sim.store.order(order_id).status_id == 11


def test_only_one_refund_at_a_time(sim: Sim, order_id: int) -> None:
    body = pieces(sim, order_id, 1)
    ask(sim, order_id, body)
    refund(sim, order_id, body, 10)

    second = refund(sim, order_id, body, 10)

    assert second.status == 503
    assert second.body["data"][0]["order_id"] == order_id


def test_no_more_is_given_back_than_was_paid(sim: Sim, order_id: int) -> None:
    assert ask(sim, order_id, pieces(sim, order_id, 3)).status == 422
    too_much = {"items": [{"item_type": "ORDER", "item_id": order_id, "amount": 20.01}]}
    assert ask(sim, order_id, too_much).status == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"items": []},
        {"items": "all"},
        {"items": [{"item_type": "PRODUCT", "item_id": 1, "quantity": 1}]},
        {"items": [{"item_type": "GIFT", "item_id": 1, "quantity": 1}]},
        {"items": [{"item_type": "ORDER", "item_id": 1, "amount": "x"}]},
        {"items": [{"item_type": "ORDER", "item_id": 1, "amount": -5}]},
        {"items": [7]},
        {"items": [{"item_type": ["PRODUCT"], "item_id": 1, "quantity": 1}]},
        {"tax_adjustment_amount": "x"},
    ],
)
def test_a_quote_that_makes_no_sense_is_refused(
    sim: Sim, order_id: int, body: dict[str, Any]
) -> None:
    assert ask(sim, order_id, body).status == 422


def test_a_refund_can_be_declined_and_tells_only_later(sim: Sim, order_id: int) -> None:
    sim.settings.payment_failure_probability = 1.0
    body = pieces(sim, order_id, 2)
    ask(sim, order_id, body)
    number = refund(sim, order_id, body, 20).body["data"]["id"]
    path = f"/v3/orders/payment_actions/refunds/{number}"

    before = sim.get(path).body["data"]["payments"][0]["is_declined"]
    sim.clock.turn(5)
    after = sim.get(path).body["data"]["payments"][0]["is_declined"]

    assert (before, after) == (False, True)
    assert sim.store.order(order_id).status_id == 11


def test_a_refund_by_the_api_does_not_restock(sim: Sim) -> None:
    variant = next(iter(sim.store.world.inventory))
    sim.store.staff.set_stock(variant.sku, 10)
    order_id = sim.store.shopper.place(items=[(variant.sku, 4)])
    sim.store.shopper.pay(order_id)

    sim.store.staff.refund(order_id)
    sim.clock.turn(5)

    assert sim.store.order(order_id).status_id == 4
    assert sim.store.world.inventory.stock(variant.id).on_hand == 6


def test_refunds_are_listed_by_order_and_by_filter(sim: Sim, order_id: int) -> None:
    number = sim.store.staff.refund(order_id, "5")
    sim.clock.turn(5)
    everywhere = "/v3/orders/payment_actions/refunds"

    of_order = sim.get(f"/v3/orders/{order_id}/payment_actions/refunds").body["data"]
    by_filter = sim.get(everywhere, f"order_id:in={order_id},5").body["data"]
    by_date = sim.get(everywhere, "created:min=2026-01-05T09%3A00%3A00%2B00%3A00").body["data"]
    none = sim.get(everywhere, "created:max=2026-01-05T08%3A59%3A59%2B00%3A00").body["data"]

    assert [row["id"] for row in of_order] == [number]
    assert of_order == by_filter == by_date
    assert none == []


def test_an_unpaid_order_can_only_be_refunded_offline(sim: Sim) -> None:
    order_id = sim.store.shopper.place(total="20", payment_method="Bank Deposit")

    quote = ask(sim, order_id, pieces(sim, order_id, 1)).body["data"]

    assert [way[0]["offline"] for way in quote["refund_methods"]] == [True]
