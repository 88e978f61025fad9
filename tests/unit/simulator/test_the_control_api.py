"""`/_sim/`: acting, faults, clock, settings, records; and the page."""

from __future__ import annotations

import pytest
from bigcommerce_sim.web.app import StoreApp
from unit.simulator.calls import Sim
from unit.simulator.control_client import ControlClient


@pytest.fixture
def client(sim: Sim) -> ControlClient:
    return ControlClient(StoreApp(sim.store))


def test_an_order_is_placed_paid_shipped_and_looked_at(client: ControlClient, sim: Sim) -> None:
    order_id = client.post("/_sim/orders", json={"total": "30.00", "quantity": 3}).json()["id"]
    path = f"/_sim/orders/{order_id}"

    client.post(f"{path}/pay", json={"amount": "30.00"})
    client.post(f"{path}/ship", json={"pieces": 1, "tracking_number": "EJ1"})
    client.post(f"{path}/message", json={"text": "Where is it?"})

    shown = client.get(path).json()
    assert shown["order"]["status_id"] == 3
    assert shown["lines"][0]["quantity_shipped"] == 1
    assert [write["action"] for write in shown["writes"]] == [
        "order.create",
        "transaction.create",
        "order.update",
        "shipment.create",
        "order.update",
        "message.create",
    ]
    (message,) = sim.get(f"/v2/orders/{order_id}/messages").body
    assert (message["message"], message["status"]) == ("Where is it?", "unread")


@pytest.mark.parametrize(
    ("act", "body", "status_id"),
    [
        ("edit", {"status": "Disputed", "staff_notes": "asked"}, 13),
        ("edit", {"status": 12}, 12),
        ("authorise", {}, 7),
        ("fail-payment", {}, 7),
        ("archive", {}, 7),
    ],
)
def test_people_can_do_more(
    client: ControlClient, sim: Sim, act: str, body: dict[str, object], status_id: int
) -> None:
    order_id = sim.store.shopper.place()

    answer = client.post(f"/_sim/orders/{order_id}/{act}", json=body)

    assert answer.status_code == 200
    assert sim.store.order(order_id).status_id == status_id


def test_captures_voids_and_refunds_take_their_time(client: ControlClient, sim: Sim) -> None:
    captured, voided = sim.store.shopper.place(), sim.store.shopper.place()
    for order_id, act in ((captured, "capture"), (voided, "void")):
        client.post(f"/_sim/orders/{order_id}/authorise", json={})
        client.post(f"/_sim/orders/{order_id}/{act}", json={})
    client.post("/_sim/clock", json={"turn_s": 5})
    client.post(f"/_sim/orders/{captured}/refund", json={})
    client.post("/_sim/clock", json={"turn_s": 5})

    assert sim.store.order(captured).status_id == 4
    assert sim.store.order(voided).payment_status == "void"


def test_stock_labels_accounts_and_metafields_can_be_set(client: ControlClient, sim: Sim) -> None:
    sku = next(iter(sim.store.world.inventory)).sku
    account = {"client_id": "c2", "client_secret": "s", "token": "t2", "scopes": []}
    order_id = sim.store.shopper.place()
    mark = {"namespace": "orderwarden", "key": "keep_until", "value": "2026-02-01"}

    assert client.post("/_sim/stock", json={"sku": sku, "on_hand": 4}).status_code == 200
    label = {"status": "Awaiting Fulfillment", "label": "Picking"}
    assert client.post("/_sim/labels", json=label).status_code == 200
    assert client.post("/_sim/accounts", json=account).status_code == 200
    marked = client.post(f"/_sim/orders/{order_id}/metafield", json=mark)

    assert marked.status_code == 200
    assert sim.get("/v2/order_statuses/11").body["custom_label"] == "Picking"
    assert sim.get("/v2/order_statuses/11").body["system_label"] == "Awaiting Fulfillment"
    assert sim.get("/v2/orders", token="t2").status == 403
    assert client.delete("/_sim/accounts/t2").json() == {"revoked": True}
    assert sim.get("/v2/orders", token="t2").status == 401
    metafields = sim.get(f"/v3/orders/{order_id}/metafields").body["data"]
    assert [each["value"] for each in metafields] == ["2026-02-01"]


def test_faults_settings_clock_and_quota_are_in_reach(client: ControlClient, sim: Sim) -> None:
    rule = client.post("/_sim/faults", json={"answer": "status", "status": 500}).json()["id"]
    spoilt = client.get("/stores/abc123/v2/time").status_code
    listed = client.get("/_sim/faults").json()
    client.delete(f"/_sim/faults/{rule}")

    assert spoilt == 500
    assert [each["rule"]["answer"] for each in listed["rules"]] == ["status"]
    assert len(listed["fired"]) == 1
    assert client.get("/_sim/faults").json()["rules"] == []
    assert client.patch("/_sim/settings", json={"read_lag_s": 2}).json()["read_lag_s"] == 2.0
    assert sim.settings.read_lag_s == 2.0
    now = client.post("/_sim/clock", json={"turn_s": 90}).json()["now"]
    assert now == "2026-01-05T09:01:30+00:00"
    assert client.get("/_sim/clock").json()["now"] == now
    assert client.post("/_sim/quota", json={"units": 5}).json() == {"taken": True}


def test_records_are_read_from_where_one_left_off(client: ControlClient, sim: Sim) -> None:
    first, second = sim.store.shopper.place(), sim.store.shopper.place()
    sim.hook("store/order/created")
    sim.store.shopper.place()
    sim.delivered()
    sim.store.staff.edit(first, status="Shipped")

    writes = client.get("/_sim/writes").json()
    later = client.get("/_sim/writes", params={"after": writes[1]["seq"]}).json()
    of_second = client.get("/_sim/writes", params={"order_id": second}).json()

    assert [row["seq"] for row in later] == [row["seq"] for row in writes[2:]]
    assert [row["order_id"] for row in of_second] == [second]
    assert client.get("/_sim/writes", params={"limit": 1}).json() == writes[:1]
    assert [mail["status_id"] for mail in client.get("/_sim/emails").json()] == [2]
    assert client.get("/_sim/webhooks").json()[0]["answer"] == 200
    assert client.get("/_sim/hooks").json()[0]["scope"] == "store/order/created"
    assert client.get("/_sim/requests").json()[0]["method"] == "POST"
    assert client.get("/_sim/events").json()[0]["scope"] == "store/order/created"
    status = client.get("/_sim/status").json()
    assert (status["orders"], status["webhook_attempts"], status["webhooks_pending"]) == (3, 1, 0)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/_sim/orders", {"total": "much"}),
        ("POST", "/_sim/orders", {"colour": "red"}),
        ("POST", "/_sim/orders", {"status": "Lost"}),
        ("POST", "/_sim/orders", {"items": [["NO-SUCH", 1]]}),
        ("POST", "/_sim/orders", {"items": [[1]]}),
        ("POST", "/_sim/orders", {"quantity": 0}),
        ("POST", "/_sim/orders", {"kind": "spiritual"}),
        ("POST", "/_sim/orders", []),
        ("POST", "/_sim/orders/100/ship", {"items": {"x": 1}}),
        ("POST", "/_sim/orders/100/ship", {"pieces": "two"}),
        ("POST", "/_sim/faults", {"answer": "reset", "colour": "red"}),
        ("POST", "/_sim/faults", {"answer": ["reset"]}),
        ("POST", "/_sim/faults", {"answer": "reset", "times": "x"}),
        ("POST", "/_sim/faults", {}),
        ("PATCH", "/_sim/settings", {"read_lag_s": "long"}),
        ("PATCH", "/_sim/settings", {"read_lag_s": True}),
        ("PATCH", "/_sim/settings", {"read_lag_s": 1e12}),
        ("PATCH", "/_sim/settings", {"put_without_status": "maybe"}),
        ("PATCH", "/_sim/settings", {"emailed_statuses": ["2"]}),
        ("POST", "/_sim/clock", {"turn_s": "x"}),
        ("POST", "/_sim/clock", {"turn_s": 1e300}),
        ("POST", "/_sim/quota", {"units": -1}),
        ("POST", "/_sim/accounts", {"client_id": "c"}),
        ("POST", "/_sim/stock", {"sku": 1, "on_hand": 1}),
        ("GET", "/_sim/writes?after=x", None),
    ],
)
def test_what_makes_no_sense_is_400_with_a_reason(
    client: ControlClient, sim: Sim, method: str, path: str, body: object
) -> None:
    sim.store.shopper.place()

    answer = client.request(method, path, json=body)

    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]


def test_settings_change_all_together_or_not_at_all(client: ControlClient, sim: Sim) -> None:
    answer = client.patch("/_sim/settings", {"read_lag_s": 2, "signed": "maybe"})

    assert answer.status_code == 400
    assert sim.settings.read_lag_s == 0.0


@pytest.mark.parametrize(
    "path", ["/_sim/orders/5/pay", "/_sim/orders/100/explode", "/_sim/orders/5/archive"]
)
def test_what_is_not_there_is_404(client: ControlClient, path: str) -> None:
    assert client.post(path, json={}).status_code == 404


def test_the_page_shows_orders_webhooks_and_requests(client: ControlClient, sim: Sim) -> None:
    sim.hook("store/order/created")
    order_id = sim.store.shopper.place(total="640.00")
    sim.delivered(500)
    sim.get("/v2/time")

    page = client.get("/")

    assert page.status_code == 200
    for text in (f"#{order_id}", "640.00 USD", "7 Awaiting Payment", "/v2/time", "retry"):
        assert text in page.text
    assert "script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]


def test_an_orders_page_shows_its_history(client: ControlClient, sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.store.shopper.pay(order_id)
    sim.store.staff.ship(order_id, tracking_number="EJ7")

    page = client.get(f"/orders/{order_id}").text

    for text in ("11 Awaiting Fulfillment → 2 Shipped", "purchase", "EJ7", "guest@example.com"):
        assert text in page
    assert client.get("/orders/5").status_code == 404


def test_an_orders_page_shows_what_made_it_cheaper_or_dearer(
    client: ControlClient, sim: Sim
) -> None:
    order_id = sim.store.shopper.place(
        coupons={"SAVE5": "5"}, fees={"Rush": "4.50"}, store_credit="3", gift_certificate="2.25"
    )

    page = client.get(f"/orders/{order_id}").text

    for text in ("SAVE5 5.00", "Rush 4.50", ">3.00<", ">2.25<"):
        assert text in page


def test_nothing_on_the_page_is_taken_for_markup(client: ControlClient, sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    hostile = "<script>alert(1)</script>\ud800"
    sim.put(f"/v2/orders/{order_id}", {"staff_notes": hostile})
    sim.get("/v2/<b>orders</b>", "x=<i>")

    for path in ("/", f"/orders/{order_id}"):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>" not in page.text
        assert "<b>" not in page.text
        assert "<i>" not in page.text


@pytest.mark.parametrize("path", ["/?before=x", "/?before=" + "9" * 5000, "/orders/" + "9" * 5000])
def test_odd_numbers_do_not_break_the_page(client: ControlClient, path: str) -> None:
    assert client.get(path).status_code < 500


def test_older_orders_are_a_page_away() -> None:
    sim = Sim(orders=60)
    client = ControlClient(StoreApp(sim.store))

    page = client.get("/").text
    older = client.get("/?before=135").text

    assert "#159" in page
    assert "/?before=135" in page
    assert "#134" in older
    assert "#135<" not in older
