"""What the client raises for errors, what it tells of them, and what it never tells."""

from __future__ import annotations

import io
import logging
import threading
import traceback

import pytest
import requests
import urllib3.exceptions
from contracts.store.store_doubles import (
    READS,
    TOKEN,
    WRITES,
    Canned,
    InProcess,
    a_store,
    an_order,
    answering,
    of_json,
)
from fakes import NOON, TurnableClock
from orderwarden.domain.hook import HookChanges, NewHook
from orderwarden.domain.refunding import RefundUnits
from orderwarden.errors import (
    AnswerLost,
    ConfigurationError,
    NotFound,
    OrderwardenError,
    Refused,
    StoreUnauthorised,
    TryAgain,
)
from orderwarden.ports import Answer


def test_what_the_store_says_is_kept_for_a_person() -> None:
    message = "The field 'status_id' is invalid."

    with pytest.raises(Refused) as raised:
        answering(of_json([{"status": 400, "message": message}], 400)).put_order(218, status_id=5)

    assert (raised.value.http_status, raised.value.message) == (400, message)


SHAPES: dict[str, tuple[bytes, str]] = {
    "v2 array": (b'[{"status": 1, "message": "Sorry."}]', "Sorry."),
    "v3 object": (b'{"status": 1, "title": "Sorry.", "type": "x", "errors": {}}', "Sorry."),
    "v3 fields": (b'{"title": "Sorry.", "errors": {"sku": "why"}}', "Sorry. / sku: why"),
    "v3 wrapped": (b'{"data": [{"order_id": 1, "error": "Sorry."}], "meta": {}}', "Sorry."),
    "problem+json": (
        b'{"type": "about:blank", "title": "Sorry.", "detail": "Why."}',
        "Sorry. / Why.",
    ),
    "html": (b"<html><style>p {}</style><title>Sorry.</title></html>", "Sorry."),
    "text": (b"Sorry.\r\n", "Sorry."),
    "empty": (b"", ""),
    "broken": (b'{"first_name": "Jane", "title": "Sor', ""),
}
"""Each shape of an error body, and what is told of it."""

CLASSES: list[tuple[int, type[OrderwardenError], type[OrderwardenError], str]] = [
    (301, ConfigurationError, ConfigurationError, ""),
    (400, Refused, Refused, ""),
    (401, StoreUnauthorised, StoreUnauthorised, ""),
    (403, StoreUnauthorised, StoreUnauthorised, ""),
    (404, NotFound, NotFound, ""),
    (405, Refused, Refused, ""),
    (406, Refused, Refused, ""),
    (409, Refused, Refused, ""),
    (413, Refused, Refused, ""),
    (415, Refused, Refused, ""),
    (422, Refused, Refused, ""),
    (423, TryAgain, TryAgain, "locked"),
    (429, TryAgain, TryAgain, "throttled"),
    (499, TryAgain, AnswerLost, "store_error"),
    (500, TryAgain, AnswerLost, "store_error"),
    (501, Refused, Refused, ""),
    (502, TryAgain, AnswerLost, "store_error"),
    (503, TryAgain, AnswerLost, "store_error"),
    (504, TryAgain, AnswerLost, "store_error"),
    (507, Refused, Refused, ""),
]
"""What a read and a write of an order fail with for each status, and the reason's code."""


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("status", "of_read", "of_write", "reason"), CLASSES)
def test_whatever_the_status_and_the_shape_the_stores_words_are_kept(
    status: int,
    of_read: type[OrderwardenError],
    of_write: type[OrderwardenError],
    reason: str,
    shape: str,
) -> None:
    body, words = SHAPES[shape]

    with pytest.raises(OrderwardenError) as of_order:
        answering(Canned(status, body)).order(218)
    with pytest.raises(OrderwardenError) as of_put:
        answering(Canned(status, body)).put_order(218, status_id=5)

    assert (of_order.type, of_put.type) == (of_read, of_write)
    for error in (of_order.value, of_put.value):
        is_short = isinstance(error, TryAgain)
        assert words in (error.detail if is_short else str(error))
        assert is_short is bool(reason)
        assert not isinstance(error, TryAgain) or (error.reason, str(error)) == (reason, reason)
        assert "Jane" not in str(error) + error.detail


@pytest.mark.parametrize("shape", SHAPES)
def test_a_403_on_what_not_all_depends_on_keeps_the_stores_words(shape: str) -> None:
    body, words = SHAPES[shape]

    with pytest.raises(Refused) as raised:
        answering(Canned(403, body)).transactions(218)

    assert (raised.value.http_status, raised.value.message) == (403, words)


def test_a_page_in_place_of_an_answer_says_why() -> None:
    page = b"<h1>We will be back soon</h1>"

    with pytest.raises(AnswerLost, match="nonsense_answer") as raised:
        answering(Canned(200, page)).put_order(218, status_id=5)

    assert raised.value.detail == "We will be back soon"


@pytest.mark.parametrize(
    "body",
    [
        b'[{"id": 1, "order_id": 218, "message": "Jane says", "x": NaN}]',
        b'{"message": "Jane says", "id',
        b"Notice: old<br>\n" + b'{"message": "Jane says"}',
    ],
)
def test_an_answer_that_makes_no_sense_is_not_told(body: bytes) -> None:
    with pytest.raises(TryAgain) as raised:
        answering(Canned(200, body)).messages(218)

    assert "Jane" not in raised.value.detail


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 409, 422, 429, 500, 503])
@pytest.mark.parametrize("page", ['[{"message": "%s"}]', "<p>%s</p>", "%s"])
def test_the_secret_header_of_a_hook_is_struck_out_of_every_message(
    status: int, page: str
) -> None:
    secret = "s3cr3t/of+the=hook"
    echo = page.replace("%s", f"bad header X-Own: {secret}, token {TOKEN}")
    headers = {"X-Own": secret}
    new = NewHook("store/order/*", "https://hooks.example.com/in", headers=headers)
    creating, changing = (answering(Canned(status, echo.encode())) for _ in range(2))

    with pytest.raises(OrderwardenError) as of_post:
        creating.create_hook(new)
    with pytest.raises(OrderwardenError) as of_put:
        changing.update_hook(9, HookChanges(headers=headers))

    for error in (of_post.value, of_put.value):
        told = "".join(traceback.format_exception(error)) + repr(vars(error))
        assert secret not in told
        assert TOKEN not in told


def test_a_missing_order_is_not_found() -> None:
    body = [{"status": 404, "message": "The requested resource was not found."}]

    with pytest.raises(NotFound, match="The requested resource was not found"):
        answering(of_json(body, 404)).order(218)


def test_a_403_stops_the_store_on_orders_and_is_one_refusal_elsewhere() -> None:
    store = answering(of_json({"status": 403, "title": "Scope"}, 403))
    stopped = set()

    for name, call in [*READS.items(), *WRITES.items()]:
        with pytest.raises((StoreUnauthorised, Refused), match="403") as raised:
            call(store)
        if raised.type is StoreUnauthorised:
            stopped.add(name)

    reads = {"order", "orders", "every_order", "count_orders"}
    assert stopped == reads | {"put_order", "update_order", "create_order"}


DEEDS = ("delete_metafield", "capture", "void", "delete_hook", "set_hook_emails")
"""Writes of whose answer nothing is needed but its status."""


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"OK", b'{"da', b"\xff"])
def test_a_deed_is_done_whatever_the_answer_holds(name: str, status: int, body: bytes) -> None:
    answer = WRITES[name](answering(Canned(status, body)))

    assert answer == Answer(None, NOON)


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize("body", [b"", b" \n", b"{}", b' {"data": null, "meta": {}}', b"[]"])
def test_a_deed_is_done_even_where_its_json_is_called_html(name: str, body: bytes) -> None:
    headers = {"Content-Type": "text/html; charset=UTF-8"}

    answer = WRITES[name](answering(Canned(201, body, headers)))

    assert answer == Answer(None, NOON)


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html", b"<html><h1>Log in to this network</h1></html>"),
        ("application/json", b"\n <!DOCTYPE html><h1>Log in to this network</h1>"),
        ("", b"\xef\xbb\xbf<h1>Log in to this network</h1>"),
        ("Text/HTML; charset=utf-8", b"Log in to this network"),
        ("application/xhtml+xml", b"Log in to this network"),
    ],
)
def test_a_page_with_a_success_is_no_proof_that_a_deed_was_done(
    name: str, content_type: str, body: bytes
) -> None:
    page = Canned(200, body, {"Content-Type": content_type} if content_type else {})

    with pytest.raises(AnswerLost, match="nonsense_answer") as raised:
        WRITES[name](answering(page))

    assert raised.value.detail == "Log in to this network"


class BreaksOff(io.RawIOBase):
    """A body of which nothing arrives but a reset."""

    def read1(self, _size: int = -1) -> bytes:
        raise ConnectionResetError


@pytest.mark.parametrize("name", DEEDS)
def test_a_page_that_breaks_off_is_no_proof_that_a_deed_was_done(name: str) -> None:
    page = Canned(201, BreaksOff(), {"Content-Type": "text/html"})

    with pytest.raises(AnswerLost, match="nonsense_answer"):
        WRITES[name](answering(page))


@pytest.mark.parametrize("name", DEEDS)
def test_a_deed_is_done_though_its_answer_breaks_off(name: str) -> None:
    cut = Canned(201, BreaksOff(), {"Content-Type": "application/json"})

    assert WRITES[name](answering(cut)) == Answer(None, NOON)


@pytest.mark.parametrize("name", [name for name in WRITES if name not in DEEDS])
@pytest.mark.parametrize("body", [b"<html>We will be back soon</html>", b"", b'{"da'])
def test_a_write_whose_answer_cannot_be_read_may_have_been_made(name: str, body: bytes) -> None:
    with pytest.raises(AnswerLost):
        WRITES[name](answering(Canned(200, body)))


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(
    "failure",
    [
        Canned(500),
        Canned(502, b"<h1>Bad Gateway</h1>"),
        requests.ReadTimeout("read timed out"),
        requests.ConnectionError(urllib3.exceptions.ProtocolError("reset")),
    ],
    ids=str,
)
def test_a_write_without_a_clear_answer_may_have_been_made(
    name: str, failure: Canned | Exception
) -> None:
    with pytest.raises(AnswerLost):
        WRITES[name](answering(failure))


@pytest.mark.parametrize("name", READS)
def test_a_read_without_a_clear_answer_is_made_again(name: str) -> None:
    with pytest.raises(TryAgain) as raised:
        READS[name](answering(Canned(500)))

    assert not isinstance(raised.value, AnswerLost)


def test_a_quote_without_a_clear_answer_is_asked_for_again_since_it_changes_nothing() -> None:
    with pytest.raises(TryAgain) as raised:
        answering(Canned(500)).refund_quote(218, [RefundUnits(240, 1)])

    assert not isinstance(raised.value, AnswerLost)


@pytest.mark.parametrize("name", WRITES)
def test_a_write_that_is_throttled_or_not_sent_was_not_made(name: str) -> None:
    unsent = requests.ConnectTimeout(urllib3.exceptions.ConnectTimeoutError("slow"))

    for failure in (Canned(429), Canned(423), unsent):
        with pytest.raises(TryAgain) as raised:
            WRITES[name](answering(failure))
        assert not isinstance(raised.value, AnswerLost)


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


def test_a_429_in_one_thread_makes_the_others_wait_whichever_client_they_have() -> None:
    clock = TurnableClock()
    answers = iter([Canned(429, b"", {"X-Retry-After": "12"}), of_json(an_order())])
    store = a_store(InProcess(lambda _request: next(answers)), clock=clock)
    told = store.telling(lambda: None)
    found: list[int] = []
    with pytest.raises(TryAgain):
        told.order(218)

    other = threading.Thread(target=lambda: found.append(store.order(218).value.id))
    other.start()
    other.join(30)

    assert found == [218]
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
