"""What a rule says of itself without any order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.inspect import (
    accepts_test_orders,
    is_dangerous,
    names_method,
    names_status,
    possible_previous,
    possible_statuses,
)
from orderwarden.domain.rules.model import All, AnyOf, Condition, Not, Test
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.statuses import NAMES
from rule_builders import a_rule, an_order, some_facts

AWAITING_PAYMENT, SHIPPED, COMPLETED = 7, 2, 10
OLD = Test("age", "over", (60,))
IS_7 = Test("status", "is", (7,))
IN_2_7 = Test("status", "in", (2, 7))
IN_7_10 = Test("status", "in", (7, 10))
NOT_7 = Test("status", "is_not", (7,))
FROM_2 = Test("previous_status", "is", (2,))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param(OLD, None, id="no status"),
        pytest.param(IS_7, {7}, id="one"),
        pytest.param(IN_2_7, {2, 7}, id="some"),
        pytest.param(NOT_7, set(NAMES) - {7}, id="all but one"),
        pytest.param(All((OLD, IN_2_7, IN_7_10)), {7}, id="both lists"),
        pytest.param(All((OLD, All((IN_2_7,)))), {2, 7}, id="all in all"),
        pytest.param(All((IS_7, NOT_7)), set(), id="never"),
        pytest.param(AnyOf((IS_7, Test("status", "is", (2,)))), {2, 7}, id="one or the other"),
        pytest.param(AnyOf((IS_7, OLD)), None, id="or something else"),
        pytest.param(Not(IN_2_7), set(NAMES) - {2, 7}, id="not some"),
        pytest.param(Not(AnyOf((IN_2_7, OLD))), set(NAMES) - {2, 7}, id="neither"),
        pytest.param(Not(All((IN_2_7, OLD))), None, id="not both"),
        pytest.param(All((FROM_2, OLD)), None, id="only the previous one"),
    ],
)
def test_the_statuses_in_which_a_rule_may_match(
    when: Condition, expected: set[int] | None
) -> None:
    possible = possible_statuses(a_rule(when))

    assert possible == (None if expected is None else frozenset(expected))


status_tests = st.builds(
    Test,
    st.just("status"),
    st.sampled_from(["in", "not_in"]),
    st.lists(st.sampled_from(sorted(NAMES)), min_size=1, max_size=4).map(tuple),
)
conditions = st.recursive(
    st.one_of(status_tests, st.just(OLD)),
    lambda parts: st.one_of(
        st.lists(parts, min_size=1, max_size=3).map(lambda found: All(tuple(found))),
        st.lists(parts, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found))),
        parts.map(Not),
    ),
    max_leaves=6,
)


@given(conditions, st.sampled_from(sorted(NAMES)))
def test_a_rule_never_matches_outside_its_possible_statuses(
    when: Condition, status_id: int
) -> None:
    possible = possible_statuses(a_rule(when))

    truth = evaluate(when, some_facts(an_order(status_id=status_id))).truth

    if truth is Truth.TRUE:
        assert possible is None or status_id in possible


def test_the_previous_statuses_are_told_apart_from_the_status() -> None:
    assert possible_previous(a_rule(All((FROM_2, IS_7)))) == frozenset({2})
    assert possible_previous(a_rule(IS_7)) is None


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        pytest.param(IS_7, True, id="alone"),
        pytest.param(All((OLD, IN_7_10)), True, id="in a list"),
        pytest.param(All((OLD, All((IN_7_10,)))), True, id="all in all"),
        pytest.param(OLD, False, id="not at all"),
        pytest.param(Test("status", "is_not", (2,)), False, id="only by leaving others out"),
        pytest.param(AnyOf((IS_7, OLD)), False, id="as one of two ways"),
        pytest.param(Not(NOT_7), False, id="by two negations"),
        pytest.param(Test("previous_status", "is", (7,)), False, id="as the previous one"),
    ],
)
def test_a_status_is_named_only_in_a_positive_test_at_the_top(
    when: Condition, expected: bool
) -> None:
    assert names_status(a_rule(when), AWAITING_PAYMENT) is expected
    assert not names_status(a_rule(when), SHIPPED)


def test_a_payment_method_is_named_in_whatever_case() -> None:
    rule = a_rule(All((OLD, Test("payment_method", "in", ("Wire", "bank deposit ")))))

    assert names_method(rule, "WIRE")
    assert names_method(rule, "Bank Deposit")
    assert not names_method(rule, "Bank")
    assert not names_method(a_rule(Test("payment_method", "contains", ("wire",))), "wire")


def test_test_orders_are_accepted_only_by_saying_so() -> None:
    def says(*parts: Condition) -> bool:
        return accepts_test_orders(a_rule(All(parts)))

    assert says(IS_7, Test("test_order", "is", (True,)))
    assert not says(IS_7)
    assert not says(Test("test_order", "is", (False,)))
    assert not says(Not(Test("test_order", "is", (False,))))


@pytest.mark.parametrize(
    ("status", "expected"),
    [(5, True), (6, True), (0, True), (1, True), (10, False), (None, False)],
)
def test_a_rule_is_dangerous_by_the_status_it_sets(status: int | None, expected: bool) -> None:
    assert is_dangerous(a_rule(IS_7, set_status=status)) is expected
