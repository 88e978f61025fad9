"""What the client reads around the orders: parts, customers, stock, settings, log and hooks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from contracts.store.store_doubles import READS, Canned, InProcess, a_store, answering, of_json
from fakes import NOON
from orderwarden.domain.hook import BlockedDomain
from orderwarden.domain.refunding import RefundFilter
from orderwarden.domain.shop import CustomerGroup, LogFilter
from orderwarden.domain.stock import InventoryFilter
from orderwarden.errors import OutsideWindow, TryAgain
from requests import PreparedRequest

V2_LISTS = ["shipping_addresses", "coupons", "messages", "taxes"]
V3_LISTS = ["refunds", "metafields", "order_metafields", "locations", "hooks"]


def asked(request: PreparedRequest) -> dict[str, str]:
    """Return the query, decoded."""
    return {name: values[0] for name, values in parse_qs(urlsplit(str(request.url)).query).items()}


def a_stock(variant_id: int, product_id: int = 111, **location: object) -> dict[str, object]:
    """Return the stock of a variant at one location."""
    identity = {"sku": "SM13", "variant_id": variant_id, "product_id": product_id}
    at = {"location_id": 1, "available_to_sell": 10, "location_enabled": True, **location}
    return {"identity": identity, "locations": [at]}


# --- lists


@pytest.mark.parametrize("name", [*V2_LISTS, *V3_LISTS, "fees", "system_log", "every_refund"])
def test_no_content_is_an_empty_list(name: str) -> None:
    found = READS[name](answering(Canned(204)))

    assert getattr(found, "value", found) in ((), [])


@pytest.mark.parametrize("name", [*V2_LISTS, "refunds", "metafields"])
def test_a_row_of_another_order_is_no_answer(name: str) -> None:
    key = "resource_id" if name == "metafields" else "order_id"
    row = {"id": 3, key: 219, "namespace": "n", "key": "k", "value": "v"}
    body: object = [row] if name in V2_LISTS else {"data": [row]}

    with pytest.raises(TryAgain, match="nonsense_answer"):
        READS[name](answering(of_json(body)))


@pytest.mark.parametrize(
    "body",
    [
        [{"id": 1, "display_name_customer": "Gift box", "cost_inc_tax": "2.0000"}],
        {"fees": [{"id": 1, "display_name_customer": "Gift box"}]},
        {"id": 1, "display_name_customer": "Gift box"},
    ],
)
def test_fees_are_read_in_each_shape_that_the_documents_show(body: object) -> None:
    (fee,) = answering(of_json(body)).fees(218).value

    assert (fee.id, fee.name) == (1, "Gift box")


def test_an_order_without_fees_has_none() -> None:
    assert answering(of_json({"fees": []})).fees(218).value == ()


def test_consignments_are_told_apart_and_may_be_missing() -> None:
    body = {"pickups": [{"id": 99}], "email": {"gift_certificates": [{"recipient_email": "x"}]}}

    found = answering(of_json(body)).consignments(218).value

    assert found.pickups == ({"id": 99},)
    assert (found.shipping, found.downloads) == ((), ())
    assert found.gift_certificates == ({"recipient_email": "x"},)


def test_a_refund_counts_what_was_not_declined() -> None:
    payments = [
        {"amount": 20.83, "is_declined": False},
        {"amount": 1.0, "is_declined": True},
    ]
    row = {"id": 1, "order_id": 218, "created": "2026-11-20T12:00:00+00:00", "payments": payments}

    (refund,) = answering(of_json({"data": [row]})).refunds(218).value

    assert (refund.id, refund.amount) == (1, Decimal("20.83"))
    assert refund.created_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_messages_have_an_aware_date_or_none() -> None:
    rows = [
        {"id": 2, "date_created": "Wed, 26 Sep 2018 15:52:03 +0000", "is_flagged": True},
        {"id": 3, "date_created": ""},
    ]

    first, second = answering(of_json(rows)).messages(218).value

    assert first.created_at == datetime(2018, 9, 26, 15, 52, 3, tzinfo=UTC)
    assert (first.is_flagged, second.is_flagged, second.created_at) == (True, False, None)


# --- refunds of all orders


def a_refund(number: int, order_id: int = 218, **fields: object) -> dict[str, object]:
    """Return a refund of that day's noon."""
    at = "2026-11-20T12:00:00+00:00"
    return {"id": number, "order_id": order_id, "created": at, "total_amount": 5, **fields}


def test_the_refunds_of_all_orders_are_read_page_by_page() -> None:
    def answer(request: PreparedRequest) -> Canned:
        page = int(asked(request).get("page", 1))
        meta = {"pagination": {"total_pages": 3}}
        return of_json({"data": [a_refund(page, 200 + page)], "meta": meta})

    adapter = InProcess(answer)

    refunds = a_store(adapter).every_refund(RefundFilter())
    first = next(refunds)

    assert (first.id, first.order_id, first.amount) == (1, 201, Decimal(5))
    assert len(adapter.requests) == 1  # a page when it is wanted
    assert [each.id for each in refunds] == [2, 3]
    assert urlsplit(str(adapter.requests[0].url)).path == (
        "/stores/abc123/v3/orders/payment_actions/refunds"
    )
    assert [asked(each) for each in adapter.requests] == [{}, {"page": "2"}, {"page": "3"}]


def test_refunds_are_asked_for_by_order_time_and_transaction() -> None:
    vienna = timezone(timedelta(hours=1))
    adapter = InProcess(lambda _request: Canned(204))
    wanted = RefundFilter(
        order_ids=tuple(range(1, 52)),
        created_from=datetime(2026, 11, 20, 13, 0, 0, 250_000, tzinfo=vienna),
        created_to=datetime(2026, 11, 21, tzinfo=UTC),
        transaction_id="1234",
    )

    assert list(a_store(adapter).every_refund(wanted)) == []

    same = {
        "created:min": "2026-11-20T12:00:00Z",
        "created:max": "2026-11-21T00:00:00Z",
        "transaction_id": "1234",
    }
    assert [asked(each) for each in adapter.requests] == [
        {**same, "order_id:in": ",".join(map(str, range(1, 51)))},
        {**same, "order_id:in": "51"},
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        RefundFilter(order_ids=(219,)),
        RefundFilter(created_from=datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)),
        RefundFilter(created_to=datetime(2026, 11, 20, 11, 59, 59, tzinfo=UTC)),
    ],
)
def test_a_refund_outside_of_what_was_asked_stops_the_list(wanted: RefundFilter) -> None:
    with pytest.raises(OutsideWindow) as raised:
        list(answering(of_json({"data": [a_refund(1)]})).every_refund(wanted))

    assert raised.value.order_id == 218


def test_the_ends_of_a_window_of_refunds_are_inclusive() -> None:
    noon = datetime(2026, 11, 20, 12, 0, 0, 250_000, tzinfo=UTC)
    rows = [a_refund(1), a_refund(2, created=None)]

    found = answering(of_json({"data": rows})).every_refund(RefundFilter((218,), noon, noon))

    assert [each.id for each in found] == [1, 2]


@pytest.mark.parametrize(
    "given",
    [
        {"created_from": datetime(2026, 11, 20)},  # noqa: DTZ001
        {"created_to": datetime(2026, 11, 20)},  # noqa: DTZ001
        {"transaction_id": ""},
    ],
)
def test_a_filter_that_the_store_would_misread_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"without zone|would ask for every refund"):
        RefundFilter(**given)


# --- metafields of all orders


def test_one_metafield_of_all_orders_is_read_page_by_page() -> None:
    def answer(request: PreparedRequest) -> Canned:
        page = int(asked(request).get("page", 1))
        row = {"namespace": "orderwarden", "key": "keep_until", "value": "2026-12-24"}
        other = {"id": 1000 + page, "resource_id": 9, **row, "key": "Keep_Until"}
        data = [{"id": page, "resource_id": 200 + page, **row}, other]
        return of_json({"data": data, "meta": {"pagination": {"total_pages": 120}}})

    adapter = InProcess(answer)

    found = a_store(adapter).order_metafields("orderwarden", "keep_until").value

    assert [each.order_id for each in found] == list(range(201, 321))
    assert asked(adapter.requests[0]) == {"namespace": "orderwarden", "key": "keep_until"}
    assert asked(adapter.requests[1])["page"] == "2"


def test_whatever_a_name_holds_it_is_one_parameter() -> None:
    name = "a&key=b#/?%2B +ü,:"
    adapter = InProcess(lambda _request: Canned(204))

    a_store(adapter).metafields(218, namespace=name)

    assert asked(adapter.requests[0]) == {"namespace": name}
    assert urlsplit(str(adapter.requests[0].url)).path == "/stores/abc123/v3/orders/218/metafields"


# --- customers and stock


def test_customers_are_asked_for_fifty_at_a_time_and_guests_not_at_all() -> None:
    def answer(request: PreparedRequest) -> Canned:
        ids = [int(each) for each in asked(request)["id:in"].split(",")]
        rows = [{"id": each, "customer_group_id": 3} for each in ids if each != 5]
        return of_json({"data": rows})

    adapter = InProcess(answer)

    found = a_store(adapter).customers([*range(61)], {3: "Wholesale"}).value

    assert [each.id for each in found] == [each for each in range(1, 61) if each != 5]
    assert {(each.group_id, each.group_name) for each in found} == {(3, "Wholesale")}
    assert [len(asked(each)["id:in"].split(",")) for each in adapter.requests] == [50, 10]


def test_guests_alone_cost_no_call() -> None:
    adapter = InProcess(lambda _request: Canned(500))

    answer = a_store(adapter).customers([0])

    assert (answer.value, answer.at, adapter.requests) == ((), NOON, [])


def test_a_customer_who_was_not_asked_for_is_left_out() -> None:
    rows = [{"id": 11, "customer_group_id": 0}, {"id": 12, "customer_group_id": 0}]

    assert [each.id for each in answering(of_json({"data": rows})).customers([11]).value] == [11]


def test_groups_are_told_by_id() -> None:
    retail, wholesale = {"id": 1, "name": "Retail"}, {"id": 3, "name": "Wholesale", "more": []}

    found = answering(of_json([retail, wholesale])).customer_groups().value

    assert found == {
        1: CustomerGroup(1, "Retail", retail),
        3: CustomerGroup(3, "Wholesale", wholesale),
    }


def test_stock_is_asked_for_by_variant_and_by_product_and_comes_once() -> None:
    def answer(request: PreparedRequest) -> Canned:
        by_variant = "variant_id:in" in asked(request)
        return of_json({"data": [a_stock(74)] if by_variant else [a_stock(74), a_stock(75)]})

    adapter = InProcess(answer)

    wanted = InventoryFilter(variant_ids=(74,), product_ids=(111,), location_ids=(1, 2))
    found = a_store(adapter).inventory_items(wanted).value

    assert [(each.variant_id, each.available) for each in found] == [(74, 10), (75, 10)]
    assert [asked(request) for request in adapter.requests] == [
        {"limit": "250", "location_id:in": "1,2", "variant_id:in": "74"},
        {"limit": "250", "location_id:in": "1,2", "product_id:in": "111"},
    ]


def test_stock_is_asked_for_by_sku_and_at_locations_by_code() -> None:
    skus = tuple(f"SM-{number:02}" for number in range(21))
    adapter = InProcess(lambda _request: of_json({"data": []}))

    a_store(adapter).inventory_items(InventoryFilter(skus=skus, location_codes=("EAST", "W 1")))

    assert [asked(request) for request in adapter.requests] == [
        {"limit": "250", "location_code:in": "EAST,W 1", "sku:in": ",".join(skus[:20])},
        {"limit": "250", "location_code:in": "EAST,W 1", "sku:in": "SM-20"},
    ]


@pytest.mark.parametrize(
    ("wanted", "query"),
    [
        (InventoryFilter(location_ids=(1, 2)), {"location_id:in": "1,2"}),
        (InventoryFilter(location_codes=("EAST",)), {"location_code:in": "EAST"}),
    ],
)
def test_a_location_alone_asks_for_all_that_lies_there(
    wanted: InventoryFilter, query: dict[str, str]
) -> None:
    adapter = InProcess(lambda _request: of_json({"data": [a_stock(74), a_stock(75)]}))

    found = a_store(adapter).inventory_items(wanted).value

    assert [each.variant_id for each in found] == [74, 75]
    assert [asked(request) for request in adapter.requests] == [{"limit": "250", **query}]


def test_the_stock_of_nothing_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="nothing is asked for"):
        InventoryFilter()


@pytest.mark.parametrize("text", ["", "SM13,SM14"])
def test_a_text_that_would_ask_for_something_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an empty text, or one with the comma"):
        InventoryFilter(skus=("SM13", text))
    with pytest.raises(ValueError, match="an empty text, or one with the comma"):
        InventoryFilter(location_codes=(text,))


def test_oversold_stock_is_less_than_nothing() -> None:
    store = answering(of_json({"data": [a_stock(74, available_to_sell=-3)]}))

    (found,) = store.inventory_items(InventoryFilter(variant_ids=(74,))).value

    assert found.available == -3


@pytest.mark.parametrize(("channel_id", "query"), [(None, {}), (7, {"channel_id": "7"})])
def test_inventory_settings_are_those_of_the_store_or_of_a_channel(
    channel_id: int | None, query: dict[str, str]
) -> None:
    data = {"update_stock_behavior": "order_placed", "refund_order_stock_adjustment": True}
    adapter = InProcess(lambda _request: of_json({"data": data, "meta": {}}))

    found = a_store(adapter).inventory_settings(channel_id).value

    assert (found.moves_when, found.returns_on_refund) == ("order_placed", True)
    assert asked(adapter.requests[0]) == query


# --- the store itself


def test_the_stores_hash_and_its_number_are_two_things() -> None:
    zone = {"name": "America/Chicago", "raw_offset": -21600, "dst_offset": -18000}
    body = {"id": "abc123", "store_id": 1025646, "name": "Shop", "timezone": zone}

    found = answering(of_json(body)).store_information().value

    assert (found.store_hash, found.store_id) == ("abc123", 1025646)
    assert (found.time_zone, found.utc_offset_s) == ("America/Chicago", -21600)


def test_the_stores_clock_counts_seconds() -> None:
    answer = answering(of_json({"time": 1_529_512_970})).time()

    assert answer.value == datetime(2018, 6, 20, 16, 42, 50, tzinfo=UTC)


@pytest.mark.parametrize("time", [-1, 0, 10**15, "soon", None, True])
def test_a_clock_that_makes_no_sense_is_no_answer(time: object) -> None:
    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(of_json({"time": time})).time()


def test_the_log_is_read_newest_first_and_each_entry_once_while_it_grows() -> None:
    entries = list(range(30, 0, -1))

    def answer(request: PreparedRequest) -> Canned:
        page = int(asked(request).get("page", 1))
        shown = entries[(page - 1) * 10 : page * 10]
        entries.insert(0, entries[0] + 1)  # one more comes before the next page is read
        pages = {"total_pages": -(-len(entries) // 10)}
        return of_json({"data": [{"id": each} for each in shown], "meta": {"pagination": pages}})

    adapter = InProcess(answer)

    found = [each.id for each in a_store(adapter).system_log(LogFilter(module="order status"))]

    assert found == list(range(30, 0, -1))
    assert "module=order+status&sort=date_created&direction=desc" in str(adapter.requests[0].url)


def a_log(pages: int, last: int | None = None) -> InProcess:
    """Answer as a log of three entries a page does; after `last` its pages repeat themselves."""

    def answer(request: PreparedRequest) -> Canned:
        page = min(int(asked(request).get("page", 1)), last or pages)
        rows = [{"id": 3 * page + number} for number in range(3)]
        return of_json({"data": rows, "meta": {"pagination": {"total_pages": pages}}})

    return InProcess(answer)


def test_a_long_log_is_read_to_its_end() -> None:
    adapter = a_log(pages=120)

    found = list(a_store(adapter).system_log(LogFilter()))

    assert [each.id for each in found] == list(range(3, 363))
    assert len(adapter.requests) == 120


def test_a_log_of_which_page_after_page_tells_nothing_new_is_no_answer() -> None:
    adapter = a_log(pages=10**9, last=2)

    with pytest.raises(TryAgain, match="nonsense_answer"):
        list(a_store(adapter).system_log(LogFilter()))

    assert len(adapter.requests) == 12  # ten of them told nothing new


# --- hooks


def test_the_state_of_the_hooks_tells_what_was_switched_off_and_what_is_blocked() -> None:
    hook = {"id": 9, "scope": "store/order/*", "destination": "https://hooks.example.com/in"}
    reasons = [{"failure_description": "timeout", "count": 3, "timestamp": 1_561_488_106}]
    blocked = {"destination": "hooks.example.com", "time_left": 120, "reasons": reasons}
    data = {
        "emails": ["ops@example.com"],
        "hooks_list": [{**hook, "is_active": False, "status": "deactivated", "headers": None}],
        "blocked_domains": [blocked],
    }

    found = answering(of_json({"data": data, "meta": {}})).hooks_admin().value

    assert (found.hooks[0].id, found.hooks[0].status) == (9, "deactivated")
    assert (found.hooks[0].is_active, found.hooks[0].headers) == (False, {})
    assert found.blocked == (BlockedDomain("hooks.example.com", 120, ("timeout",), blocked),)
    assert found.emails == ("ops@example.com",)
    assert "ops@example.com" not in repr(found)


def test_a_hook_has_the_moments_of_its_life() -> None:
    row = {
        "id": 9,
        "scope": "s",
        "destination": "d",
        "is_active": True,
        "created_at": 1_561_488_106,
    }

    (hook,) = answering(of_json({"data": [row]})).hooks().value

    assert hook.created_at == datetime(2019, 6, 25, 18, 41, 46, tzinfo=UTC)
    assert (hook.updated_at, hook.is_active, hook.status) == (None, True, None)
