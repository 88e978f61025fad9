"""How money is given back, taken and let go of, as the client asks for it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from contracts.store.store_doubles import (
    Canned,
    InProcess,
    a_store,
    answering,
    body_of,
    of_json,
    written,
)
from orderwarden.domain.refunding import (
    RefundAmount,
    RefundOverride,
    RefundPayment,
    RefundUnits,
    TaxAdjustment,
)
from orderwarden.errors import Refused


def test_a_refund_is_asked_for_by_units_and_amounts_as_numbers() -> None:
    items = [
        RefundUnits(240, 1, reason="Broken"),
        RefundAmount(151, Decimal("10.20"), "SHIPPING"),
    ]
    payments = [RefundPayment("braintree", Decimal("21.83"), is_offline=False)]
    answer = {"data": {"id": 1, "order_id": 218, "payments": []}, "meta": {}}

    request = written(lambda store: store.refund(218, items, payments), answer, 201)

    assert request.method == "POST"
    assert str(request.url).endswith("/v3/orders/218/payment_actions/refunds")
    assert body_of(request) == {
        "items": [
            {"item_type": "PRODUCT", "item_id": 240, "quantity": 1, "reason": "Broken"},
            {"item_type": "SHIPPING", "item_id": 151, "amount": 10.2},
        ],
        "payments": [{"provider_id": "braintree", "amount": 21.83, "offline": False}],
    }
    assert b'"amount": 21.83,' in (request.body or b"")


def test_a_quote_tells_the_ways_in_which_money_can_go_back() -> None:
    method = {"provider_id": "braintree", "amount": 21.83, "offline": False, "offline_reason": ""}
    data = {
        "order_id": 218,
        "total_refund_amount": 21.83,
        "total_refund_tax_amount": 0.83,
        "refund_methods": [[method], [{**method, "provider_id": "cash", "offline": True}]],
    }

    quote = answering(of_json({"data": data, "meta": {}}, 201)).refund_quote(
        218, [RefundUnits(240, 1)]
    )

    assert (quote.value.total, quote.value.tax) == (Decimal("21.83"), Decimal("0.83"))
    assert quote.value.methods == (
        (RefundPayment("braintree", Decimal("21.83"), is_offline=False),),
        (RefundPayment("cash", Decimal("21.83"), is_offline=True),),
    )


def test_an_amount_that_no_number_of_json_says_is_never_sent() -> None:
    item = RefundAmount(218, Decimal("12345678901234567.89"), "ORDER")

    with pytest.raises(ValueError, match="too many digits"):
        answering(Canned()).refund_quote(218, [item])


A_REFUND = {"data": {"id": 1, "order_id": 218, "payments": []}, "meta": {}}
A_QUOTE = {"data": {"total_refund_amount": 1.99, "total_refund_tax_amount": 1.99}, "meta": {}}


def test_a_refund_may_have_the_merchants_own_sums() -> None:
    payment = RefundPayment("braintree", Decimal("9.99"), is_offline=False)
    override = RefundOverride(total=Decimal("9.99"), tax=Decimal("0"))

    request = written(
        lambda store: store.refund(218, [RefundUnits(240, 1)], [payment], override), A_REFUND
    )

    assert body_of(request) == {
        "items": [{"item_type": "PRODUCT", "item_id": 240, "quantity": 1}],
        "payments": [{"provider_id": "braintree", "amount": 9.99, "offline": False}],
        "merchant_calculated_override": {"total_amount": 9.99, "total_tax": 0.0},
    }


def test_tax_that_was_charged_too_much_is_quoted_and_given_back_by_itself() -> None:
    tax = TaxAdjustment(Decimal("1.99"))

    quoting = written(lambda store: store.refund_quote(218, tax), A_QUOTE, 201)
    refunding = written(lambda store: store.refund(218, tax, []), A_REFUND, 201)

    assert body_of(quoting) == body_of(refunding) == {"tax_adjustment_amount": 1.99}


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda store: store.refund_quote(218, []), "nothing to refund"),
        (lambda store: store.refund(218, [], []), "nothing to refund"),
        (
            lambda store: store.refund(
                218, TaxAdjustment(Decimal(1)), [RefundPayment("cash", Decimal(1), True)]
            ),
            "names no payments",
        ),
    ],
)
def test_a_refund_that_makes_no_sense_is_never_sent(
    act: Callable[[Any], object], message: str
) -> None:
    adapter = InProcess(lambda _request: Canned(500))

    with pytest.raises(ValueError, match=message):
        act(a_store(adapter))

    assert adapter.requests == []


@pytest.mark.parametrize("act", ["capture", "void"])
def test_a_capture_or_void_sends_no_body_and_wants_no_answer(act: str) -> None:
    request = written(lambda store: getattr(store, act)(218), {}, 201)

    assert request.method == "POST"
    assert str(request.url).endswith(f"/v3/orders/218/payment_actions/{act}")
    assert request.body is None


def test_what_the_store_says_of_a_refund_it_does_not_make_is_kept() -> None:
    body = {"data": [{"status": 422, "title": "Provided total does not match."}]}

    with pytest.raises(Refused, match="Provided total does not match"):
        answering(of_json(body, 422)).refund(218, [RefundUnits(240, 1)], [])
