"""Rows of the store's lists: what is tolerated, and what is not guessed at."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from orderwarden.adapters import bigcommerce_parse as parse
from orderwarden.adapters.bigcommerce_call import Reply
from orderwarden.domain.order import date, whole
from orderwarden.errors import Rejected

LINE = {"id": 240, "order_id": 218, "type": "digital", "quantity": 4, "quantity_shipped": 1}
PARCEL = {"id": 11, "order_id": 218, "items": [{"order_product_id": 194, "quantity": 1}]}
PAYMENT = {"id": 85, "order_id": "218", "event": "capture", "status": "ok", "amount": 69.84}
MISSING = object()


def changed(row: dict[str, object], key: str, value: object) -> dict[str, object]:
    """Return a row with one value changed, or left out."""
    return {k: v for k, v in {**row, key: value}.items() if v is not MISSING}


def test_a_line_without_refunds_has_none() -> None:
    line = parse.order_line(LINE, 218)

    assert (line.id, line.type) == (240, "digital")
    assert (line.quantity, line.quantity_shipped, line.quantity_refunded) == (4, 1, 0)


def test_numbers_of_a_line_may_come_as_text() -> None:
    row = {**LINE, "id": "240", "order_id": "218", "quantity": "4", "quantity_refunded": "2"}

    line = parse.order_line(row, 218)

    assert (line.id, line.quantity, line.quantity_refunded) == (240, 4, 2)
    assert line.raw is row


@pytest.mark.parametrize("value", [MISSING, None, "", {}])
def test_a_line_without_a_type_must_be_shipped(value: object) -> None:
    assert parse.order_line(changed(LINE, "type", value), 218).type == "physical"


@pytest.mark.parametrize("value", [-1, 1.5, True, ["physical"]])
def test_a_type_that_is_no_text_is_not_guessed_at(value: object) -> None:
    with pytest.raises(Rejected):
        parse.order_line(changed(LINE, "type", value), 218)


@pytest.mark.parametrize("key", ["id", "quantity", "quantity_shipped"])
@pytest.mark.parametrize("value", [MISSING, None, "", -1, 1.5, True, [], {}])
def test_a_line_is_not_guessed_at(key: str, value: object) -> None:
    with pytest.raises(Rejected):
        parse.order_line(changed(LINE, key, value), 218)


@pytest.mark.parametrize("value", ["many", -1, 1.5, True, []])
def test_a_refunded_quantity_that_makes_no_sense_is_not_taken_for_none(value: object) -> None:
    with pytest.raises(Rejected):
        parse.order_line(changed(LINE, "quantity_refunded", value), 218)


@pytest.mark.parametrize("items", [MISSING, None, {}, []])
def test_a_shipment_may_hold_nothing(items: object) -> None:
    shipment = parse.shipment(changed(PARCEL, "items", items), 218)

    assert shipment.quantities == {}


@pytest.mark.parametrize(
    ("number", "read"), [(MISSING, ""), (None, ""), ("", ""), ("EJ1", "EJ1"), (771, "771")]
)
def test_a_tracking_number_is_text(number: object, read: str) -> None:
    assert parse.shipment(changed(PARCEL, "tracking_number", number), 218).tracking_number == read


@pytest.mark.parametrize(
    "items", [[{}], [None], ["194"], "194", {"a": 1}, [{"order_product_id": 1, "quantity": -1}]]
)
def test_the_items_of_a_shipment_are_not_guessed_at(items: object) -> None:
    with pytest.raises(Rejected):
        parse.shipment(changed(PARCEL, "items", items), 218)


def test_a_transaction_needs_no_more_than_id_event_and_status() -> None:
    payment = parse.transaction({"id": 85, "event": "capture", "status": "ok"}, 218)

    assert (payment.id, payment.event, payment.status) == ("85", "capture", "ok")
    assert (payment.amount, payment.currency) == (None, "")
    assert (payment.is_test, payment.reference_id) == (False, None)


@pytest.mark.parametrize(
    ("amount", "read"),
    [(69.84, Decimal("69.84")), ("69.8400", Decimal("69.84")), (7, Decimal(7)), ("", None)],
)
def test_amounts_are_decimals(amount: object, read: Decimal | None) -> None:
    assert parse.transaction(changed(PAYMENT, "amount", amount), 218).amount == read


@pytest.mark.parametrize(("follows", "read"), [(84, "84"), ("84", "84"), (None, None), ({}, None)])
def test_a_transaction_may_follow_another(follows: object, read: str | None) -> None:
    row = changed(PAYMENT, "reference_transaction_id", follows)

    assert parse.transaction(row, 218).reference_id == read


@pytest.mark.parametrize("key", ["id", "event", "status"])
@pytest.mark.parametrize("value", [MISSING, None, "", True, 1.5, {}])
def test_a_transaction_is_not_guessed_at(key: str, value: object) -> None:
    with pytest.raises(Rejected):
        parse.transaction(changed(PAYMENT, key, value), 218)


@pytest.mark.parametrize("order_id", [219, "219", None, "", "x"])
def test_a_row_that_names_another_order_or_none_is_rejected(order_id: object) -> None:
    with pytest.raises(Rejected):
        parse.order_line({**LINE, "order_id": order_id}, 218)
    with pytest.raises(Rejected):
        parse.shipment({**PARCEL, "order_id": order_id}, 218)
    with pytest.raises(Rejected):
        parse.transaction({**PAYMENT, "order_id": order_id}, 218)


@pytest.mark.parametrize(
    "row", [{"id": 1}, {"system_label": "Pending"}, {"id": 1, "system_label": ""}]
)
def test_a_status_without_id_or_label_is_rejected(row: dict[str, object]) -> None:
    reply = Reply(200, [row], datetime(2026, 11, 21, tzinfo=UTC))

    with pytest.raises(Rejected):
        parse.statuses(reply)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
keys = st.sampled_from(
    [
        "id",
        "order_id",
        "type",
        "quantity",
        "quantity_shipped",
        "items",
        "event",
        "status",
        "amount",
    ]
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # to make the values, on a busy machine
@given(st.dictionaries(keys, json_values))
def test_every_row_is_read_or_rejected(row: dict[str, object]) -> None:
    for read in (parse.order_line, parse.shipment, parse.transaction):
        try:
            found = read(row, 218)
        except Rejected:
            continue
        assert found.raw is row


@given(st.text())
def test_every_text_is_a_date_or_none(text: str) -> None:
    at = date(text)

    assert at is None or at.tzinfo is UTC


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_dates_at_the_ends_of_the_calendar_are_none(text: str) -> None:
    assert date(text) is None


@pytest.mark.parametrize(
    ("value", "read"),
    [(7, 7), (0, 0), ("7", 7), ("007", 7), (-1, None), ("-1", None), ("", None), ("٣", None),
     (True, None), (7.0, None), ("9" * 19, None), (None, None)],
)  # fmt: skip
def test_whole_numbers_are_numbers_or_digits(value: object, read: int | None) -> None:
    assert whole(value) == read
