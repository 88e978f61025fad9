"""What the client raises for errors, what it tells of them, and what it never tells."""

from __future__ import annotations

import logging
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
from fakes import TurnableClock
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
    stopped = set()

    for name, call in [*READS.items(), *WRITES.items()]:
        with pytest.raises((StoreUnauthorised, Refused), match="403") as raised:
            call(store)
        if raised.type is StoreUnauthorised:
            stopped.add(name)

    reads = {"order", "orders", "every_order", "count_orders"}
    assert stopped == reads | {"put_order", "update_order", "create_order"}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize(
    "failure",
    [
        Canned(500),
        Canned(502, b"<h1>Bad Gateway</h1>"),
        requests.ReadTimeout("read timed out"),
        requests.ConnectionError(urllib3.exceptions.ProtocolError("reset")),
        Canned(200, b"<html>We will be back soon</html>"),
        Canned(200, b""),
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
