"""What every request goes through: token, quota, path, scope, content type."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from bigcommerce_sim import Account, Request
from unit.simulator.calls import JSON_HEADERS, Sim, a_patient_store

RATE_HEADERS = (
    "x-rate-limit-time-window-ms",
    "x-rate-limit-time-reset-ms",
    "x-rate-limit-requests-quota",
    "x-rate-limit-requests-left",
)


def test_a_wrong_token_gets_401_in_the_shape_of_its_version(sim: Sim) -> None:
    v2 = sim.get("/v2/orders", token="wrong")
    v3 = sim.get("/v3/hooks", token="wrong")

    assert v2.status == v3.status == 401
    assert isinstance(v2.body, list)
    assert v2.body[0]["status"] == 401
    assert v3.body["status"] == 401
    assert v3.body["title"].startswith("Unauthorized")


def test_another_stores_hash_gets_401(sim: Sim) -> None:
    answer = sim.store.handle(Request("GET", "/stores/other/v2/orders", "", JSON_HEADERS))

    assert answer.status == 401


def test_a_revoked_token_gets_401(sim: Sim) -> None:
    sim.store.accounts.add(Account("client-2", "s", "second"))
    assert sim.get("/v2/time", token="second").status == 200

    sim.store.accounts.revoke("second")

    assert sim.get("/v2/time", token="second").status == 401


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("store_v2_orders_read_only", "GET", "/v2/orders"),
        ("store_v2_orders", "GET", "/v2/orders"),
        ("store_v2_orders", "DELETE", "/v2/orders/100"),
        ("store_v2_transactions_read_only", "GET", "/v3/orders/100/transactions"),
        ("store_v2_transactions", "POST", "/v3/orders/100/payment_actions/void"),
        ("store_v2_orders_read_only", "GET", "/v3/orders/payment_actions/refunds"),
        ("store_v2_information_read_only", "GET", "/v2/time"),
        ("store_inventory_read_only", "GET", "/v3/inventory/items"),
        ("store_locations_read_only", "GET", "/v3/inventory/locations"),
        ("store_v2_customers_read_only", "GET", "/v3/customers"),
        ("store_logs_read_only", "GET", "/v3/store/systemlogs"),
    ],
)
def test_a_scope_opens_its_resource_and_its_absence_is_403(
    sim: Sim, scope: str, method: str, path: str
) -> None:
    sim.store.shopper.place()
    sim.store.accounts.add(Account("with", "s", "with", frozenset({scope})))
    sim.store.accounts.add(Account("without", "s", "without", frozenset({"store_cart"})))

    assert sim.call(method, path, token="with").status != 403
    assert sim.call(method, path, token="without").status == 403


def test_the_orders_scope_alone_does_not_read_transactions(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    orders_only = frozenset({"store_v2_orders"})
    sim.store.accounts.add(Account("orders", "s", "orders", orders_only))

    assert sim.get(f"/v3/orders/{order_id}/transactions", token="orders").status == 403


def test_hooks_ask_for_no_scope(sim: Sim) -> None:
    sim.store.accounts.add(Account("poor", "s", "poor", frozenset()))

    assert sim.get("/v3/hooks", token="poor").status == 200


def test_every_answer_carries_rate_headers_and_a_date(sim: Sim) -> None:
    answers = [sim.get("/v2/time"), sim.get("/v2/nothing"), sim.get("/v2/time", token="wrong")]

    for answer in answers:
        assert set(RATE_HEADERS) <= answer.headers.keys()
        assert answer.headers["date"] == "Mon, 05 Jan 2026 09:00:00 GMT"


def test_the_quota_is_shared_by_all_tokens_and_comes_back_with_the_window() -> None:
    sim = Sim(settings=a_patient_store(quota_requests=2))
    sim.store.accounts.add(Account("client-2", "s", "second"))

    assert sim.get("/v2/time").headers["x-rate-limit-requests-left"] == "1"
    assert sim.get("/v2/time", token="second").headers["x-rate-limit-requests-left"] == "0"
    sim.clock.turn(10)
    refused = sim.get("/v2/time")
    sim.clock.turn(20)
    again = sim.get("/v2/time")

    assert refused.status == 429
    assert refused.headers["x-rate-limit-time-window-ms"] == "30000"
    assert refused.headers["x-rate-limit-time-reset-ms"] == "20000"
    assert refused.headers["x-retry-after"] == "20"
    assert again.status == 200


def test_other_apps_can_use_the_quota_up() -> None:
    sim = Sim(settings=a_patient_store(quota_requests=10))

    assert sim.store.quota.take(sim.clock.now(), 10)

    assert sim.get("/v2/time").status == 429


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/nothing", 404),
        ("GET", "/v2/orders/99999999999999999999", 404),
        ("GET", "/v2/orders/-1", 404),
        ("GET", "/v2/orders/abc", 404),
        ("POST", "/v2/orders/100/messages", 405),
        ("POST", "/v2/time", 405),
        ("PATCH", "/v2/orders/100", 501),
    ],
)
def test_a_path_or_method_that_is_not_there_is_refused(
    sim: Sim, method: str, path: str, status: int
) -> None:
    assert sim.call(method, path).status == status


def test_a_body_must_be_json_and_say_so(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    path = f"/v2/orders/{order_id}"

    assert sim.put(path, {}, headers={"content-type": "text/plain"}).status == 415
    assert sim.put(path, None, raw=b"{not json").status == 400
    assert sim.put(path, None, raw=b"[1,2]").status == 400
    assert sim.put(path, None, raw=b'{"status_id": NaN}').status == 400
    assert sim.get(path, headers={"accept": "text/html"}).status == 406


def test_every_request_is_on_record_with_its_fate(sim: Sim) -> None:
    order_id = sim.store.shopper.place()

    sim.put(f"/v2/orders/{order_id}", {"status_id": 11})
    sim.get("/v2/orders/1")

    first, second = sim.store.journal.requests
    assert (first.method, first.path) == ("PUT", f"/stores/abc123/v2/orders/{order_id}")
    assert (first.status, first.client_id, first.fault) == (200, "client-1", None)
    assert first.body == '{"status_id": 11}'
    assert (second.status, second.seq) == (404, 2)


def test_the_store_tells_its_names_zone_and_time(sim: Sim) -> None:
    store = sim.get("/v2/store").body

    assert (store["id"], store["store_id"]) == ("abc123", 1025646)
    assert store["timezone"]["name"] == "America/New_York"
    assert store["timezone"]["raw_offset"] == -18000
    assert store["timezone"]["dst_correction"] is False  # in January
    assert sim.get("/v2/time").body == {"time": 1767603600}


def test_a_machine_without_time_zones_falls_back_to_utc(
    sim: Sim, monkeypatch: pytest.MonkeyPatch
) -> None:
    def knows_none(name: str) -> ZoneInfo:
        raise ZoneInfoNotFoundError(name)

    monkeypatch.setattr("bigcommerce_sim.api.v2_store.ZoneInfo", knows_none)

    assert sim.get("/v2/store").body["timezone"]["raw_offset"] == 0
