"""Orders of every kind, through the Python handle and the control API."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from bigcommerce_sim.web.app import StoreApp
from unit.simulator.calls import Sim
from unit.simulator.control_client import ControlClient

Place = Callable[..., int]


@pytest.fixture(params=["handle", "control API"])
def place(sim: Sim, request: pytest.FixtureRequest) -> Place:
    if request.param == "handle":
        return sim.store.shopper.place
    client = ControlClient(StoreApp(sim.store))

    def by_http(**given: object) -> int:
        answer = client.post("/_sim/orders", json=given)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["id"])

    return by_http


def skus(sim: Sim, count: int) -> list[str]:
    return [variant.sku for variant in list(sim.store.world.inventory)[:count]]


def test_coupons_discounts_and_fees_lead_to_the_total_that_was_asked_for(
    sim: Sim, place: Place
) -> None:
    order_id = place(
        total="95.00",
        coupons={"SAVE5": "5.00", "VIP": "2.50"},
        discount="1.50",
        fees={"Rush": "4.00"},
    )

    order = sim.get(f"/v2/orders/{order_id}").body
    coupons = sim.get(f"/v2/orders/{order_id}/coupons").body
    (fee,) = sim.get(f"/v2/orders/{order_id}/fees").body["fees"]
    (line,) = sim.get(f"/v2/orders/{order_id}/products").body
    assert (order["total_inc_tax"], order["coupon_discount"]) == ("95.0000", "7.5000")
    assert order["discount_amount"] == "1.5000"
    assert [(each["code"], each["discount"], each["type"]) for each in coupons] == [
        ("SAVE5", 5.0, 2),
        ("VIP", 2.5, 2),
    ]
    assert (fee["display_name_customer"], fee["cost_inc_tax"]) == ("Rush", "4.0000")
    assert line["total_inc_tax"] == "100.0000"  # 95 + 5 + 2.50 + 1.50 - 4


def test_store_credit_and_gift_certificates_pay_their_part(sim: Sim, place: Place) -> None:
    order_id = place(total="50.00", store_credit="20.00", gift_certificate="5.00")

    sim.store.shopper.pay(order_id)

    order = sim.get(f"/v2/orders/{order_id}").body
    card, credit, gift = sim.get(f"/v3/orders/{order_id}/transactions").body["data"]
    assert (order["store_credit_amount"], order["gift_certificate_amount"]) == (
        "20.0000",
        "5.0000",
    )
    assert (order["total_inc_tax"], order["status_id"]) == ("50.0000", 11)
    assert (card["method"], card["gateway"], card["amount"]) == ("credit_card", "stripe", 25.0)
    assert (credit["method"], credit["gateway"], credit["amount"]) == (
        "store_credit",
        "storecredit",
        20.0,
    )
    assert credit["store_credit"] == {"remaining_balance": 0.0}
    assert (gift["method"], gift["amount"]) == ("gift_certificate", 5.0)
    assert gift["gift_certificate"]["status"] == "active"


def test_what_was_paid_in_parts_is_given_back_in_parts(sim: Sim, place: Place) -> None:
    order_id = place(total="50.00", store_credit="20.00")
    sim.store.shopper.pay(order_id)
    item = {"item_type": "ORDER", "item_id": order_id, "amount": "40.00"}

    quote = sim.post(f"/v3/orders/{order_id}/payment_actions/refund_quotes", {"items": [item]})
    (way, _offline) = quote.body["data"]["refund_methods"]
    payments = [
        {name: part[name] for name in ("provider_id", "amount", "offline")} for part in way
    ]
    refund = sim.post(
        f"/v3/orders/{order_id}/payment_actions/refunds", {"items": [item], "payments": payments}
    )
    sim.clock.turn(5)

    assert [(part["provider_id"], part["amount"]) for part in way] == [
        ("stripe", 30.0),
        ("storecredit", 10.0),
    ]
    assert refund.status == 201
    assert sim.store.order(order_id).status_id == 14
    rows = sim.get(f"/v3/orders/{order_id}/transactions").body["data"]
    assert [row["amount"] for row in rows if row["event"] == "refund"] == [30.0, 10.0]


def test_an_authorisation_leaves_out_what_store_credit_covers(sim: Sim, place: Place) -> None:
    order_id = place(total="50.00", store_credit="20.00")

    sim.store.shopper.authorise(order_id, test=True)

    rows = sim.get(f"/v3/orders/{order_id}/transactions").body["data"]
    assert [(row["event"], row["method"], row["amount"], row["test"]) for row in rows] == [
        ("authorization", "credit_card", 30.0, True),
        ("purchase", "store_credit", 20.0, True),
    ]


def test_store_credit_may_leave_nothing_for_the_card(sim: Sim) -> None:
    order_id = sim.store.shopper.place(total="20.00", store_credit="30.00")

    with pytest.raises(ValueError, match="nothing is left"):
        sim.store.shopper.authorise(order_id)
    sim.store.shopper.pay(order_id)

    (row,) = sim.get(f"/v3/orders/{order_id}/transactions").body["data"]
    assert (row["method"], row["amount"]) == ("store_credit", 20.0)
    assert sim.store.order(order_id).status_id == 11


def test_an_order_can_be_of_things_and_of_bytes(sim: Sim, place: Place) -> None:
    first, second = skus(sim, 2)

    order_id = place(items=[[first, 2], [second, 1, "digital"]])

    shirt, book = sim.get(f"/v2/orders/{order_id}/products").body
    consignments = sim.get(f"/v2/orders/{order_id}/consignments").body
    assert (shirt["type"], book["type"], book["order_address_id"]) == ("physical", "digital", 0)
    assert len(consignments["downloads"]) == len(consignments["shipping"]) == 1
    sim.store.shopper.pay(order_id)
    sim.store.staff.ship(order_id)
    assert sim.store.order(order_id).status_id == 2


def test_an_order_can_go_to_several_places_or_to_the_counter(sim: Sim, place: Place) -> None:
    two = [[sku, 1] for sku in skus(sim, 2)]

    spread, fetched = place(items=two, addresses=2), place(is_pickup=True, channel_id=2)

    addresses = sim.get(f"/v2/orders/{spread}/shipping_addresses").body
    consignments = sim.get(f"/v2/orders/{fetched}/consignments").body
    assert [each["items_total"] for each in addresses] == [1, 1]
    assert len(consignments["pickups"]) == 1
    assert consignments["shipping"] == []
    assert sim.get(f"/v2/orders/{fetched}").body["channel_id"] == 2


def test_an_order_can_be_of_bytes_or_a_certificate_alone(sim: Sim, place: Place) -> None:
    download, certificate = place(kind="digital"), place(kind="giftcertificate")

    emailed = sim.get(f"/v2/orders/{certificate}/consignments").body["email"]
    assert sim.get(f"/v2/orders/{download}").body["order_is_digital"] is True
    assert sim.get(f"/v2/orders/{download}/shipping_addresses").status == 204
    assert len(emailed["gift_certificates"]) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"total": "5", "fees": {"Rush": "6"}},
        {"coupons": {"SAVE": "-1"}},
        {"store_credit": "-1"},
        {"discount": "much"},
        {"total": "5", "items": [["SKU-202", 1]]},
    ],
)
def test_what_does_not_add_up_is_refused(sim: Sim, given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        sim.store.shopper.place(**given)
    answer = ControlClient(StoreApp(sim.store)).post("/_sim/orders", json=given)

    assert answer.status_code == 400


def test_customers_register_order_and_change_groups(sim: Sim) -> None:
    client = ControlClient(StoreApp(sim.store))
    number = client.post("/_sim/customers", json={"first_name": "Eve", "group_id": 2}).json()["id"]
    order_id = sim.store.shopper.place(customer_id=number)

    client.post(f"/_sim/customers/{number}", json={"group_id": 3})

    (customer,) = sim.get("/v3/customers", f"id:in={number}").body["data"]
    order = sim.get(f"/v2/orders/{order_id}").body
    assert (customer["first_name"], customer["customer_group_id"]) == ("Eve", 3)
    assert order["billing_address"]["first_name"] == "Eve"
    assert order["billing_address"]["email"] == customer["email"]
    assert client.post("/_sim/customers", json={"group_id": 99}).status_code == 400
    assert client.post("/_sim/customers/9999", json={"group_id": 1}).status_code == 400
    assert sim.store.shopper.register() == number + 1


def test_messages_are_answered_read_and_flagged(sim: Sim) -> None:
    client = ControlClient(StoreApp(sim.store))
    order_id = sim.store.shopper.place()
    path = f"/_sim/orders/{order_id}"
    sim.hook("store/order/message/created")

    client.post(f"{path}/message", json={"text": "When?"})
    client.post(f"{path}/answer", json={"text": "Soon."})
    client.post(f"{path}/flag-messages", json={})
    client.post(f"{path}/message", json={"text": "Thank you."})

    def texts(query: str) -> list[str]:
        return [row["message"] for row in sim.get(f"/v2/orders/{order_id}/messages", query).body]

    assert texts("status=read") == ["When?"]
    assert texts("is_flagged=true") == ["When?", "Soon."]
    rows = sim.get(f"/v2/orders/{order_id}/messages").body
    assert [row["type"] for row in rows] == ["customer", "staff", "customer"]
    assert len(sim.delivered()) == 3


def test_totals_are_exact_whatever_the_number_of_pieces(sim: Sim, place: Place) -> None:
    order_id = place(total="10.00", quantity=3)

    assert Decimal(sim.get(f"/v2/orders/{order_id}").body["total_inc_tax"]) == 10
