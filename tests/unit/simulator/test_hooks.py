"""Registering webhooks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bigcommerce_sim import Account
from bigcommerce_sim.web.app import StoreApp
from bigcommerce_sim.webhooks.scopes import covers, is_known_scope
from unit.simulator.calls import Sim
from unit.simulator.control_client import ControlClient
from unit.simulator.openapi_shapes import documents, load

DAYS_90_S = 90 * 86_400
HOOK = {"scope": "store/order/created", "destination": "https://app.example.com/in"}


def test_a_hook_is_made_read_changed_and_deleted(sim: Sim) -> None:
    made = sim.post("/v3/hooks", {**HOOK, "headers": {"X-Secret": "s"}})
    path = f"/v3/hooks/{made.body['data']['id']}"
    changed = sim.put(path, {"is_active": False})
    deleted = sim.delete(path)

    assert made.status == 200
    assert made.body["data"]["client_id"] == "client-1"
    assert made.body["data"]["store_hash"] == "abc123"
    assert made.body["data"]["headers"] == {"X-Secret": "s"}
    assert made.body["data"]["created_at"] == 1767603600  # 2026-01-05 09:00 UTC
    assert (changed.status, changed.body["data"]["is_active"]) == (200, False)
    assert changed.body["data"]["headers"] == {"X-Secret": "s"}
    assert (deleted.status, deleted.body["data"]["id"]) == (200, made.body["data"]["id"])
    gone = sim.get(path)
    assert gone.status == 404
    assert gone.body["title"] == f"Webhook with id [{made.body['data']['id']}] not found"


def test_what_is_missing_is_named(sim: Sim) -> None:
    answer = sim.post("/v3/hooks", {"scope": "store/order/created"})

    assert answer.status == 422
    assert answer.body["title"] == "JSON data is missing or invalid"
    assert answer.body["errors"] == {"destination": "error.path.missing."}


@pytest.mark.parametrize(
    "scope", ["store/order/create", "store/orders/*", "order", "store/*/created", "*", ""]
)
def test_a_scope_that_does_not_exist_is_400(sim: Sim, scope: str) -> None:
    assert sim.post("/v3/hooks", {**HOOK, "scope": scope}).status == 400


@pytest.mark.parametrize(
    "destination",
    [
        "http://app.example.com/in",
        "https://app.example.com:8443/in",
        "app.example.com",
        "https://",
        "https://[bad/in",
        "https://app.example.com:x/in",
    ],
)
def test_a_destination_must_be_https_on_443(sim: Sim, destination: str) -> None:
    assert sim.post("/v3/hooks", {**HOOK, "destination": destination}).status == 422


def test_plain_http_can_be_allowed(sim: Sim) -> None:
    sim.settings.plain_http_destinations = True

    assert sim.post("/v3/hooks", {**HOOK, "destination": "http://127.0.0.1:8000/in"}).status == 200


def test_the_same_hook_cannot_be_made_twice(sim: Sim) -> None:
    sim.post("/v3/hooks", HOOK)

    assert sim.post("/v3/hooks", HOOK).status == 422
    assert sim.post("/v3/hooks", {**HOOK, "scope": "store/order/*"}).status == 200


@pytest.mark.parametrize("status", [400, 409])
def test_what_a_double_is_refused_with_can_be_chosen(sim: Sim, status: int) -> None:
    sim.settings.change("hook_conflict_status", status)
    sim.post("/v3/hooks", HOOK)

    answer = sim.post("/v3/hooks", HOOK)

    assert answer.status == answer.body["status"] == status
    assert answer.body["errors"] == {"destination": "A hook like this exists already."}


def test_a_hook_cannot_be_changed_into_a_double(sim: Sim) -> None:
    sim.post("/v3/hooks", HOOK)
    other = sim.hook("store/order/updated")

    assert sim.put(f"/v3/hooks/{other}", {"scope": HOOK["scope"]}).status == 422
    assert sim.get(f"/v3/hooks/{other}").body["data"]["scope"] == "store/order/updated"


def test_a_scope_takes_ten_hooks_of_a_client(sim: Sim) -> None:
    sim.store.accounts.add(Account("client-2", "s", "second"))
    for number in range(10):
        sim.hook("store/order/created", f"https://app.example.com/{number}")

    eleventh = {**HOOK, "destination": "https://app.example.com/10"}
    assert sim.post("/v3/hooks", eleventh).status == 422
    assert sim.post("/v3/hooks", eleventh, token="second").status == 200


def test_an_account_sees_only_its_own_hooks(sim: Sim) -> None:
    sim.store.accounts.add(Account("client-2", "s", "second"))
    number = sim.hook()

    assert sim.get("/v3/hooks", token="second").body["data"] == []
    assert sim.get(f"/v3/hooks/{number}", token="second").status == 404
    assert sim.delete(f"/v3/hooks/{number}", token="second").status == 404


def test_deleting_an_account_deletes_its_hooks(sim: Sim) -> None:
    sim.store.accounts.add(Account("client-2", "s", "second"))
    sim.post("/v3/hooks", HOOK, token="second")
    kept = sim.hook()

    sim.store.delete_account("client-2")

    assert [hook.id for hook in sim.store.hooks] == [kept]
    assert sim.get("/v3/hooks", token="second").status == 401


def test_hooks_are_listed_by_filter(sim: Sim) -> None:
    orders, shipments = sim.hook("store/order/*"), sim.hook("store/shipment/*")
    sim.put(f"/v3/hooks/{shipments}", {"is_active": False})

    def ids(query: str) -> list[int]:
        return [row["id"] for row in sim.get("/v3/hooks", query).body["data"]]

    assert ids("") == [orders, shipments]
    assert ids("is_active=true") == [orders]
    assert ids("scope=store/shipment/*") == [shipments]
    assert ids("destination=https://elsewhere.example.com") == []


def test_hooks_are_listed_in_pages(sim: Sim) -> None:
    made = [sim.hook("store/order/created", f"https://app.example.com/{n}") for n in range(5)]

    second = sim.get("/v3/hooks", "limit=2&page=2&is_active=true").body
    past_the_end = sim.get("/v3/hooks", "limit=2&page=4").body

    assert [row["id"] for row in second["data"]] == made[2:4]
    pages = second["meta"]["pagination"]
    assert (pages["total"], pages["count"], pages["total_pages"]) == (5, 2, 3)
    assert pages["links"]["next"] == "?limit=2&page=3&is_active=true"
    assert past_the_end["data"] == []


@pytest.mark.parametrize("path", ["/v3/hooks", "/v3/hooks/admin"])
def test_a_filter_that_does_not_exist_is_422(sim: Sim, path: str) -> None:
    answer = sim.get(path, "bogus=1&is_active=true")

    assert answer.status == 422
    assert answer.body["title"] == "The filter(s): bogus are not valid filter parameter(s)."


@pytest.mark.parametrize("query", ["is_active=perhaps", "page=0", "limit=x", "page=-1"])
def test_a_filter_that_cannot_be_read_is_422(sim: Sim, query: str) -> None:
    answer = sim.get("/v3/hooks", query)

    assert answer.status == 422
    assert list(answer.body["errors"]) == [query.partition("=")[0]]


@pytest.mark.parametrize("body", [{}, {"colour": "red"}, {"events_history_enabled": True}])
def test_a_change_of_a_hook_needs_one_of_its_fields(sim: Sim, body: dict[str, object]) -> None:
    number = sim.hook()

    assert sim.put(f"/v3/hooks/{number}", body).status == 422


def test_fields_of_former_times_are_taken_and_forgotten(sim: Sim) -> None:
    made = sim.post("/v3/hooks", {**HOOK, "events_history_enabled": True})

    assert made.status == 200
    assert "events_history_enabled" not in made.body["data"]


def test_custom_headers_are_replaced_as_a_whole_and_taken_away_by_null(sim: Sim) -> None:
    made = sim.post("/v3/hooks", {**HOOK, "headers": {"X-One": "1", "X-Two": "2"}})
    path = f"/v3/hooks/{made.body['data']['id']}"

    replaced = sim.put(path, {"headers": {"X-Three": "3"}})
    taken_away = sim.put(path, {"headers": None})

    assert replaced.body["data"]["headers"] == {"X-Three": "3"}
    assert taken_away.body["data"]["headers"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": ["a"]},
        {"headers": {"a": 1}},
        {"headers": {"a b": "c"}},
        {"headers": {"a": "x\r\ny: z"}},
        {"is_active": "yes"},
        {"scope": 5},
        {"destination": None},
    ],
)
def test_a_field_of_the_wrong_kind_is_422(sim: Sim, changes: dict[str, object]) -> None:
    assert sim.post("/v3/hooks", {**HOOK, **changes}).status == 422


def test_a_new_hook_starts_after_a_minute_where_the_store_is_so_set(sim: Sim) -> None:
    sim.settings.hook_start_s = 60.0
    sim.hook("store/order/created")
    sim.store.shopper.place()
    too_early = sim.delivered()
    sim.clock.turn(60)
    order_id = sim.store.shopper.place()

    assert too_early == []
    assert [body["data"]["id"] for body in sim.delivered()] == [order_id]


def test_90_days_without_events_deactivate_a_hook_and_a_put_revives_it(sim: Sim) -> None:
    number = sim.hook("store/order/archived")
    sim.clock.turn(DAYS_90_S)
    on_day_90 = sim.get(f"/v3/hooks/{number}").body["data"]["is_active"]
    sim.clock.turn(1)

    (row,) = sim.get("/v3/hooks/admin").body["data"]["hooks_list"]
    assert on_day_90 is True
    assert (row["is_active"], row["status"]) == (False, "deactivated")
    sim.put(f"/v3/hooks/{number}", {"is_active": True})
    (row,) = sim.get("/v3/hooks/admin").body["data"]["hooks_list"]
    assert (row["is_active"], row["status"]) == (True, "active")


LOOKS: list[Callable[[Sim, int], bool]] = [
    lambda sim, number: sim.get(f"/v3/hooks/{number}").body["data"]["is_active"],
    lambda sim, _: sim.get("/v3/hooks").body["data"][0]["is_active"],
    lambda sim, _: sim.get("/v3/hooks", "is_active=false").body["data"] == [],
    lambda sim, _: sim.get("/v3/hooks/admin").body["data"]["hooks_list"][0]["is_active"],
    lambda sim, _: next(iter(sim.store.hooks)).is_active,
]


@pytest.mark.parametrize("is_seen_active", LOOKS)
def test_however_one_looks_a_hook_silent_for_90_days_is_switched_off(
    sim: Sim, is_seen_active: Callable[[Sim, int], bool]
) -> None:
    number = sim.hook("store/order/archived")
    sim.clock.turn(DAYS_90_S + 1)

    assert is_seen_active(sim, number) is False


def test_an_event_after_90_silent_days_comes_too_late(sim: Sim) -> None:
    sim.hook("store/order/created")
    sim.clock.turn(DAYS_90_S + 1)
    sim.store.shopper.place()

    assert sim.delivered() == []


def test_an_event_keeps_a_hook_alive_for_another_90_days(sim: Sim) -> None:
    number = sim.hook("store/order/created")
    sim.clock.turn(DAYS_90_S)
    sim.store.shopper.place()
    sim.delivered()
    sim.clock.turn(DAYS_90_S)

    assert sim.get(f"/v3/hooks/{number}").body["data"]["is_active"] is True


def test_a_silent_hook_is_dated_and_its_owner_mailed_when_the_90_days_were_over(sim: Sim) -> None:
    number = sim.hook("store/order/archived")
    sim.clock.turn(DAYS_90_S + 86_400)

    hook = sim.get(f"/v3/hooks/{number}").body["data"]
    sim.get("/v3/hooks")

    (mail,) = sim.store.journal.emails
    assert hook["updated_at"] == hook["created_at"] + DAYS_90_S
    assert (mail.to, mail.kind) == ("owner+client-1@example.com", "hook_deactivated")
    assert mail.moment.timestamp() == hook["updated_at"]


def test_alert_addresses_are_kept(sim: Sim) -> None:
    put = sim.put("/v3/hooks/admin", {"emails": ["alerts@example.com"]})

    assert put.status == 204
    assert sim.get("/v3/hooks/admin").body["data"]["emails"] == ["alerts@example.com"]
    assert sim.put("/v3/hooks/admin", {"emails": "alerts@example.com"}).status == 422


def test_exceptions_need_a_destination_of_their_own(sim: Sim) -> None:
    sim.hook("store/order/*", "https://app.example.com/in")
    scope = "store/hook/deliveryException"

    shared = {"scope": scope, "destination": "https://app.example.com/in"}
    assert sim.post("/v3/hooks", shared).status == 422
    assert sim.hook(scope, "https://app.example.com/exceptions")
    second = {"scope": scope, "destination": "https://app.example.com/more"}
    assert sim.post("/v3/hooks", second).status == 422


@pytest.mark.parametrize(
    ("wanted", "given", "is_covered"),
    [
        ("store/order/created", "store/order/created", True),
        ("store/order/created", "store/order/updated", False),
        ("store/order/*", "store/order/created", True),
        ("store/order/*", "store/order/message/created", True),
        ("store/order/*", "store/orders/created", False),
        ("store/order/*", "store/channel/1/order/created", False),
        ("store/channel/*/order/created", "store/channel/2/order/created", True),
        ("store/channel/1/order/created", "store/channel/2/order/created", False),
        ("store/channel/1/*", "store/channel/1/order/created", True),
    ],
)
def test_a_scope_covers_what_it_says(wanted: str, given: str, is_covered: bool) -> None:
    assert covers(wanted, given) is is_covered


def test_every_scope_of_the_document_exists() -> None:
    callbacks = load(documents() / "webhooks.v3.yml")["components"]["schemas"].values()
    scopes = {each.get("title", "") for each in callbacks}
    named = {scope for scope in scopes if scope.startswith("store/")}

    assert len(named) > 40
    assert {scope for scope in named if not is_known_scope(scope)} == set()


def test_channel_scopes_exist_for_numbers_and_the_asterisk() -> None:
    assert is_known_scope("store/channel/1/order/created")
    assert is_known_scope("store/channel/*/inventory/product/stock_changed")
    assert is_known_scope("store/channel/1/order/*")
    assert not is_known_scope("store/channel/one/order/created")
    assert not is_known_scope("store/channel/1/order/exploded")


def test_a_hook_is_switched_off_and_a_domain_blocked_on_request(sim: Sim) -> None:
    client = ControlClient(StoreApp(sim.store))
    number = sim.hook()

    switched = client.post(f"/_sim/hooks/{number}/deactivate", json={})
    block = {"client_id": "client-1", "domain": "App.example.com"}
    blocked = client.post("/_sim/blocks", json=block)

    admin = sim.get("/v3/hooks/admin").body["data"]
    assert (switched.status_code, blocked.status_code) == (200, 200)
    assert [row["status"] for row in admin["hooks_list"]] == ["deactivated"]
    assert admin["blocked_domains"] == [
        {"destination": "app.example.com", "time_left": 180, "reasons": []}
    ]
    assert client.post(f"/_sim/hooks/{number}/deactivate", json={}).status_code == 404
    assert client.post("/_sim/blocks", json={"domain": "x"}).status_code == 400
    elsewhere = {**block, "domain": "elsewhere.example.com"}
    assert client.post("/_sim/blocks", json=elsewhere).status_code == 404
    sim.clock.turn(180)
    assert sim.get("/v3/hooks/admin").body["data"]["blocked_domains"] == []
