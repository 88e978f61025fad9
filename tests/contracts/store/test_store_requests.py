"""What the client asks, and what it makes of the answers; nothing leaves the process."""

from __future__ import annotations

import gc
import io
import json
import logging
import threading
import tomllib
import traceback
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import urllib3.exceptions
from contracts.store.store_doubles import (
    TOKEN,
    Canned,
    InProcess,
    a_line,
    a_store,
    a_transaction,
    an_order,
    answering,
    of_json,
)
from fakes import NOON, TurnableClock
from orderwarden import __version__
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceReader, BigCommerceStore
from orderwarden.errors import (
    AnswerLost,
    ConfigurationError,
    NotFound,
    OrderwardenError,
    Refused,
    StoreUnauthorised,
    TryAgain,
)
from orderwarden.ports import Store, StoreReader
from requests import PreparedRequest

READS: dict[str, Callable[[BigCommerceReader], object]] = {
    "order": lambda store: store.order(218),
    "transactions": lambda store: store.transactions(218),
    "products": lambda store: store.products(218),
    "shipments": lambda store: store.shipments(218),
    "statuses": lambda store: store.statuses(),
}


def paged(request: PreparedRequest, rows: list[dict[str, object]], most: int = 250) -> Canned:
    """Answer as a v2 list does: a bare array, 204 past the end."""
    query = dict(pair.split("=") for pair in urlsplit(str(request.url)).query.split("&"))
    limit = min(int(query["limit"]), most)
    start = (int(query["page"]) - 1) * limit
    page = rows[start : start + limit]
    return of_json(page) if page else Canned(204)


# --- what is asked


def test_the_classes_are_what_the_ports_say() -> None:
    store: Store = answering(Canned())
    reader: StoreReader = BigCommerceReader(
        "abc123", TOKEN, "https://api.example.com", Pacer(TurnableClock()), TurnableClock()
    )

    assert isinstance(store, BigCommerceReader)
    assert not hasattr(reader, "put_order")
    assert [name for name in dir(reader) if not name.startswith("_")] == [
        "close", "order", "products", "shipments", "statuses", "transactions",
    ]  # fmt: skip


def test_every_request_carries_the_token_and_says_who_asks() -> None:
    adapter = InProcess(lambda _request: of_json(an_order()))

    a_store(adapter).order(218)

    assert dict(adapter.requests[0].headers) == {
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "User-Agent": f"orderwarden/{__version__}",
        "X-Auth-Token": TOKEN,
    }
    assert adapter.requests[0].url == "https://api.example.com/stores/abc123/v2/orders/218"
    assert adapter.requests[0].body is None
    assert adapter.timeouts == [(3.0, 8.0)]


def test_the_version_we_say_is_the_one_of_the_project() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))

    assert __version__ == project["project"]["version"]


def test_a_put_of_a_status_sends_the_status_and_nothing_else() -> None:
    adapter = InProcess(lambda _request: of_json(an_order(status_id=11)))

    answer = a_store(adapter).put_order(218, status_id=11)

    request = adapter.requests[0]
    assert (request.method, request.body) == ("PUT", b'{"status_id": 11}')
    assert request.headers["Content-Type"] == "application/json"
    assert answer.value.status_id == 11


def test_a_put_with_notes_sends_status_and_notes_and_nothing_else() -> None:
    adapter = InProcess(lambda _request: of_json(an_order(status_id=5)))

    a_store(adapter).put_order(218, status_id=5, staff_notes="Überfällig 😀 “ok”")

    body = adapter.requests[0].body
    assert isinstance(body, bytes)
    assert json.loads(body) == {"status_id": 5, "staff_notes": "Überfällig 😀 “ok”"}
    assert body.isascii()


def test_empty_notes_are_sent_since_they_clear_the_field() -> None:
    adapter = InProcess(lambda _request: of_json(an_order()))

    a_store(adapter).put_order(218, status_id=7, staff_notes="")

    assert adapter.requests[0].body == b'{"status_id": 7, "staff_notes": ""}'


def test_an_api_url_with_a_path_and_a_slash_at_its_end_is_kept() -> None:
    adapter = InProcess(lambda _request: of_json(an_order()))

    a_store(adapter, api_url="http://127.0.0.1:9000/bc/").order(218)

    assert adapter.requests[0].url == "http://127.0.0.1:9000/bc/stores/abc123/v2/orders/218"


@pytest.mark.parametrize(
    ("store_hash", "token", "api_url"),
    [
        ("../abc", TOKEN, "https://api.example.com"),
        ("", TOKEN, "https://api.example.com"),
        ("abc123", TOKEN + "\n", "https://api.example.com"),
        ("abc123", "", "https://api.example.com"),
        ("abc123", TOKEN, "api.example.com"),
        ("abc123", TOKEN, "ftp://api.example.com"),
        ("abc123", TOKEN, "https://"),
        ("abc123", TOKEN, f"https://user:{TOKEN}@api.example.com"),
        ("abc123", TOKEN, "https://api.example.com?x=1"),
        ("abc123", TOKEN, "https://api.example.com:99999"),
        ("abc123", TOKEN, "https://[::1"),
        ("abc123", TOKEN, "https://api.example.com/\n"),
    ],
)
def test_what_cannot_be_right_is_refused_at_once_without_the_token(
    store_hash: str, token: str, api_url: str
) -> None:
    with pytest.raises(ConfigurationError) as raised:
        BigCommerceStore(store_hash, token, api_url, Pacer(TurnableClock()), TurnableClock())

    assert len(raised.value.problems) == 1
    assert TOKEN not in str(raised.value)


def test_every_request_is_counted_in_the_thread_that_makes_it() -> None:
    threads: list[str] = []
    store = a_store(
        InProcess(lambda request: paged(request, [a_line(n) for n in range(60)])),
        on_call=lambda: threads.append(threading.current_thread().name),
    )

    store.products(218)

    assert threads == [threading.current_thread().name] * 2


# --- what is made of good answers


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


def test_statuses_are_told_by_their_system_labels() -> None:
    rows = [
        {"id": 11, "name": "Picking", "system_label": "Awaiting Fulfillment", "order": 3},
        {"id": 0, "name": "Incomplete", "system_label": "Incomplete", "order": 0},
    ]

    statuses = answering(of_json(rows)).statuses().value

    assert statuses == {11: "Awaiting Fulfillment", 0: "Incomplete"}


# --- nonsense

NONSENSE: dict[str, bytes] = {
    "html": b"<html><body>We will be back soon</body></html>",
    "truncated": b'{"id": 218, "status_id": 7, "date_cre',
    "empty": b"",
    "blank": b"  \n",
    "null": b"null",
    "text": b'"218"',
    "number": b"218",
    "nan": b'[{"id": NaN}]',
    "not utf-8": b'{"id": 218, "staff_notes": "\xff\xfe\xfa"}',
    "array of nothing": b"[null]",
    "array of arrays": b"[[], []]",
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "long number": b'{"id": ' + b"9" * 10_000 + b"}",
    "object without anything": b"{}",
    "data that is no array": b'{"data": {"id": 1}}',
    "an error within a 200": b'{"data": [{"status": 500, "title": "Oops"}]}',
}


@pytest.mark.parametrize("resource", list(READS))
@pytest.mark.parametrize("kind", list(NONSENSE))
def test_nonsense_within_a_200_is_no_answer(resource: str, kind: str) -> None:
    store = answering(Canned(200, NONSENSE[kind]))

    with pytest.raises(TryAgain) as raised:
        READS[resource](store)

    assert (raised.value.reason, raised.value.http_status) == ("nonsense_answer", 200)
    assert not isinstance(raised.value, AnswerLost)


@pytest.mark.parametrize("kind", list(NONSENSE))
def test_after_a_put_nonsense_leaves_open_whether_it_was_made(kind: str) -> None:
    with pytest.raises(AnswerLost) as raised:
        answering(Canned(200, NONSENSE[kind])).put_order(218, status_id=5)

    assert raised.value.reason == "nonsense_answer"


@pytest.mark.parametrize("resource", ["order", "statuses"])
def test_no_content_is_no_answer_where_there_must_be_some(resource: str) -> None:
    with pytest.raises(TryAgain, match="nonsense_answer"):
        READS[resource](answering(Canned(204)))


def test_no_content_after_a_put_leaves_open_whether_it_was_made() -> None:
    with pytest.raises(AnswerLost, match="nonsense_answer"):
        answering(Canned(204)).put_order(218, status_id=5)


def test_an_empty_list_of_statuses_is_no_answer() -> None:
    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(of_json([])).statuses()


def test_the_body_of_another_order_is_no_answer() -> None:
    store = answering(of_json(an_order(219)))

    with pytest.raises(TryAgain, match="nonsense_answer"):
        store.order(218)
    with pytest.raises(AnswerLost, match="nonsense_answer"):
        store.put_order(218, status_id=7)


def test_rows_of_another_order_are_no_answer() -> None:
    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(of_json([a_line(order_id=219)])).products(218)
    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(of_json({"data": [a_transaction(order_id="219")]})).transactions(218)


def test_a_store_that_repeats_its_first_page_does_not_hold_us_for_ever() -> None:
    adapter = InProcess(lambda _request: of_json([a_line(number) for number in range(250)]))

    with pytest.raises(TryAgain, match="nonsense_answer"):
        a_store(adapter).products(218)

    assert len(adapter.requests) == 2


def test_a_list_without_an_end_does_not_hold_us_for_ever() -> None:
    def answer(request: PreparedRequest) -> Canned:
        page = int(str(request.url).split("page=")[1].split("&")[0])
        return of_json([a_line(page * 1000 + number) for number in range(50)])

    adapter = InProcess(answer)

    with pytest.raises(TryAgain, match="nonsense_answer"):
        a_store(adapter).products(218)

    assert len(adapter.requests) == 100


def test_a_body_that_is_far_too_large_is_no_answer() -> None:
    class Endless(io.RawIOBase):
        read_bytes = 0

        def readable(self) -> bool:
            return True

        def read1(self, amount: int) -> bytes:
            self.read_bytes += amount
            return b" " * amount

    body = Endless()

    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(Canned(200, body)).order(218)

    assert body.read_bytes < 17 * 1024 * 1024


def test_a_body_that_drips_is_given_up_after_its_time() -> None:
    clock = TurnableClock()

    class Dripping(io.RawIOBase):
        drops = 0

        def readable(self) -> bool:
            return True

        def read1(self, _amount: int) -> bytes:
            self.drops += 1
            clock.advance(7)
            return b" "

    body = Dripping()

    with pytest.raises(AnswerLost, match="nonsense_answer"):
        a_store(InProcess(lambda _request: Canned(200, body)), clock=clock).put_order(
            218, status_id=5
        )

    assert body.drops == 3  # 20 s are over after three times seven


# --- errors


def test_what_the_store_says_is_kept_for_a_person() -> None:
    message = "The field 'status_id' is invalid."

    with pytest.raises(Refused) as raised:
        answering(of_json([{"status": 400, "message": message}], 400)).put_order(218, status_id=5)

    assert (raised.value.http_status, raised.value.message) == (400, message)


def test_a_missing_order_is_not_found() -> None:
    body = [{"status": 404, "message": "The requested resource was not found."}]

    with pytest.raises(NotFound, match="The requested resource was not found"):
        answering(of_json(body, 404)).order(218)


def test_a_403_stops_the_store_on_orders_and_is_one_refusal_elsewhere() -> None:
    store = answering(of_json({"status": 403, "title": "Scope"}, 403))

    with pytest.raises(StoreUnauthorised) as stopped:
        store.order(218)
    with pytest.raises(StoreUnauthorised):
        store.put_order(218, status_id=7)
    assert (stopped.value.store, stopped.value.http_status) == ("abc123", 403)
    for resource in ("transactions", "products", "shipments", "statuses"):
        with pytest.raises(Refused) as refused:
            READS[resource](store)
        assert refused.value.http_status == 403


def test_a_redirect_is_neither_followed_nor_read() -> None:
    headers = {"Location": "http://[nonsense"}
    adapter = InProcess(lambda _request: Canned(301, b"", headers))

    with pytest.raises(ConfigurationError, match="api_url answers 301"):
        a_store(adapter).order(218)

    assert len(adapter.requests) == 1


def test_a_429_surely_made_nothing_and_says_how_long_to_wait() -> None:
    store = answering(Canned(429, b"<h1>slow down</h1>", {"X-Retry-After": "12"}))

    with pytest.raises(TryAgain) as raised:
        store.put_order(218, status_id=5)

    assert not isinstance(raised.value, AnswerLost)
    assert (raised.value.reason, raised.value.http_status) == ("throttled", 429)
    assert raised.value.retry_after_s == pytest.approx(12, abs=0.1)


def test_after_a_429_the_next_call_waits_its_pause_out() -> None:
    clock = TurnableClock()
    answers = iter([Canned(429, b"", {"X-Retry-After": "12"}), of_json(an_order())])
    store = a_store(InProcess(lambda _request: next(answers)), clock=clock)
    with pytest.raises(TryAgain):
        store.order(218)

    store.order(218)

    assert sum(clock.waits) == pytest.approx(12, abs=0.1)


def test_a_write_does_not_wait_for_the_quota_since_its_look_would_grow_old() -> None:
    clock = TurnableClock()
    rates = {
        "X-Rate-Limit-Requests-Quota": "150",
        "X-Rate-Limit-Requests-Left": "30",
        "X-Rate-Limit-Time-Reset-Ms": "9000",
        "X-Rate-Limit-Time-Window-Ms": "30000",
    }
    adapter = InProcess(lambda _request: of_json(an_order(), headers=rates))
    store = a_store(adapter, clock=clock)
    store.order(218)

    with pytest.raises(TryAgain) as raised:
        store.put_order(218, status_id=5)

    assert not isinstance(raised.value, AnswerLost)
    assert raised.value.reason == "quota"
    assert raised.value.retry_after_s == pytest.approx(9, abs=0.1)
    assert clock.waits == ()
    assert len(adapter.requests) == 1


def test_the_wait_that_a_503_asks_for_is_passed_on() -> None:
    with pytest.raises(TryAgain) as raised:
        answering(Canned(503, b"", {"X-Retry-After": "90"})).order(218)

    assert (raised.value.retry_after_s, raised.value.http_status) == (90.0, 503)


# --- secrecy


def failures() -> list[Canned | Exception]:
    """Return every kind of failure, each of which shows the token where it can."""
    request = requests.Request("GET", "https://x", {"X-Auth-Token": TOKEN}).prepare()
    lost = requests.ConnectionError(urllib3.exceptions.ProtocolError(TOKEN), request=request)
    statuses = (301, 400, 401, 403, 404, 409, 422, 429, 500, 503, 507)
    bodies = (f'[{{"message": "bad token {TOKEN}"}}]'.encode(), f"<p>{TOKEN}".encode())
    said = [Canned(status, body) for status in statuses for body in bodies]
    return [lost, Canned(200, b"nonsense"), *said]


@pytest.mark.parametrize("failure", failures(), ids=lambda failure: str(failure)[:40])
def test_no_exception_shows_the_token_or_drags_the_request_along(
    failure: Canned | Exception, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = answering(failure)

    with pytest.raises(OrderwardenError) as raised:
        store.put_order(218, status_id=5)

    error = raised.value
    assert TOKEN not in "".join(traceback.format_exception(error))
    assert TOKEN not in repr(error) + repr(vars(error)) + repr(store) + caplog.text
    assert error.__cause__ is None
    assert error.__context__ is None or type(error.__context__).__module__.startswith(
        "orderwarden"
    )


def test_an_e_mail_address_in_an_error_is_struck_out() -> None:
    body = of_json([{"status": 409, "message": "jane.doe@example.com exists already"}], 409)

    with pytest.raises(Refused) as raised:
        answering(body).put_order(218, status_id=5)

    assert raised.value.message == "[e-mail] exists already"


# --- threads


def test_many_threads_share_one_client() -> None:
    adapter = InProcess(lambda request: of_json(an_order(int(str(request.url).rsplit("/")[-1]))))
    store = a_store(adapter)
    wrong: list[int] = []

    def read(first: int) -> None:
        wrong.extend(n for n in range(first, first + 50) if store.order(n).value.id != n)

    threads = [threading.Thread(target=read, args=(1000 * number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert len(adapter.requests) == 400


def test_a_client_leaves_nothing_behind() -> None:
    store = answering(of_json(an_order()))
    store.order(218)

    store.close()
    del store

    assert gc.collect() >= 0  # a connection left open would warn, and warnings are errors
