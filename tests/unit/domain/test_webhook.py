"""What of a body counts, and which bodies are refused without a fuss."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from fakes import NOON
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.scopes import SHAPES
from orderwarden.domain.signal import Signal
from orderwarden.domain.webhook import delivery_error, parse, signal_of
from orderwarden.errors import Rejected
from webhook_builders import CREATED_AT_S, ORDER, STORE, a_body


def without(key: str) -> bytes:
    envelope = json.loads(a_body())
    del envelope[key]
    return json.dumps(envelope).encode()


def signal_from(body: bytes) -> Signal:
    return signal_of(parse(body, STORE), NOON)


def reason_of(body: bytes) -> str:
    with pytest.raises(Rejected) as caught:
        signal_from(body)
    return caught.value.reason


def key_of(body: bytes) -> str:
    return parse(body, STORE).receipt_key


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not_json"),
        (b" ", "not_json"),
        (b"{", "not_json"),
        (b"\x00", "not_json"),
        (a_body() + b"x", "not_json"),
        (b"\xef\xbb\xbf" + a_body(), "not_json"),
        (a_body().decode().encode("utf-16"), "not_utf8"),
        (a_body().replace(b"order", b"\xff"), "not_utf8"),
        (a_body().replace(b"1025646", b"\xed\xa0\x80"), "not_utf8"),
        (a_body().replace(b"1025646", b"\x00"), "not_json"),
        (a_body().replace(b"250", b"NaN"), "not_json"),
        (a_body().replace(b"250", b"Infinity"), "not_json"),
        (a_body().replace(b"250", b"-Infinity"), "not_json"),
        (a_body().replace(b"250", b"9" * 5000), "not_json"),
        (a_body().replace(b"250", b"1e999"), "impossible_id"),
        (a_body().replace(b'"id": 250', b'"id": 250, "id": 251'), "duplicate_keys"),
        (a_body().replace(b'"scope"', b'"scope": "a", "scope"'), "duplicate_keys"),
        (b"[" * 50_000, "too_deep"),
        (a_body(data={"id": 250}).replace(b"250", b"[" * 30_000 + b"]" * 30_000), "too_deep"),
        (b"[]", "not_an_object"),
        (b"null", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b"250", "not_an_object"),
        (b"{}", "other_store"),
        (without("producer"), "other_store"),
        (a_body(producer="stores/other"), "other_store"),
        (a_body(producer="stores/ABC123"), "other_store"),
        (a_body(producer="stores/abc123\x00"), "other_store"),
        (a_body(producer=["stores/abc123"]), "other_store"),
        (without("scope"), "unknown_scope"),
        (a_body(scope=["store/order/updated"]), "unknown_scope"),
        (a_body(scope="store/order/\ud800"), "unknown_scope"),
        (a_body(scope="jane.doe@example.com"), "unknown_scope"),
        (a_body(scope="store/order/updated\n"), "unknown_scope"),
        (a_body(scope="store/order/invented"), "unknown_scope"),
        (a_body(scope="store/order/*"), "unknown_scope"),
        (a_body(scope="store/channel/x/order/created"), "unknown_scope"),
        (a_body(scope="x" * 129), "unknown_scope"),
        (a_body("store/cart/converted", {"orderId": 252}), "ignored_scope"),
        (a_body("store/channel/1/inventory/product/settings_changed"), "ignored_scope"),
        (a_body("store/hook/deliveryException"), "ignored_scope"),
        (without("data"), "no_data"),
        (a_body(data=[]), "no_data"),
        (a_body(data="250"), "no_data"),
    ],
)
def test_a_body_that_cannot_be_used_says_why(body: bytes, reason: str) -> None:
    assert reason_of(body) == reason


@pytest.mark.parametrize(
    "created_at",
    [
        *(0, -1, 10**11, 10**30, 10**4000, CREATED_AT_S + 306),
        *(1.7e9, True, False, "1700000000", "", [], {}),
    ],
)
def test_a_time_that_cannot_be_is_refused(created_at: object) -> None:
    assert reason_of(a_body(created_at=created_at)) == "impossible_time"


def test_a_store_clock_a_little_ahead_is_accepted() -> None:
    signal = signal_from(a_body(created_at=CREATED_AT_S + 305))

    assert signal.occurred_at == NOON + timedelta(seconds=300)


@pytest.mark.parametrize("body", [without("created_at"), a_body(created_at=None)])
def test_a_webhook_without_a_time_happened_when_it_came_and_keeps_its_key(body: bytes) -> None:
    webhook = parse(body, STORE)
    later = NOON + timedelta(hours=1)

    first, again = signal_of(webhook, NOON), signal_of(webhook, later)

    assert (first.occurred_at, again.occurred_at) == (NOON, later)
    assert first.receipt_key == again.receipt_key


def test_the_receipt_key_is_a_digest_of_producer_scope_time_and_data() -> None:
    status = {"previous_status_id": 7, "new_status_id": 11}
    body = a_body("store/order/statusUpdated", {**ORDER, "status": status}, created_at=1700000000)

    # sha256sum of: ["stores/abc123", "store/order/statusUpdated", 1700000000, {"id": 250,
    # "status": {"new_status_id": 11, "previous_status_id": 7}, "type": "order"}]
    assert key_of(body) == "wh-cbf3e5aa33f9bf759c6c1adcaf9bd5cab51f9ec0eee48432ed98e983c57ce894"


def test_hash_store_id_order_and_spacing_do_not_change_the_receipt_key() -> None:
    key = key_of(a_body())
    turned_round = json.dumps(dict(reversed(json.loads(a_body()).items())), indent=2).encode()

    assert key_of(turned_round) == key
    assert key_of(a_body(hash="another", store_id="1", new_key=[1])) == key
    assert key_of(without("hash")) == key
    assert key_of(a_body(data={"id": 250, "type": "order"})) == key


def test_whatever_tells_events_apart_changes_the_receipt_key() -> None:
    bodies = [
        a_body(),
        a_body("store/order/created"),
        a_body("store/channel/1/order/updated"),
        a_body("store/channel/2/order/updated"),
        a_body(created_at=CREATED_AT_S + 1),
        a_body(created_at=None),
        a_body(data={"type": "order", "id": 251}),
        a_body(data={"type": "order", "id": "250"}),
        a_body(data={"type": "order", "id": 250, "more": None}),
    ]
    elsewhere = parse(a_body(producer="stores/other"), "other").receipt_key

    assert len({elsewhere, *map(key_of, bodies)}) == len(bodies) + 1


def test_odd_characters_in_the_data_do_no_harm() -> None:
    signal = signal_from(a_body(data={**ORDER, "note": "\x00\ud800é😀"}))

    assert Signal.from_json(signal.to_json()) == signal


@pytest.mark.parametrize("code", [90001, 90002, 90003])
def test_a_delivery_exception_tells_its_code(code: int) -> None:
    data = {"type": "webhook", "id": 123, "error_code": code, "message": "..."}

    assert delivery_error(parse(a_body("store/hook/deliveryException", data), STORE)) == code


@pytest.mark.parametrize("code", [None, 0, 90004, "90001", 90001.0, True, [], {}])
def test_an_unknown_delivery_exception_is_refused(code: object) -> None:
    webhook = parse(a_body("store/hook/deliveryException", {"error_code": code}), STORE)

    with pytest.raises(Rejected, match="unknown_error_code"):
        delivery_error(webhook)


def test_another_scope_is_no_delivery_exception() -> None:
    with pytest.raises(Rejected, match="unknown_scope"):
        delivery_error(parse(a_body(data={"error_code": 90001}), STORE))


@given(st.binary())
def test_no_bytes_raise_anything_but_rejected(body: bytes) -> None:
    assert reason_of(body) in {"not_utf8", "not_json", "not_an_object", "other_store"}


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
JSON = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
KEYS = st.sampled_from(["id", "orderId", "order_id", "resource_id", "inventory", "status"])
DATA = JSON | st.dictionaries(KEYS, JSON | st.dictionaries(st.just("product_id"), LEAVES))


@given(st.sampled_from([*SHAPES]) | JSON, DATA, JSON)
def test_no_json_becomes_anything_but_a_sound_signal_or_rejected(
    scope: object, data: object, created_at: object
) -> None:
    try:
        signal = signal_from(a_body(scope, data, created_at=created_at))
    except Rejected:
        return

    assert Signal.from_json(signal.to_json()) == signal
    assert (signal.order_id or int(signal.resource_id or 0)) > 0
    assert signal.occurred_at <= NOON + timedelta(seconds=300)


def test_any_depth_is_read_or_refused() -> None:
    def outcome_at(depth: int) -> str:
        deep = b"[" * depth + b"]" * depth
        try:
            return str(signal_from(a_body(data={**ORDER, "x": 7}).replace(b"7}", deep + b"}")))
        except Rejected as error:
            return error.reason

    shallow, deep = outcome_at(10), {outcome_at(depth) for depth in (*range(800, 1100), 30_000)}

    assert "order_id=250" in shallow
    assert "too_deep" in deep
    assert all("order_id=250" in outcome for outcome in deep - {"too_deep"})


@pytest.mark.parametrize("order_id", [0, -250, 2**63])
def test_an_id_that_no_order_has_is_refused(order_id: int) -> None:
    envelope = json.loads(a_body())
    envelope["data"]["id"] = order_id

    assert reason_of(json.dumps(envelope).encode()) == "impossible_id"


@pytest.mark.parametrize("scope", ["store/order/\n", "store/order/ x", "x" * 129])
def test_a_scope_that_is_not_fit_for_a_log_is_refused_at_once(scope: str) -> None:
    envelope = json.loads(a_body()) | {"scope": scope}

    with pytest.raises(Rejected, match="unknown_scope"):
        parse(json.dumps(envelope).encode(), STORE)
