"""Tests and readings in words, and the reason of a change that is made of them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from orderwarden.domain.facts import UNREADABLE, Resource
from orderwarden.domain.reason import LONGEST, reason_of
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.kinds import BUSINESS_DAYS
from orderwarden.domain.rules.model import All, AnyOf, Condition, Not, Test
from orderwarden.domain.rules.readings import AtLeast, Reading
from orderwarden.domain.rules.wording import (
    condition_words,
    reading_words,
    why_unknown,
    words_of_test,
)
from rule_builders import an_order, some_facts


@pytest.mark.parametrize(
    ("test", "words"),
    [
        (Test("status", "in", (7, 11)), "status in Awaiting Payment, Awaiting Fulfillment"),
        (Test("total", "over", (Decimal(500),), "USD"), "total over 500 USD"),
        (Test("total", "is", (Decimal("49.9"),)), "total is 49.9"),
        (Test("age", "between", (3_600, 129_600)), "age between 1h, 1d 12h"),
        (Test("age", "at_least", (172_800,), BUSINESS_DAYS), "age at_least 2 business days"),
        (Test("time_of_day", "between", (79_200, 21_660)), "time_of_day between 22:00, 06:01"),
        (Test("paid", "is", (False,)), "paid is false"),
        (Test("coupons", "exists", (True,)), "coupons exists true"),
        (Test("payment_status", "is", ("",)), 'payment_status is ""'),
        (Test("channel", "is_not", (2,)), "channel is_not 2"),
        (Test("meta.erp.state", "contains", ("do",)), "meta.erp.state contains do"),
    ],
)
def test_a_test_is_told_as_a_rule_file_has_it(test: Test, words: str) -> None:
    assert words_of_test(test) == words


def test_a_condition_is_told_in_one_line() -> None:
    shipped, old = Test("status", "is", (2,)), Test("age", "over", (86_400,))
    condition: Condition = All((shipped, Not(AnyOf((old, shipped)))))

    assert condition_words(condition) == (
        "all of (status is Shipped; not (any of (age over 1d; status is Shipped)))"
    )


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("status", 7, "Awaiting Payment"),
        ("total", Decimal("69.8400"), "69.8400"),
        ("age", 46_800, "13 h"),
        ("status_for", AtLeast(46_800), "13 h or more"),
        ("time_of_day", 79_200, "22:00"),
        ("paid", True, "true"),
        ("skus", ("A", None), "A, unknown"),
        ("skus", (), "none"),
        ("payment_status", "", '""'),
        ("previous_status", None, "unknown"),
        ("coupons", UNREADABLE, "not to be read"),
        ("coupons", Resource.COUPONS, "not looked at"),
    ],
)
def test_what_was_seen_is_told(field: str, value: Reading, words: str) -> None:
    assert reading_words(field, value) == words


def test_a_reason_tells_what_the_true_tests_saw() -> None:
    shipped, old = Test("status", "is", (7,)), Test("age", "over", (86_400,))
    facts = some_facts(age=timedelta(hours=30))

    trace = evaluate(All((shipped, old, shipped)), facts).trace

    assert reason_of(trace) == "status is Awaiting Payment; age is 1 d 6 h"


def test_a_reason_keeps_to_itself_what_may_be_personal() -> None:
    order = an_order(staff_notes="Ring Mrs Doe, 555-1234")
    test = Test("staff_notes", "contains", ("ring",))

    assert reason_of(evaluate(test, some_facts(order)).trace) == "staff_notes fits"


def test_a_reason_is_never_long() -> None:
    order = an_order(payment_method="x" * 5_000)
    tests = [Test("payment_method", "is_not", (str(n),)) for n in range(500)]

    told = reason_of(evaluate(All(tuple(tests)), some_facts(order)).trace)

    assert told == f"payment_method is {'x' * 100}"
    assert len(told) < LONGEST


@pytest.mark.parametrize(
    ("test", "why"),
    [
        (Test("previous_status", "is", (7,)), "no event says it, as in a sweep"),
        (Test("total", "over", (Decimal(5),), "EUR"), "the order is in USD"),
        (Test("coupons", "is", ("A",)), "the store does not let coupons be read"),
        (
            Test("out_of_stock", "is", (True,)),
            "the store does not let products and inventory be read",
        ),
        (Test("age", "over", (5,), BUSINESS_DAYS), "the order does not say"),
    ],
)
def test_it_is_told_why_something_is_unknown(test: Test, why: str) -> None:
    facts = some_facts(products=UNREADABLE, inventory=UNREADABLE, coupons=UNREADABLE)

    assert why_unknown(test, facts) == why
