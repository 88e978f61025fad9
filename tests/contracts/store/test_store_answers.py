"""What the client reads from good answers, page after page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from contracts.store.store_doubles import (
    READS,
    Canned,
    InProcess,
    a_line,
    a_store,
    a_transaction,
    an_order,
    answering,
    of_json,
    paged,
)
from fakes import NOON, TurnableClock
from orderwarden.domain.shop import OrderStatus
from orderwarden.errors import (
    TryAgain,
)
from requests import PreparedRequest


def test_an_order_is_read_with_its_raw_body_and_the_stores_time() -> None:
    body = an_order(total_inc_tax="69.8400", new_field={"a": [1]}, credit_card_type={})
    store = answering(of_json(body, headers={"Date": "Sat, 21 Nov 2026 12:00:07 GMT"}))

    answer = store.order(218)

    assert answer.at == datetime(2026, 11, 21, 12, 0, 7, tzinfo=UTC)
    assert (answer.value.id, answer.value.status_id) == (218, 7)
    assert answer.value.date_modified == datetime(2019, 3, 11, 15, 17, 25, tzinfo=UTC)
    assert answer.value.money("total_inc_tax") == Decimal("69.84")
    assert answer.value.raw == body


def test_ids_may_come_as_text() -> None:
    answer = answering(of_json(an_order() | {"id": "218", "status_id": "7"})).order(218)

    assert (answer.value.id, answer.value.status_id) == (218, 7)


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Sat, 99 Nov 2026 12:00:07 GMT", "9999-12-31T23:59:59-12:00"]
)
def test_a_date_that_makes_no_sense_gives_way_to_our_clock(date: str) -> None:
    answer = answering(of_json(an_order(), headers={"Date": date})).order(218)

    assert answer.at == NOON


def test_an_answer_without_a_date_gets_our_clocks() -> None:
    assert answering(of_json(an_order())).order(218).at == NOON


def test_transactions_are_read_with_ids_as_text_and_amounts_as_decimals() -> None:
    rows = [a_transaction(), a_transaction(85926314, event="refund", amount="9.90", test=True)]
    store = answering(of_json({"data": rows, "meta": {"pagination": {"total_pages": 1}}}))

    first, second = store.transactions(218).value

    assert (first.id, first.event, first.status) == ("85926313", "purchase", "ok")
    assert (first.amount, first.currency) == (Decimal("69.84"), "USD")
    assert (first.is_test, first.reference_id) == (False, None)
    assert (second.amount, second.is_test) == (Decimal("9.90"), True)


@pytest.mark.parametrize("meta", [{}, {"meta": {}}, {"meta": None}, {"meta": {"pagination": {}}}])
def test_transactions_without_pagination_are_one_page(meta: dict[str, object]) -> None:
    adapter = InProcess(lambda _request: of_json({"data": [a_transaction()], **meta}))

    transactions = a_store(adapter).transactions(218).value

    assert len(transactions) == 1
    assert len(adapter.requests) == 1


def test_transactions_are_read_page_by_page_without_following_links() -> None:
    links = {"next": "https://elsewhere.example.com/?page=2"}

    def answer(request: PreparedRequest) -> Canned:
        page = {None: 1, "page=2": 2, "page=3": 3}[urlsplit(str(request.url)).query or None]
        pagination = {"total_pages": 3, "current_page": page, "links": links}
        return of_json({"data": [a_transaction(page)], "meta": {"pagination": pagination}})

    adapter = InProcess(answer)

    transactions = a_store(adapter).transactions(218).value

    assert [transaction.id for transaction in transactions] == ["1", "2", "3"]
    assert {urlsplit(str(request.url)).netloc for request in adapter.requests} == {
        "api.example.com"
    }


@pytest.mark.parametrize("second", [Canned(204), of_json({"data": []})])
def test_transactions_of_which_a_promised_page_is_missing_are_not_taken_for_all(
    second: Canned,
) -> None:
    meta = {"pagination": {"total_pages": 2}}
    answers = iter([of_json({"data": [a_transaction()], "meta": meta}), second])

    with pytest.raises(TryAgain, match="nonsense_answer"):
        a_store(InProcess(lambda _request: next(answers))).transactions(218)


@pytest.mark.parametrize("pages", [0, 1, None])
def test_an_envelope_with_nothing_in_it_is_an_empty_list(pages: object) -> None:
    body = {"data": [], "meta": {"pagination": {"total_pages": pages}}}

    assert answering(of_json(body)).transactions(218).value == ()


@pytest.mark.parametrize("pages", ["many", -1, 1.5, True, [], {}])
def test_a_number_of_pages_that_makes_no_sense_is_not_taken_for_one(pages: object) -> None:
    meta = {"pagination": {"total_pages": pages}}

    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(of_json({"data": [a_transaction()], "meta": meta})).transactions(218)


@pytest.mark.parametrize("resource", ["transactions", "products", "shipments"])
def test_no_content_is_an_empty_list(resource: str) -> None:
    answer = READS[resource](answering(Canned(204)))

    assert answer.value == ()  # type: ignore[attr-defined]


@pytest.mark.parametrize("resource", ["products", "shipments"])
def test_an_empty_array_is_an_empty_list(resource: str) -> None:
    answer = READS[resource](answering(of_json([])))

    assert answer.value == ()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("count", "most", "calls"),
    [(3, 250, 1), (49, 250, 1), (50, 250, 2), (250, 250, 2), (251, 250, 2), (540, 250, 3)],
)
def test_all_lines_of_an_order_are_read(count: int, most: int, calls: int) -> None:
    lines = [a_line(number) for number in range(count)]
    adapter = InProcess(lambda request: paged(request, lines, most))

    found = a_store(adapter).products(218).value

    assert [line.id for line in found] == list(range(count))
    assert len(adapter.requests) == calls


def test_a_store_that_gives_fifty_rows_whatever_we_ask_is_read_to_its_end() -> None:
    lines = [a_line(number) for number in range(120)]
    adapter = InProcess(lambda request: paged(request, lines, most=50))

    found = a_store(adapter).products(218).value

    assert [line.id for line in found] == list(range(120))


def test_a_list_has_the_time_of_its_first_page() -> None:
    clock = TurnableClock()

    def answer(request: PreparedRequest) -> Canned:
        clock.advance(10)
        return paged(request, [a_line(number) for number in range(60)])

    found = a_store(InProcess(answer), clock=clock).products(218)

    assert found.at == NOON + timedelta(seconds=10)


def test_shipments_tell_how_much_of_each_line_they_hold() -> None:
    items = [
        {"order_product_id": 194, "product_id": 0, "quantity": 1},
        {"order_product_id": "194", "quantity": "2"},
        {"order_product_id": 195, "quantity": 5},
    ]
    row = {"id": 11, "order_id": 218, "tracking_number": "EJ1", "items": items, "address": {}}

    shipments = answering(of_json([row])).shipments(218).value

    assert shipments[0].quantities == {194: 3, 195: 5}
    assert (shipments[0].id, shipments[0].tracking_number) == (11, "EJ1")


@pytest.mark.parametrize(
    ("own", "label"),
    [
        ("Picking", "Picking"),
        (" Picking ", "Picking"),
        ("", "Awaiting Fulfillment"),
        (None, "Awaiting Fulfillment"),
        (5, "Awaiting Fulfillment"),
    ],
)
def test_a_status_has_the_label_of_the_system_and_that_of_the_store(
    own: object, label: str
) -> None:
    row = {"id": 11, "name": "x", "system_label": "Awaiting Fulfillment", "custom_label": own}
    other = {"id": 0, "name": "Incomplete", "system_label": "Incomplete"}

    statuses = answering(of_json([row, other])).statuses().value

    assert statuses[11] == OrderStatus(11, "Awaiting Fulfillment", label, row)
    assert statuses[0] == OrderStatus(0, "Incomplete", "Incomplete", other)
