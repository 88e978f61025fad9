"""`GET /v2/orders` and its count."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from unit.simulator.calls import Sim, a_patient_store

NINE = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)  # when the clock starts


def test_an_empty_store_answers_204_without_a_body(sim: Sim) -> None:
    answer = sim.get("/v2/orders")

    assert (answer.status, answer.response.body) == (204, b"")


def test_a_list_is_a_bare_array_of_50_by_ascending_id() -> None:
    sim = Sim(orders=120)

    answer = sim.get("/v2/orders")

    assert isinstance(answer.body, list)
    assert [row["id"] for row in answer.body] == list(range(100, 150))


def test_pages_end_with_204() -> None:
    sim = Sim(orders=120)

    assert len(sim.ids("limit=100&page=1")) == 100
    assert len(sim.ids("limit=100&page=2")) == 20
    assert sim.get("/v2/orders", "limit=100&page=3").status == 204


def test_no_more_than_250_come_at_once_or_413_where_the_store_is_so_set() -> None:
    sim = Sim(orders=300)

    clamped = sim.ids("limit=1000")
    sim.settings.over_limit = "refuse"
    refused = sim.get("/v2/orders", "limit=251")

    assert len(clamped) == 250
    assert refused.status == 413


def test_money_is_text_of_four_decimals_and_dates_are_rfc_2822(sim: Sim) -> None:
    sim.store.shopper.place(total="640.00")

    (order,) = sim.get("/v2/orders").body

    assert order["total_inc_tax"] == "640.0000"
    assert order["refunded_amount"] == "0.0000"
    assert order["date_created"] == "Mon, 05 Jan 2026 09:00:00 +0000"
    assert order["date_shipped"] == ""
    assert order["products"]["resource"] == f"/orders/{order['id']}/products"


def test_min_id_and_max_id_include_their_ends() -> None:
    sim = Sim(orders=10)

    assert sim.ids("min_id=103&max_id=105") == [103, 104, 105]


def test_a_status_customer_or_channel_picks_its_orders(sim: Sim) -> None:
    first = sim.store.shopper.place(status="Awaiting Payment", customer_id=3)
    second = sim.store.shopper.place(status="Awaiting Fulfillment", customer_id=4, channel_id=2)

    assert sim.ids("status_id=7") == [first]
    assert sim.ids("status_id=11") == [second]
    assert sim.ids("customer_id=3") == [first]
    assert sim.ids("channel_id=2") == [second]
    assert sim.ids("email=customer4%40example.com") == [second]
    assert sim.ids("payment_method=Cheque") == []


def test_totals_include_their_ends(sim: Sim) -> None:
    cheap, dear = sim.store.shopper.place(total="10"), sim.store.shopper.place(total="20.50")

    assert sim.ids("min_total=20.50") == [dear]
    assert sim.ids("max_total=10") == [cheap]


@pytest.mark.parametrize(
    "moment",
    ["Mon, 05 Jan 2026 04:00:00 -0500", "2026-01-05T09:00:00Z", "2026-01-05T09:00:00.000+00:00"],
)
def test_dates_are_read_in_both_formats_and_include_their_ends(sim: Sim, moment: str) -> None:
    order_id = sim.store.shopper.place()

    assert sim.ids(f"min_date_created={quote(moment)}") == [order_id]
    assert sim.ids(f"max_date_modified={quote(moment)}") == [order_id]


def test_dates_can_be_set_to_exclude_their_ends(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.settings.date_filter_inclusive = False

    assert sim.ids("min_date_modified=2026-01-05T09:00:00Z") == []
    assert sim.ids("min_date_modified=2026-01-05T08:59:59Z") == [order_id]


@pytest.mark.parametrize(
    "text",
    [
        "tomorrow",
        "",
        "2026-13-45",
        "Mon%252C%252005%2520Jan%25202030%252009%253A00%253A00%2520%252B0000",  # encoded twice
        "2030-01-05T09:00:00+00:00",  # a plus that became a space
    ],
)
def test_a_date_that_does_not_parse_is_ignored_and_everything_comes(sim: Sim, text: str) -> None:
    order_id = sim.store.shopper.place()

    assert sim.ids(f"min_date_created={text}") == [order_id]


def test_a_modified_window_finds_what_was_changed_in_it(sim: Sim) -> None:
    first, second = sim.store.shopper.place(), sim.store.shopper.place()
    sim.clock.turn(60)
    sim.store.staff.edit(second, staff_notes="seen")

    assert sim.ids("min_date_modified=2026-01-05T09:00:30Z") == [second]
    assert sim.ids("max_date_modified=2026-01-05T09:00:30Z") == [first]


def test_an_unknown_parameter_is_refused_with_400(sim: Sim) -> None:
    answer = sim.get("/v2/orders", "id:in=1,2")

    assert answer.status == 400
    assert answer.body[0]["message"] == "The field 'id:in' is not supported by this resource."


@pytest.mark.parametrize(
    "query", ["status_id=x", "min_id=1e3", "page=0", "limit=-5", "sort=total"]
)
def test_a_parameter_of_the_wrong_type_is_refused_with_400(sim: Sim, query: str) -> None:
    assert sim.get("/v2/orders", query).status == 400


def test_orders_can_be_sorted_both_ways(sim: Sim) -> None:
    first = sim.store.shopper.place(created_at=NINE - timedelta(days=1))
    second = sim.store.shopper.place(created_at=NINE - timedelta(days=2))

    assert sim.ids("sort=date_created") == [second, first]
    assert sim.ids("sort=date_created:asc") == [second, first]
    assert sim.ids("sort=date_created:desc") == [first, second]
    assert sim.ids("sort=id:desc") == [second, first]


def test_archived_orders_are_left_out_unless_asked_for(sim: Sim) -> None:
    kept, archived = sim.store.shopper.place(), sim.store.shopper.place()
    sim.store.staff.archive(archived)

    assert sim.ids() == [kept]
    assert sim.ids("is_deleted=true") == [archived]
    sim.settings.list_archived = True
    assert sim.ids() == [kept, archived]


def test_incomplete_orders_are_listed_unless_the_store_is_set_otherwise(sim: Sim) -> None:
    order_id = sim.store.shopper.place(status="Incomplete")

    assert sim.ids() == [order_id]
    sim.settings.list_incomplete = False
    assert sim.ids() == []
    assert sim.ids("status_id=0") == [order_id]


def test_the_count_lists_all_statuses_in_the_panels_order(sim: Sim) -> None:
    for status in ("Awaiting Payment", "Awaiting Payment", "Shipped"):
        sim.store.shopper.place(status=status)

    body = sim.get("/v2/orders/count").body

    assert body["count"] == 3
    assert [row["id"] for row in body["statuses"]] == [
        0, 1, 7, 11, 9, 8, 3, 10, 2, 5, 6, 4, 13, 12, 14,
    ]  # fmt: skip
    assert {row["id"]: row["count"] for row in body["statuses"] if row["count"]} == {7: 2, 2: 1}
    assert sim.get("/v2/orders/count", "status_id=7").body["count"] == 2


def test_included_consignments_come_as_an_object(sim: Sim) -> None:
    sim.store.shopper.place()
    wanted = "include=consignments,fees&consignment_structure=object"

    (order,) = sim.get("/v2/orders", wanted).body

    assert order["fees"] == []
    assert order["consignments"].keys() == {"pickups", "shipping", "downloads", "email"}
    assert sim.get("/v2/orders", "include=consignments").status == 400


def test_a_big_store_pages_by_min_id_without_gaps() -> None:
    sim = Sim(orders=1000, settings=a_patient_store())
    seen: list[int] = []

    while page := sim.ids(f"limit=250&min_id={seen[-1] + 1 if seen else 0}"):
        seen += page

    assert seen == list(range(100, 1100))


@pytest.mark.parametrize(
    "part", ["products", "shipping_addresses", "coupons", "taxes", "messages", "shipments"]
)
def test_a_parameter_that_a_part_of_an_order_does_not_know_is_400(sim: Sim, part: str) -> None:
    order_id = sim.store.shopper.place()

    answer = sim.get(f"/v2/orders/{order_id}/{part}", "bogus=1")

    assert answer.status == 400
    assert answer.body[0]["message"] == "The field 'bogus' is not supported by this resource."
