"""Every answer that a webhook can get."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from fakes import NOON
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.authenticity import OWN_HEADER, Proof
from orderwarden.domain.signal import Trigger
from orderwarden.errors import ConfigurationError, TryAgain
from orderwarden.services.ingest import Ingested
from webhook_builders import (
    CLIENT_SECRET,
    FORGED,
    HOOK_SECRET,
    JUST_READ,
    OWN,
    STORE,
    CountedSecrets,
    Rig,
    a_body,
    signed,
)


def test_an_authentic_webhook_is_queued_and_answered_with_200() -> None:
    rig = Rig()

    answer = rig.post(signed(a_body()), a_body())

    signal = rig.queue.signals[0]
    assert answer == Ingested(
        http_status=200,
        code="queued",
        store=STORE,
        scope="store/order/updated",
        signal=signal,
        proof=Proof.SIGNATURE,
    )
    assert (signal.store, signal.order_id, signal.trigger) == (STORE, 250, Trigger.ORDER_UPDATED)
    assert signal.occurred_at == NOON - timedelta(seconds=5)
    assert len(rig.queue.signals) == 1


def test_a_duplicate_is_queued_again_under_the_same_receipt_key() -> None:
    rig = Rig()

    first = rig.post(signed(a_body(), sent_at=NOON - timedelta(seconds=60)), a_body())
    again = rig.post(signed(a_body(hash="another")), a_body(hash="another"))
    otherwise_proved = rig.post(OWN, a_body())

    assert {answer.code for answer in (first, again, otherwise_proved)} == {"queued"}
    assert len(rig.queue.signals) == 3
    assert len({signal.receipt_key for signal in rig.queue.signals}) == 1


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_unknown_store_gets_404_and_nobody_is_asked(method: str) -> None:
    rig = Rig()

    answer = rig.ingest.handle(method, "other", OWN, a_body(producer="stores/other"))

    assert answer == Ingested(404, "unknown_store")
    assert not rig.secrets.asked
    assert not rig.queue.signals


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "post", ""])
def test_other_methods_get_405(method: str) -> None:
    rig = Rig()

    answer = rig.ingest.handle(method, STORE, OWN, a_body())

    assert (answer.http_status, answer.code) == (405, "method")
    assert not rig.queue.signals


@pytest.mark.parametrize("size", [65_537, 2**20, 10**7])
def test_a_body_over_64_kib_gets_413_and_nobody_is_asked(size: int) -> None:
    rig = Rig()

    answer = rig.post(OWN, a_body().ljust(size))

    assert (answer.http_status, answer.code) == (413, "too_large")
    assert not rig.secrets.asked


def test_a_body_of_64_kib_is_read() -> None:
    assert Rig().post(OWN, a_body().ljust(65_536)).code == "queued"


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 50_000, a_body(), a_body(producer="x")])
@pytest.mark.parametrize("headers", [{}, FORGED, {"webhook-signature": "nonsense"}])
def test_what_is_not_authentic_gets_401_whatever_it_holds(
    headers: Mapping[str, str], body: bytes
) -> None:
    rig = Rig()

    answer = rig.post(headers, body)

    assert answer.http_status == 401
    assert not rig.queue.signals


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "not_json"),
        (b"\xff", "not_utf8"),
        (b"[" * 50_000, "too_deep"),
        (b"[]", "not_an_object"),
        (a_body(producer="stores/other"), "other_store"),
        (a_body(scope="store/order/invented"), "unknown_scope"),
        (a_body(scope="store/cart/converted"), "ignored_scope"),
        (a_body(data={"type": "order", "id": 10**30}), "impossible_id"),
        (a_body(created_at=-1), "impossible_time"),
    ],
)
def test_what_is_authentic_but_of_no_use_gets_200_and_is_not_queued(
    body: bytes, code: str
) -> None:
    rig = Rig()

    answer = rig.post(OWN, body)

    assert (answer.http_status, answer.code, answer.proof) == (200, code, Proof.HEADER)
    assert not rig.queue.signals


def test_the_scope_is_told_where_it_is_unknown() -> None:
    assert Rig().post(OWN, a_body(scope="store/order/invented")).scope == "store/order/invented"


ERRORS = [TryAgain("throttled"), ConfigurationError("no secret abc123/hooks")]


@pytest.mark.parametrize("error", ERRORS)
def test_a_queue_out_of_reach_gets_503(error: Exception) -> None:
    answer = Rig(queue_error=error).post(OWN, a_body())

    assert (answer.http_status, answer.code) == (503, "queue_out_of_reach")
    assert answer.signal is not None
    assert answer.signal.order_id == 250


@pytest.mark.parametrize("error", ERRORS)
def test_a_queue_out_of_reach_matters_only_to_what_would_be_queued(error: Exception) -> None:
    rig = Rig(queue_error=error)

    assert rig.post(FORGED, a_body()).http_status == 401
    assert rig.post(OWN, b"").http_status == 200


def an_exception(error_code: object) -> bytes:
    data = {"type": "webhook", "id": 123, "error_code": error_code, "message": "..."}
    return a_body(scope="store/hook/deliveryException", data=data)


@pytest.mark.parametrize(
    ("error_code", "code"),
    [(90001, "delivery_failing"), (90002, "hook_given_up"), (90003, "domain_blocked")],
)
def test_a_delivery_exception_is_told_and_not_queued(error_code: int, code: str) -> None:
    rig = Rig()

    answer = rig.ingest.handle_exception("POST", STORE, OWN, an_exception(error_code))

    assert (answer.http_status, answer.code, answer.error_code) == (200, code, error_code)
    assert answer.scope == "store/hook/deliveryException"
    assert not rig.queue.signals


@pytest.mark.parametrize(
    ("method", "store", "headers", "body", "expected"),
    [
        ("POST", "other", OWN, an_exception(90001), (404, "unknown_store")),
        ("GET", STORE, OWN, an_exception(90001), (405, "method")),
        ("POST", STORE, OWN, bytes(65_537), (413, "too_large")),
        ("POST", STORE, FORGED, an_exception(90001), (401, "wrong_header")),
        ("POST", STORE, OWN, an_exception(90009), (200, "unknown_error_code")),
        ("POST", STORE, OWN, a_body(), (200, "unknown_scope")),
        ("POST", STORE, OWN, b"", (200, "not_json")),
    ],
)
def test_delivery_exceptions_are_guarded_like_webhooks(
    method: str, store: str, headers: Mapping[str, str], body: bytes, expected: tuple[int, str]
) -> None:
    rig = Rig()

    answer = rig.ingest.handle_exception(method, store, headers, body)

    assert (answer.http_status, answer.code) == expected
    assert answer.error_code is None
    assert not rig.queue.signals


def test_no_answer_shows_a_secret_or_what_the_body_says() -> None:
    data = {"type": "order", "id": 250, "email": "jane@example.com"}
    bodies = [a_body(data=data), a_body(scope="jane@example.com"), b"jane@example.com"]
    both = {**signed(bodies[0]), **OWN}
    rigs = [
        Rig(),
        Rig(queue_error=TryAgain("throttled")),
        Rig(CountedSecrets(TryAgain("throttled"))),
    ]

    shown = "".join(
        repr(rig.post(headers, body)) for rig in rigs for headers in (both, {}) for body in bodies
    )

    for private in (CLIENT_SECRET, HOOK_SECRET, both["webhook-signature"], "jane", "example.com"):
        assert private not in shown


def test_a_secret_of_any_characters_does_no_harm() -> None:
    odd = replace(JUST_READ, client_secrets=("é\ud800", ""), hook_secrets=("é\ud800", ""))

    assert Rig(CountedSecrets(odd)).post({OWN_HEADER: "é\ud800"}, a_body()).code == "queued"
    assert Rig(CountedSecrets(odd)).post({OWN_HEADER: ""}, a_body()).http_status == 401


HEADER_NAMES = st.text() | st.sampled_from([*signed(b""), OWN_HEADER.lower()])
HEADER_VALUES = st.text() | st.sampled_from([*signed(b"").values()])
METHODS = st.text().filter(lambda method: method != "POST")


@given(METHODS, st.dictionaries(HEADER_NAMES, HEADER_VALUES), st.binary(min_size=1))
def test_no_stranger_gets_anything_but_401_404_or_405(
    method: str, headers: dict[str, str], body: bytes
) -> None:
    rig = Rig(CountedSecrets())

    assert rig.post(headers, body).http_status == 401
    assert rig.ingest.handle(method, method, headers, body).http_status == 404
    assert rig.ingest.handle(method, STORE, headers, body).http_status == 405
    assert not rig.queue.signals


@given(st.binary() | st.binary().map(lambda junk: a_body()[:-1] + junk))
def test_no_authentic_bytes_get_anything_but_200(body: bytes) -> None:
    rig = Rig()

    answers = [rig.post(OWN, body), rig.ingest.handle_exception("POST", STORE, OWN, body)]

    assert [answer.http_status for answer in answers] == [200, 200]


def test_ingest_starts_without_anything_heavy() -> None:
    heavy = {
        *("asyncio", "decimal", "email.utils", "http", "logging", "requests", "socket"),
        *("sqlite3", "ssl", "standardwebhooks", "starlette", "urllib", "yaml"),
    }
    program = "import sys, orderwarden.services.ingest; print(*sys.modules)"

    loaded = subprocess.run(  # noqa: S603 (this very interpreter)
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout.split()

    assert "orderwarden.services.ingest" in loaded
    assert not heavy & set(loaded)
