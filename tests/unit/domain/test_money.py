"""The truth table of `paid`, `authorized` and of the check before a danger, row by row."""

from __future__ import annotations

from decimal import Decimal

import pytest
from orderwarden.domain.facts import UNREADABLE, Facts, Fetched, Resource
from orderwarden.domain.money import (
    amount_paid,
    authorized,
    is_test_order,
    money_taken_or_authorised,
    paid,
    refunded,
)
from orderwarden.domain.order_parts import Refund
from orderwarden.domain.rules.truth import Truth
from rule_builders import MISSING, ODD_VALUES, a_transaction, an_order, some_facts

purchase = a_transaction
"""The order of these tests costs 69.84 USD, and so does a purchase unless it says otherwise."""


def with_money(*transactions: object, **order: object) -> Facts:
    return some_facts(an_order(**order), transactions=tuple(transactions))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", ["captured", "paid", "Captured", " paid "])
def test_a_captured_or_paid_order_is_paid_without_a_call(status: str) -> None:
    facts = some_facts(an_order(payment_status=status))

    assert paid(facts) is True


def test_any_other_order_needs_its_transactions() -> None:
    assert paid(some_facts()) is Resource.TRANSACTIONS
    assert authorized(some_facts()) is Resource.TRANSACTIONS


def test_unreadable_transactions_leave_everything_unknown() -> None:
    facts = some_facts(transactions=UNREADABLE)

    assert paid(facts) is None
    assert authorized(facts) is None
    assert money_taken_or_authorised(facts) is Truth.UNKNOWN


@pytest.mark.parametrize(
    "transactions",
    [
        pytest.param([purchase()], id="one purchase"),
        pytest.param([purchase("capture", of="9")], id="one capture"),
        pytest.param([purchase("settled")], id="one settled"),
        pytest.param([purchase(amount="40"), purchase(amount="29.84")], id="two payments"),
        pytest.param([purchase(amount="69.83")], id="a cent less"),
        pytest.param([purchase(amount="80")], id="more"),
        pytest.param([purchase(amount="90"), purchase("refund", "20.16")], id="rest after refund"),
        pytest.param([purchase(), purchase(status="error")], id="paid at the second try"),
        pytest.param(
            [purchase(amount="40"), purchase("settled", "29.84", gateway="paypal")],
            id="two gateways, told in two ways",
        ),
        pytest.param([purchase(), purchase("settled")], id="told twice, and enough once"),
        pytest.param(
            [purchase("authorization", key="1"), purchase("capture", of="1")], id="auth, capture"
        ),
    ],
)
def test_money_that_reaches_the_total_pays(transactions: list[object]) -> None:
    assert paid(with_money(*transactions)) is True


@pytest.mark.parametrize(
    "transactions",
    [
        pytest.param([purchase(amount="69.82")], id="two cents less"),
        pytest.param([purchase(amount="40")], id="a part"),
        pytest.param([purchase(amount="40"), purchase("settled", "40")], id="one part told twice"),
        pytest.param([purchase(), purchase("refund", "10")], id="a part given back"),
        pytest.param([purchase(), purchase("refund", "-10")], id="given back, written negative"),
        pytest.param([purchase(), purchase("refund", None)], id="given back, who knows how much"),
        pytest.param([purchase(), purchase("refund", "10", currency="EUR")], id="in other money"),
        pytest.param([purchase(currency="EUR")], id="another currency"),
        pytest.param([purchase(amount=None)], id="no amount"),
        pytest.param([purchase("authorization")], id="only authorized"),
        pytest.param([purchase("pending")], id="only pending"),
        pytest.param([purchase(key="1"), purchase("void", of="1")], id="voided"),
        pytest.param([purchase(), purchase("void", of="77")], id="who knows what was voided"),
        pytest.param([purchase("chargeback")], id="an event nobody documents"),
        pytest.param([purchase(), purchase("chargeback")], id="paid, and then who knows"),
        pytest.param([purchase(status="held")], id="a status nobody documents"),
        pytest.param([purchase(test=True)], id="test money"),
    ],
)
def test_what_does_not_surely_reach_the_total_does_not_pay(transactions: list[object]) -> None:
    assert paid(with_money(*transactions)) is not True


def test_store_credit_and_gift_certificates_count() -> None:
    body = {"store_credit_amount": "20.0000", "gift_certificate_amount": "9.8400"}

    assert paid(with_money(purchase(amount="40"), **body)) is True
    assert paid(with_money(purchase(amount="39.98"), **body)) is None
    assert paid(with_money(gift_certificate_amount="69.8400")) is True


def test_credit_that_is_also_a_transaction_counts_once() -> None:
    credit = purchase(amount="35", method="store_credit", gateway="storecredit")

    assert paid(with_money(credit, store_credit_amount="35.0000")) is None
    assert paid(with_money(credit, purchase(amount="34.84"), store_credit_amount="35")) is True


def test_the_total_counts_in_the_currency_the_shopper_paid() -> None:
    shown_in_euro = {"currency_code": "EUR", "default_currency_code": "USD"}

    assert paid(with_money(purchase(currency="USD"), **shown_in_euro)) is True
    assert paid(with_money(purchase(currency="EUR"), **shown_in_euro)) is None


@pytest.mark.parametrize("status", ["", "declined", "void"])
def test_no_money_by_a_known_online_method_is_not_paid(status: str) -> None:
    assert paid(with_money(payment_status=status)) is False


@pytest.mark.parametrize(
    "transactions",
    [
        pytest.param([purchase(status="error")], id="declined"),
        pytest.param([purchase(test=True)], id="test money"),
        pytest.param([purchase("authorization", key="1"), purchase("void", of="1")], id="voided"),
        pytest.param([purchase("authorization", status="error")], id="never authorized"),
    ],
)
def test_transactions_that_moved_nothing_are_no_money(transactions: list[object]) -> None:
    facts = with_money(*transactions, payment_status="void")

    assert paid(facts) is False
    assert authorized(facts) is False
    assert money_taken_or_authorised(facts) is Truth.FALSE


@pytest.mark.parametrize(
    "method",
    [
        "Bank Deposit",
        "Cheque",
        "Money Order",
        "Cash on Delivery",
        "Purchase Order",
        "Manual",
        "Pay in Store",
        "Cash",
        "Wire",
        "Barter",
        "",
        MISSING,
        None,
        {},
    ],
)
def test_without_a_known_online_method_nothing_proves_it_unpaid(method: object) -> None:
    facts = with_money(payment_method=method)

    assert paid(facts) is None
    assert money_taken_or_authorised(facts) is Truth.UNKNOWN


@pytest.mark.parametrize(
    "status",
    [
        "partially refunded",
        "refunded",
        "void pending",
        "pending",
        "authorized",
        "capture pending",
        "held for review",
        "brand new",
        *ODD_VALUES,
    ],
)
def test_any_other_payment_status_leaves_it_unknown(status: object) -> None:
    assert paid(with_money(payment_status=status)) is None


@pytest.mark.parametrize("key", ["store_credit_amount", "gift_certificate_amount"])
@pytest.mark.parametrize("value", [*ODD_VALUES, "", "n/a", "5.0000"])
def test_credit_that_is_there_or_unreadable_leaves_it_unknown(key: str, value: object) -> None:
    assert paid(with_money(**{key: value})) is None


@pytest.mark.parametrize("key", ["total_inc_tax", "default_currency_code"])
@pytest.mark.parametrize("value", [*ODD_VALUES, ""])
def test_without_total_or_currency_no_sum_pays(key: str, value: object) -> None:
    assert paid(with_money(purchase(), **{key: value})) is None


def test_the_merchants_own_offline_methods_go_before_the_known_lists() -> None:
    order = an_order(payment_method="PayPal")

    facts = some_facts(order, transactions=(), offline_methods=frozenset({" paypal"}))

    assert paid(facts) is None


@pytest.mark.parametrize("status", ["authorized", "capture pending", "held for review", "pending"])
def test_a_payment_status_authorizes_without_a_call(status: str) -> None:
    facts = some_facts(an_order(payment_status=status))

    assert authorized(facts) is True
    assert money_taken_or_authorised(facts) is Truth.TRUE


@pytest.mark.parametrize(
    ("transactions", "expected"),
    [
        pytest.param([], False, id="nothing"),
        pytest.param([purchase("authorization")], True, id="authorized"),
        pytest.param([purchase("pending")], True, id="pending"),
        pytest.param(
            [purchase("authorization", key="1"), purchase("capture", of="1")], False, id="captured"
        ),
        pytest.param(
            [purchase("authorization", key="1"), purchase("void", of="1")], False, id="voided"
        ),
        pytest.param(
            [purchase("pending", key="1"), purchase("settled", of="1")], False, id="settled"
        ),
        pytest.param(
            [purchase("authorization", key="1"), purchase("void", of="1", status="error")],
            True,
            id="could not be voided",
        ),
        pytest.param(
            [
                purchase("authorization", key="1"),
                purchase("authorization", key="2"),
                purchase("void", of="1"),
            ],
            True,
            id="one of two voided",
        ),
        pytest.param(
            [purchase("authorization"), purchase("void", of=None)],
            None,
            id="who knows what was voided",
        ),
        pytest.param([purchase("authorization", status="held")], None, id="an odd status"),
        pytest.param([purchase("authorization", test=True)], False, id="test money"),
        pytest.param([purchase()], False, id="bought at once"),
    ],
)
def test_an_order_is_authorized_while_a_hold_stands(
    transactions: list[object], expected: bool | None
) -> None:
    assert authorized(with_money(*transactions)) is expected


@pytest.mark.parametrize("status", ["brand new", *ODD_VALUES])
def test_without_a_known_payment_status_nothing_proves_it_unauthorized(status: object) -> None:
    assert authorized(with_money(payment_status=status)) is None
    assert authorized(with_money(purchase("authorization"), payment_status=status)) is True


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(with_money(purchase(amount="0.50")), id="a small part"),
        pytest.param(with_money(purchase(), purchase("refund")), id="given back since"),
        pytest.param(with_money(purchase(amount=None)), id="no amount"),
        pytest.param(with_money(purchase(currency="EUR")), id="another currency"),
        pytest.param(with_money(purchase("authorization")), id="authorized"),
        pytest.param(with_money(purchase("pending")), id="pending"),
        pytest.param(with_money(store_credit_amount="0.0100"), id="store credit"),
        pytest.param(with_money(gift_certificate_amount="5"), id="gift certificate"),
        pytest.param(some_facts(an_order(store_credit_amount="5")), id="before any call"),
        *(
            pytest.param(some_facts(an_order(payment_status=status)), id=status)
            for status in (
                "captured",
                "paid",
                "partially refunded",
                "refunded",
                "void pending",
                "held for review",
                "capture pending",
                "pending",
                "authorized",
            )
        ),
    ],
)
def test_any_trace_of_money_stops_a_danger(facts: Facts) -> None:
    assert money_taken_or_authorised(facts) is Truth.TRUE


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param(some_facts(), id="transactions not read"),
        pytest.param(with_money(purchase("chargeback")), id="an odd event"),
        pytest.param(with_money(purchase(status="held")), id="an odd status"),
        pytest.param(with_money(payment_status=MISSING), id="no payment status"),
        pytest.param(with_money(payment_status="brand new"), id="a new payment status"),
        pytest.param(with_money(store_credit_amount=None), id="credit unknown"),
        pytest.param(with_money(payment_method="Bank Deposit"), id="offline"),
    ],
)
def test_what_is_not_proved_leaves_the_danger_open(facts: Facts) -> None:
    assert money_taken_or_authorised(facts) is Truth.UNKNOWN


def test_a_rule_that_names_an_offline_method_may_judge_by_the_rest() -> None:
    facts = with_money(payment_method="Bank Deposit")
    with_credit = with_money(payment_method="Bank Deposit", store_credit_amount=None)

    assert money_taken_or_authorised(facts, any_method=True) is Truth.FALSE
    assert money_taken_or_authorised(with_credit, any_method=True) is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("method", "transactions", "expected"),
    [
        ("test payment gateway", None, True),
        ("Credit Card", None, Resource.TRANSACTIONS),
        ("Credit Card", (), False),
        ("Credit Card", (purchase(test=True),), True),
        ("Credit Card", UNREADABLE, None),
    ],
)
def test_an_order_is_a_test_by_its_method_or_a_transaction(
    method: str, transactions: Fetched | None, expected: object
) -> None:
    facts = some_facts(an_order(payment_method=method), transactions=transactions)

    assert is_test_order(facts) is expected


def test_more_given_back_than_came_in_is_not_told() -> None:
    facts = with_money(a_transaction("refund", "5.00"))

    assert amount_paid(facts) is None


def test_refunds_are_summed_up_only_where_each_tells_its_amount() -> None:
    known = Refund.from_json({"id": 1, "order_id": 218, "total_amount": 5})
    odd = Refund.from_json({"id": 2, "order_id": 218, "total_amount": None})

    assert refunded(some_facts(refunds=(known, known))) == Decimal(10)
    assert refunded(some_facts(refunds=(known, odd))) is None
