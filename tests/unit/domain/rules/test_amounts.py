"""`amount_paid`, `balance_due` and `refunded`, row by row.

The order's total is 69.84 USD, its method `Credit Card`, if a row does not say otherwise.
"""

from __future__ import annotations

from decimal import Decimal

import pytest
from orderwarden.domain.facts import UNREADABLE, Resource
from orderwarden.domain.money import paid
from orderwarden.domain.order import Transaction
from orderwarden.domain.order_parts import Refund
from orderwarden.domain.rules.fields import FIELDS
from rule_builders import MISSING, ODD_VALUES, a_transaction, an_order, some_facts

Row = tuple[dict[str, object], list[Transaction], str | None, str | None]

auth = a_transaction("authorization", key="auth")

ROWS = [
    # body, transactions, amount paid, balance due
    pytest.param({}, [], "0", "69.84", id="nothing"),
    pytest.param({}, [a_transaction()], "69.84", "0", id="a purchase of all"),
    pytest.param({}, [a_transaction(amount="40")], "40", "29.84", id="a part"),
    pytest.param(
        {}, [a_transaction(amount="40"), a_transaction(amount="29.84")], "69.84", "0", id="two"
    ),
    pytest.param({}, [a_transaction(amount="69.83")], "69.83", "0", id="a cent less is all"),
    pytest.param({}, [a_transaction(amount="69.82")], "69.82", "0.02", id="two cents are not"),
    pytest.param({}, [a_transaction(amount="80")], "80", "0", id="more than all"),
    pytest.param(
        {"store_credit_amount": "20.0000"},
        [a_transaction(amount="49.84")],
        "69.84",
        "0",
        id="store credit and card",
    ),
    pytest.param(
        {"gift_certificate_amount": "30"}, [], "30", "39.84", id="a gift certificate alone"
    ),
    pytest.param(
        {"store_credit_amount": "20"},
        [a_transaction(amount="20", method="store_credit")],
        "20",
        "49.84",
        id="credit told twice counts once",
    ),
    pytest.param(
        {}, [a_transaction(), a_transaction("settled")], "69.84", "0", id="settled is the same"
    ),
    pytest.param(
        {},
        [a_transaction(), a_transaction("refund", "20")],
        "49.84",
        "20",
        id="a part was refunded",
    ),
    pytest.param(
        {}, [a_transaction(), a_transaction("refund")], "0", "69.84", id="all was refunded"
    ),
    pytest.param({}, [a_transaction("refund")], None, None, id="more refunded than came in"),
    pytest.param({}, [a_transaction(test=True)], "0", "69.84", id="a test is no money"),
    pytest.param({}, [a_transaction(status="error")], "0", "69.84", id="an error is no money"),
    pytest.param({"payment_status": "authorized"}, [auth], "0", "69.84", id="authorized"),
    pytest.param(
        {"payment_status": "capture pending"}, [auth], None, None, id="a capture under way"
    ),
    pytest.param({"payment_status": "pending"}, [], None, None, id="a payment under way"),
    pytest.param({"payment_status": "held for review"}, [auth], None, None, id="in review"),
    pytest.param({"payment_status": "captured"}, [], None, "0", id="captured, no transaction"),
    pytest.param(
        {"payment_status": "captured"}, [a_transaction()], "69.84", "0", id="captured and told"
    ),
    pytest.param({"payment_status": None}, [], None, None, id="no payment status"),
    pytest.param({}, [a_transaction(currency="EUR")], None, None, id="another currency"),
    pytest.param({}, [a_transaction(amount=None)], None, None, id="no amount"),
    pytest.param(
        {}, [a_transaction(), a_transaction(amount=None)], None, "0", id="all came, and more"
    ),
    pytest.param({}, [a_transaction("refund", None)], None, None, id="a refund of how much"),
    pytest.param({}, [a_transaction("chargeback")], None, None, id="an odd event"),
    pytest.param({"payment_method": "Bank Deposit"}, [], None, None, id="an offline method"),
    pytest.param({"payment_method": "Moon Pay"}, [], None, None, id="an unknown method"),
    pytest.param(
        {"payment_method": "Bank Deposit"}, [a_transaction()], "69.84", "0", id="offline, all came"
    ),
    pytest.param({"total_inc_tax": MISSING}, [a_transaction()], "69.84", None, id="no total"),
    pytest.param(
        {"total_inc_tax": MISSING, "payment_status": "paid"}, [], None, "0", id="paid, no total"
    ),
    pytest.param({"total_inc_tax": "0.0000"}, [], "0", "0", id="a free order"),
]


@pytest.mark.parametrize(("body", "transactions", "received", "due"), ROWS)
def test_what_came_in_and_what_is_due(
    body: dict[str, object],
    transactions: list[Transaction],
    received: str | None,
    due: str | None,
) -> None:
    facts = some_facts(an_order(**body), transactions=tuple(transactions))

    assert FIELDS["amount_paid"].read(facts) == (None if received is None else Decimal(received))
    assert FIELDS["balance_due"].read(facts) == (None if due is None else Decimal(due))


@pytest.mark.parametrize(("body", "transactions", "received", "due"), ROWS)
def test_the_amounts_never_contradict_paid(
    body: dict[str, object],
    transactions: list[Transaction],
    received: str | None,
    due: str | None,
) -> None:
    facts = some_facts(an_order(**body), transactions=tuple(transactions))

    if paid(facts) is True:
        assert due in {"0", None}
    if paid(facts) is False:
        assert received == "0"


def test_the_amounts_ask_for_the_transactions_unless_the_body_decides() -> None:
    captured = some_facts(an_order(payment_status="captured"))

    assert FIELDS["amount_paid"].read(some_facts()) is Resource.TRANSACTIONS
    assert FIELDS["balance_due"].read(some_facts()) is Resource.TRANSACTIONS
    assert FIELDS["balance_due"].read(captured) == 0


def test_unreadable_transactions_leave_the_amounts_unknown() -> None:
    facts = some_facts(transactions=UNREADABLE)

    assert FIELDS["amount_paid"].read(facts) is None
    assert FIELDS["balance_due"].read(facts) is None


def a_refund(amount: str | None) -> Refund:
    return Refund(1, None if amount is None else Decimal(amount), raw={})


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [([], "0"), (["10", "5.50"], "15.50"), (["10", None], None)],
)
def test_refunds_add_up(amounts: list[str | None], expected: str | None) -> None:
    facts = some_facts(refunds=tuple(map(a_refund, amounts)))

    found = FIELDS["refunded"].read(facts)

    assert found == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize("value", [*ODD_VALUES, "", "10.0000"])
def test_the_bodys_own_refunded_amount_is_not_believed(value: object) -> None:
    facts = some_facts(an_order(refunded_amount=value))

    assert FIELDS["refunded"].read(facts) is Resource.REFUNDS
    unreadable = facts.with_resource(Resource.REFUNDS, UNREADABLE)
    assert FIELDS["refunded"].read(unreadable) is UNREADABLE
