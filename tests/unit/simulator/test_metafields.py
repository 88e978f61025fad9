"""Order metafields, one at a time and many."""

from __future__ import annotations

from typing import Any

import pytest
from bigcommerce_sim import Account
from unit.simulator.calls import Sim

MARK = {"permission_set": "app_only", "namespace": "app", "key": "seen", "value": "yes"}


@pytest.fixture
def order_id(sim: Sim) -> int:
    return sim.store.shopper.place()


def test_a_metafield_is_made_read_changed_and_deleted(sim: Sim, order_id: int) -> None:
    path = f"/v3/orders/{order_id}/metafields"

    made = sim.post(path, MARK)
    one = f"{path}/{made.body['data']['id']}"
    changed = sim.put(one, {"value": "no"})
    deleted = sim.delete(one)

    assert made.status == 200
    assert made.body["data"]["owner_client_id"] == "client-1"
    assert made.body["data"]["resource_id"] == order_id
    assert (changed.status, changed.body["data"]["value"]) == (200, "no")
    assert deleted.status == 204
    assert sim.get(one).status == 404
    assert sim.get(path).body["data"] == []


def test_a_second_one_with_the_same_key_is_409(sim: Sim, order_id: int) -> None:
    path = f"/v3/orders/{order_id}/metafields"
    sim.post(path, MARK)

    assert sim.post(path, MARK).status == 409
    assert sim.post(path, {**MARK, "key": "other"}).status == 200


def test_another_client_may_have_the_same_key_and_does_not_see_private_ones(
    sim: Sim, order_id: int
) -> None:
    sim.store.accounts.add(Account("client-2", "s", "second"))
    path = f"/v3/orders/{order_id}/metafields"
    sim.post(path, MARK)

    assert sim.get(path, token="second").body["data"] == []
    assert sim.post(path, MARK, token="second").status == 200


def test_another_apps_metafield_needs_a_scope_to_be_touched(sim: Sim, order_id: int) -> None:
    orders = frozenset({"store_v2_orders"})
    sim.store.accounts.add(Account("client-2", "s", "second", orders))
    every = orders | {"store_metafield_write_all"}
    sim.store.accounts.add(Account("client-3", "s", "third", every))
    path = f"/v3/orders/{order_id}/metafields"
    number = sim.post(path, {**MARK, "permission_set": "read"}).body["data"]["id"]

    assert sim.put(f"{path}/{number}", {"value": "x"}, token="second").status == 403
    assert sim.put(f"{path}/{number}", {"value": "x"}, token="third").status == 200


def test_an_order_holds_250_of_a_client(sim: Sim, order_id: int) -> None:
    path = f"/v3/orders/{order_id}/metafields"
    for number in range(250):
        assert sim.post(path, {**MARK, "key": f"k{number}"}).status == 200

    assert sim.post(path, {**MARK, "key": "one more"}).status == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"namespace": "x" * 65},
        {"key": ""},
        {"value": ""},
        {"value": 5},
        {"value": "x" * 65536},
        {"description": "x" * 256},
        {"permission_set": "everyone"},
        {"permission_set": ["read"]},
        {"key": None},
    ],
)
def test_what_does_not_fit_is_422_and_named(
    sim: Sim, order_id: int, changes: dict[str, Any]
) -> None:
    answer = sim.post(f"/v3/orders/{order_id}/metafields", {**MARK, **changes})

    assert answer.status == 422
    assert answer.body["errors"].keys() == changes.keys()


def test_writing_is_told_with_the_order_as_text(sim: Sim, order_id: int) -> None:
    sim.hook("store/order/metafield/*")
    path = f"/v3/orders/{order_id}/metafields"
    number = sim.post(path, MARK).body["data"]["id"]
    sim.put(f"{path}/{number}", {"value": "no"})
    sim.delete(f"{path}/{number}")

    bodies = sim.delivered()

    assert [body["scope"].rpartition("/")[2] for body in bodies] == [
        "created",
        "updated",
        "deleted",
    ]
    assert bodies[0]["data"] == {
        "metafield_id": number,
        "resource_id": str(order_id),
        "namespace": "app",
    }


@pytest.mark.parametrize("bumps", [False, True])
def test_whether_the_order_counts_as_modified_is_a_switch(
    sim: Sim, order_id: int, bumps: bool
) -> None:
    sim.settings.metafield_bumps_modified = bumps
    sim.clock.turn(60)

    sim.post(f"/v3/orders/{order_id}/metafields", MARK)

    expected = "Mon, 05 Jan 2026 09:01:00 +0000" if bumps else "Mon, 05 Jan 2026 09:00:00 +0000"
    assert sim.get(f"/v2/orders/{order_id}").body["date_modified"] == expected


def test_lists_are_filtered_and_paged_by_number_or_cursor(sim: Sim, order_id: int) -> None:
    path = f"/v3/orders/{order_id}/metafields"
    for key in ("a", "b", "c"):
        sim.post(path, {**MARK, "key": key})

    def keys(query: str) -> list[str]:
        return [row["key"] for row in sim.get(path, query).body["data"]]

    first = sim.get(path, "limit=2").body
    after = first["meta"]["cursor_pagination"]["end_cursor"]
    assert keys("key:in=a,c") == ["a", "c"]
    assert keys("namespace=other") == []
    assert keys("direction=desc&limit=1") == ["c"]
    assert keys("limit=2&page=2") == ["c"]
    assert keys(f"limit=2&after={after}") == ["c"]
    assert first["meta"]["pagination"]["total_pages"] == 2
    assert sim.get(path, "after=nonsense").status == 422
    unknown = sim.get(path, "colour=red")
    assert unknown.status == 422
    assert unknown.body["title"] == "The filter(s): colour are not valid filter parameter(s)."


def test_a_batch_does_what_it_can_and_tells_the_rest(sim: Sim, order_id: int) -> None:
    rows = [{**MARK, "resource_id": order_id}, {**MARK, "resource_id": 5}]

    answer = sim.post("/v3/orders/metafields", rows)

    assert answer.status == 422
    assert len(answer.body["data"]) == 1
    assert answer.body["meta"] == {"total": 2, "success": 1, "failed": 1}
    assert answer.body["errors"][0]["errors"].keys() == {"1"}


def test_batches_change_and_delete(sim: Sim, order_id: int) -> None:
    rows = [{**MARK, "resource_id": order_id, "key": key} for key in ("a", "b")]
    ids = [row["id"] for row in sim.post("/v3/orders/metafields", rows).body["data"]]

    changed = sim.put("/v3/orders/metafields", [{"id": ids[0], "value": "no"}])
    deleted = sim.delete("/v3/orders/metafields", ids)

    assert (changed.status, changed.body["data"][0]["value"]) == (200, "no")
    assert (deleted.status, deleted.body["data"]) == (200, ids)
    assert sim.get("/v3/orders/metafields").body["data"] == []
