"""What two conditions have to do with each other is proved, never guessed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.facts import Facts
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.model import All, AnyOf, Condition, Not, Test
from orderwarden.domain.rules.overlap import (
    by_reading,
    exclude_each_other,
    implies,
    is_never_true,
)
from orderwarden.domain.rules.truth import Truth
from rule_builders import an_order, some_facts


def total(operator: str, *operands: int, unit: str = "") -> Test:
    return Test("total", operator, tuple(map(Decimal, operands)), unit)


def exclude(one: Condition, other: Condition) -> bool:
    return exclude_each_other(by_reading(one), by_reading(other))


WIRE = Test("payment_method", "is", ("Wire",))
CASH = Test("payment_method", "is", ("cash",))
PAID = Test("paid", "is", (True,))
UNPAID = Test("paid", "is", (False,))
SHIPPED = Test("status", "is", (2,))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (All((total("over", 5), total("under", 5))), True),
        (All((total("at_least", 5), total("at_most", 5))), False),
        (All((total("over", 5), total("under", 6))), False),
        (All((Test("items", "over", (5,)), Test("items", "under", (6,)))), True),
        (All((WIRE, CASH)), True),
        (All((WIRE, Test("payment_method", "is_not", ("WIRE",)))), True),
        (All((WIRE, Test("payment_method", "contains", ("ash",)))), True),
        (All((Test("payment_method", "contains", ("a",)), WIRE)), True),
        (All((Test("payment_method", "starts_with", ("wi",)), WIRE)), False),
        (All((PAID, UNPAID)), True),
        (All((PAID, AnyOf((UNPAID, WIRE)))), False),
        (All((total("over", 5, unit="USD"), total("under", 5, unit="EUR"))), False),
        (All((Test("skus", "is", ("A",)), Test("skus", "is", ("B",)))), False),
        (All((SHIPPED, Test("status", "not_in", (2, 3)))), True),
        (All((Test("age", "over", (60,)), Test("age", "at_most", (60,)))), True),
        (WIRE, False),
    ],
)
def test_contradictions_are_seen(condition: Condition, expected: bool) -> None:
    assert is_never_true(condition) is expected


@pytest.mark.parametrize(
    ("special", "general", "expected"),
    [
        (total("over", 10), total("over", 5), True),
        (total("over", 5), total("over", 10), False),
        (total("between", 6, 9), total("over", 5), True),
        (total("is", 7), total("in", 7, 8), True),
        (All((total("over", 10), PAID)), total("over", 5), True),
        (total("over", 10), All((total("over", 5), PAID)), False),
        (WIRE, Test("payment_method", "in", ("Wire", "Cash")), True),
        (WIRE, Test("payment_method", "is_not", ("Cash",)), True),
        (WIRE, Test("payment_method", "contains", ("ir",)), True),
        (
            Test("payment_method", "not_in", ("a", "b")),
            Test("payment_method", "is_not", ("a",)),
            True,
        ),
        (Test("payment_method", "is_not", ("a",)), WIRE, False),
        (Not(WIRE), Not(WIRE), True),
        (Not(WIRE), WIRE, False),
        (All((Not(WIRE), PAID)), Not(WIRE), True),
        (Test("skus", "is", ("A",)), Test("skus", "in", ("A", "B")), False),
        (Test("skus", "is", ("A",)), Test("skus", "is", ("A",)), True),
        (Test("status_for", "over", (9,)), Test("status_for", "over", (5,)), False),
        (SHIPPED, Test("status", "in", (2, 3)), True),
        (total("over", 10, unit="USD"), total("over", 5), False),
    ],
)
def test_one_condition_may_follow_from_another(
    special: Condition, general: Condition, expected: bool
) -> None:
    assert implies(special, general) is expected


CREATED, MODIFIED = an_order().date_created, an_order().date_modified

amounts = st.integers(0, 4).map(Decimal)
field_tests = st.one_of(
    st.builds(
        lambda operator, operand: Test("total", operator, (operand,)),
        st.sampled_from(["is", "is_not", "over", "under", "at_least", "at_most"]),
        amounts,
    ),
    st.builds(
        lambda operator, operand: Test("items", operator, (operand,)),
        st.sampled_from(["over", "at_most"]),
        st.integers(0, 4),
    ),
    st.builds(
        lambda operator, operands: Test("payment_method", operator, tuple(operands)),
        st.sampled_from(["in", "not_in"]),
        st.lists(st.sampled_from(["a", "ab", "b"]), min_size=1, max_size=2),
    ),
    st.builds(
        lambda operator, operand: Test("payment_method", operator, (operand,)),
        st.sampled_from(["contains", "starts_with", "is"]),
        st.sampled_from(["a", "ab", "b"]),
    ),
    st.builds(
        lambda operator, days: Test("status_for", operator, (days,)),
        st.sampled_from(["over", "at_least", "under"]),
        st.integers(0, 3),
    ),
)
conditions = st.one_of(
    field_tests,
    st.lists(field_tests, min_size=1, max_size=3).map(lambda parts: All(tuple(parts))),
    field_tests.map(Not),
)
orders = st.builds(
    lambda total, items, method, seconds, is_seen: some_facts(
        an_order(total_inc_tax=total, items_total=items, payment_method=method),
        age=timedelta(seconds=seconds) + MODIFIED - CREATED,
        status_since=MODIFIED if is_seen else None,
    ),
    st.sampled_from(["0", "1", "2.5", "3", "4", None]),
    st.sampled_from([0, 1, 2, 3, 4, None]),
    st.sampled_from(["a", "ab", "b", "c", "aba", None]),
    st.integers(0, 4),
    st.booleans(),
)


@given(conditions, conditions, orders)
def test_what_is_claimed_of_two_conditions_holds_for_every_order(
    one: Condition, other: Condition, facts: Facts
) -> None:
    first, second = evaluate(one, facts).truth, evaluate(other, facts).truth

    if exclude(one, other):
        assert Truth.TRUE not in {first} & {second}
    if implies(one, other) and first is Truth.TRUE:
        assert second is Truth.TRUE
    if is_never_true(one):
        assert first is not Truth.TRUE
