"""Conditions: three-valued, cheap first, and never true on what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.facts import UNREADABLE, Facts, Fetched, Resource
from orderwarden.domain.order_parts import ShippingAddress
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.model import All, AnyOf, Condition, Not, Test
from orderwarden.domain.rules.truth import Truth
from rule_builders import MISSING, a_line, a_transaction, an_order, some_facts

TRUE = Test("status", "is", (7,))
FALSE = Test("status", "is", (10,))
UNKNOWN = Test("previous_status", "is", (11,))
PAID = Test("paid", "is", (True,))
SHIPPED = Test("fully_shipped", "is", (True,))
LEAVES = (TRUE, FALSE, UNKNOWN, PAID, SHIPPED)

conditions = st.recursive(
    st.sampled_from(LEAVES),
    lambda parts: st.one_of(
        st.lists(parts, max_size=3).map(lambda found: All(tuple(found))),
        st.lists(parts, max_size=3).map(lambda found: AnyOf(tuple(found))),
        parts.map(Not),
    ),
    max_leaves=8,
)

ORDER = an_order(items_total=MISSING)
TRANSACTIONS: dict[Truth, Fetched] = {
    Truth.TRUE: (a_transaction(),),
    Truth.FALSE: (),
    Truth.UNKNOWN: UNREADABLE,
}
PRODUCTS: dict[Truth, Fetched] = {
    Truth.TRUE: (a_line(1, shipped=1),),
    Truth.FALSE: (a_line(1),),
    Truth.UNKNOWN: UNREADABLE,
}
OUTCOMES = tuple(product(Truth, Truth))

RANK = {Truth.FALSE: 0, Truth.UNKNOWN: 1, Truth.TRUE: 2}


def fetched(paid: Truth, shipped: Truth) -> Facts:
    return some_facts(ORDER, transactions=TRANSACTIONS[paid], products=PRODUCTS[shipped])


def by_kleene(condition: Condition, paid: Truth, shipped: Truth) -> Truth:
    """The textbook: not turns the order round, all is the least part, any the greatest."""
    if isinstance(condition, Not):
        inner = RANK[by_kleene(condition.part, paid, shipped)]
        return next(truth for truth, rank in RANK.items() if rank == 2 - inner)
    if isinstance(condition, All | AnyOf):
        parts = [by_kleene(part, paid, shipped) for part in condition.parts]
        if isinstance(condition, All):
            return min(parts, key=RANK.__getitem__, default=Truth.TRUE)
        return max(parts, key=RANK.__getitem__, default=Truth.FALSE)
    known = {TRUE: Truth.TRUE, FALSE: Truth.FALSE, UNKNOWN: Truth.UNKNOWN}
    return {**known, PAID: paid, SHIPPED: shipped}[condition]


@given(conditions, st.sampled_from(OUTCOMES))
def test_once_everything_is_read_the_answer_is_kleenes(
    condition: Condition, outcome: tuple[Truth, Truth]
) -> None:
    found = evaluate(condition, fetched(*outcome))

    assert found.truth is by_kleene(condition, *outcome)
    assert found.needs is None


@given(conditions)
def test_what_is_decided_before_a_call_no_call_would_change(condition: Condition) -> None:
    found = evaluate(condition, some_facts(ORDER))

    later = {by_kleene(condition, *outcome) for outcome in OUTCOMES}
    if found.truth is not Truth.UNKNOWN:
        assert later == {found.truth}
        assert found.needs is None
    elif found.needs is None:
        assert Truth.TRUE not in later


@given(conditions, st.sampled_from(OUTCOMES))
def test_asking_for_one_resource_at_a_time_ends_at_the_same_rules(
    condition: Condition, outcome: tuple[Truth, Truth]
) -> None:
    everything = fetched(*outcome).resources
    facts = some_facts(ORDER)
    calls = []

    while (needs := evaluate(condition, facts).needs) is not None:
        calls.append(needs)
        facts = facts.with_resource(needs, everything[needs])

    fires = evaluate(condition, facts).truth is Truth.TRUE
    assert fires == (by_kleene(condition, *outcome) is Truth.TRUE)
    assert len(calls) == len(set(calls))


@given(conditions, st.sampled_from(OUTCOMES), st.sampled_from([9, 11]))
def test_learning_more_never_turns_true_into_false_or_back(
    condition: Condition, outcome: tuple[Truth, Truth], previous: int
) -> None:
    less = fetched(*outcome)
    more = some_facts(
        ORDER,
        previous_status_id=previous,
        transactions=less.resources[Resource.TRANSACTIONS],
        products=less.resources[Resource.PRODUCTS],
    )

    before, after = evaluate(condition, less).truth, evaluate(condition, more).truth

    assert before in {Truth.UNKNOWN, after}


@given(st.lists(conditions, max_size=3))
def test_de_morgan_holds(parts: list[Condition]) -> None:
    negated = tuple(Not(part) for part in parts)

    for outcome in OUTCOMES:
        facts = fetched(*outcome)
        not_all = evaluate(Not(All(tuple(parts))), facts).truth
        not_any = evaluate(Not(AnyOf(tuple(parts))), facts).truth
        assert not_all is evaluate(AnyOf(negated), facts).truth
        assert not_any is evaluate(All(negated), facts).truth


@given(conditions)
def test_two_negations_are_none(condition: Condition) -> None:
    facts = some_facts(ORDER)

    twice, plain = evaluate(Not(Not(condition)), facts), evaluate(condition, facts)

    assert (twice.truth, twice.needs) == (plain.truth, plain.needs)


def test_unknown_never_fires_not_even_under_not() -> None:
    facts = some_facts(ORDER)

    assert evaluate(UNKNOWN, facts).truth is Truth.UNKNOWN
    assert evaluate(Not(UNKNOWN), facts).truth is Truth.UNKNOWN


@pytest.mark.parametrize(
    ("condition", "needs"),
    [
        pytest.param(PAID, Resource.TRANSACTIONS, id="alone"),
        pytest.param(All((PAID, TRUE)), Resource.TRANSACTIONS, id="all the rest is true"),
        pytest.param(All((PAID, FALSE)), None, id="something free is false already"),
        pytest.param(AnyOf((PAID, TRUE)), None, id="something free is true already"),
        pytest.param(All((PAID, UNKNOWN)), None, id="it can no longer become true"),
        pytest.param(Not(All((PAID, UNKNOWN))), Resource.TRANSACTIONS, id="but under not it can"),
        pytest.param(All((SHIPPED, PAID)), Resource.TRANSACTIONS, id="one call before many"),
        pytest.param(
            AnyOf((All((PAID, UNKNOWN)), SHIPPED)), Resource.PRODUCTS, id="not what cannot help"
        ),
        pytest.param(
            All((AnyOf((PAID, TRUE)), SHIPPED)), Resource.PRODUCTS, id="not what is done"
        ),
    ],
)
def test_a_call_is_asked_for_only_while_it_may_make_the_condition_true(
    condition: Condition, needs: Resource | None
) -> None:
    assert evaluate(condition, some_facts(ORDER)).needs is needs


def test_the_trace_tells_each_test_with_the_value_it_saw() -> None:
    over = Test("total", "over", (Decimal(500),))
    condition = AnyOf((over, UNKNOWN, PAID, TRUE, SHIPPED))

    trace = evaluate(condition, some_facts(ORDER)).trace

    assert [(seen.test, seen.value, seen.truth) for seen in trace] == [
        (over, Decimal("69.8400"), Truth.FALSE),
        (UNKNOWN, None, Truth.UNKNOWN),
        (PAID, Resource.TRANSACTIONS, Truth.UNKNOWN),
        (TRUE, 7, Truth.TRUE),
    ]


@pytest.mark.parametrize(
    ("operator", "operands", "expected"),
    [
        ("is", ("69.84",), True),
        ("is", ("69.8401",), False),
        ("is_not", ("69.84",), False),
        ("in", ("1", "69.840"), True),
        ("in", ("1", "2"), False),
        ("not_in", ("1", "2"), True),
        ("not_in", ("69.84",), False),
        ("over", ("69.83",), True),
        ("over", ("69.84",), False),
        ("under", ("69.85",), True),
        ("under", ("69.84",), False),
        ("at_least", ("69.84",), True),
        ("at_least", ("69.85",), False),
        ("at_most", ("69.84",), True),
        ("at_most", ("69.83",), False),
        ("between", ("69.84", "70"), True),
        ("between", ("60", "69.84"), True),
        ("between", ("70", "80"), False),
    ],
)
def test_operators_compare_amounts(
    operator: str, operands: tuple[str, ...], expected: bool
) -> None:
    test = Test("total", operator, tuple(map(Decimal, operands)))

    assert evaluate(test, some_facts()).truth is (Truth.TRUE if expected else Truth.FALSE)


@pytest.mark.parametrize(
    ("operator", "operands", "expected"),
    [
        ("is", ("credit card ",), True),
        ("is", ("credit",), False),
        ("is_not", ("CREDIT CARD",), False),
        ("in", ("wire", "CREDIT card"), True),
        ("not_in", ("wire", "CREDIT card"), False),
        ("contains", ("IT CA",), True),
        ("contains", ("debit",), False),
        ("starts_with", ("cred",), True),
        ("starts_with", ("card",), False),
        ("exists", (True,), True),
        ("exists", (False,), False),
    ],
)
def test_operators_compare_texts_in_whatever_case(
    operator: str, operands: tuple[str | bool, ...], expected: bool
) -> None:
    facts = some_facts(an_order(payment_method=" Credit Card"))

    found = evaluate(Test("payment_method", operator, operands), facts)

    assert found.truth is (Truth.TRUE if expected else Truth.FALSE)


def test_an_empty_text_is_known_and_yet_not_there() -> None:
    facts = some_facts(an_order(payment_status=""))

    def truth(operator: str, operand: str | bool) -> Truth:
        return evaluate(Test("payment_status", operator, (operand,)), facts).truth

    assert truth("is", "") is Truth.TRUE
    assert truth("exists", True) is Truth.FALSE
    assert truth("exists", False) is Truth.TRUE


@pytest.mark.parametrize("value", [MISSING, None, "", {}])
def test_only_exists_speaks_of_a_missing_value(value: object) -> None:
    facts = some_facts(an_order(payment_method=value))

    def truth(operator: str, operand: str | bool) -> Truth:
        return evaluate(Test("payment_method", operator, (operand,)), facts).truth

    assert truth("exists", True) is Truth.FALSE
    assert truth("exists", False) is Truth.TRUE
    assert truth("is", "Cash") is Truth.UNKNOWN
    assert truth("is_not", "Cash") is Truth.UNKNOWN
    assert truth("not_in", "Cash") is Truth.UNKNOWN


@pytest.mark.parametrize(("seconds", "expected"), [(43_199, "false"), (43_200, "true")])
def test_an_age_is_reached_to_the_second(seconds: int, expected: str) -> None:
    facts = some_facts(age=timedelta(seconds=seconds, milliseconds=900))

    found = evaluate(Test("age", "at_least", (43_200,)), facts)

    assert found.truth is Truth(expected)


PARCELS = {"NO": "Norway", "SE": "Sweden", "US": "United States"}


def sent_to(*countries: str | None) -> Facts:
    """Return facts of an order with one address for each country; None hides its own."""
    addresses = tuple(
        ShippingAddress(1, PARCELS.get(each or ""), each, "Flat Rate", {}) for each in countries
    )
    return some_facts(shipping_addresses=addresses)


@pytest.mark.parametrize(
    ("countries", "operator", "operands", "expected"),
    [
        (["NO", "SE"], "is", ("se",), "true"),
        (["NO", "SE"], "is", ("Norway",), "true"),
        (["NO", "SE"], "is", ("US",), "false"),
        (["NO", None], "is", ("NO",), "true"),
        (["NO", None], "is", ("US",), "unknown"),
        (["NO", "SE"], "in", ("US", "SE"), "true"),
        (["NO", "SE"], "in", ("US", "CH"), "false"),
        (["NO", None], "in", ("US", "CH"), "unknown"),
        (["NO", "SE"], "is_not", ("US",), "true"),
        (["NO", "SE"], "is_not", ("Sweden",), "false"),
        (["NO", None], "is_not", ("NO",), "false"),
        (["NO", None], "is_not", ("US",), "unknown"),
        (["NO", "SE"], "not_in", ("US", "CH"), "true"),
        (["NO", "SE"], "not_in", ("US", "SE"), "false"),
        (["NO", None], "not_in", ("US", "CH"), "unknown"),
        (["NO", "SE"], "contains", ("wed",), "true"),
        (["NO", None], "contains", ("wed",), "unknown"),
        (["NO"], "starts_with", ("nor",), "true"),
        (["NO", None], "exists", (True,), "true"),
    ],
)
def test_of_several_values_one_must_pass_or_none_may(
    countries: list[str | None], operator: str, operands: tuple[str | bool, ...], expected: str
) -> None:
    test = Test("shipping_country", operator, operands)

    assert evaluate(test, sent_to(*countries)).truth is Truth(expected)


@pytest.mark.parametrize(
    ("operator", "operand", "expected"),
    [
        ("is", "Gift", "false"),
        ("is_not", "Gift", "true"),
        ("not_in", "Gift", "true"),
        ("contains", "Gift", "false"),
        ("exists", True, "false"),
        ("exists", False, "true"),
    ],
)
def test_no_values_at_all_are_known(operator: str, operand: str | bool, expected: str) -> None:
    facts = some_facts(an_order(staff_notes=""))

    found = evaluate(Test("staff_notes", operator, (operand,)), facts)

    assert found.truth is Truth(expected)


@pytest.mark.parametrize(
    ("unit", "operator", "expected"),
    [
        ("", "over", "true"),
        ("USD", "over", "true"),
        ("USD", "under", "false"),
        ("EUR", "over", "unknown"),
        ("EUR", "under", "unknown"),
    ],
)
def test_an_amount_in_another_currency_is_unknown(unit: str, operator: str, expected: str) -> None:
    test = Test("total", operator, (Decimal(50),), unit)

    assert evaluate(test, some_facts()).truth is Truth(expected)
    negated = {"true": "false", "false": "true"}.get(expected, expected)
    assert evaluate(Not(test), some_facts()).truth is Truth(negated)


def test_another_currency_costs_no_call() -> None:
    test = Test("amount_paid", "over", (Decimal(50),), "EUR")

    assert evaluate(test, some_facts()).needs is None
    assert evaluate(replace(test, unit="USD"), some_facts()).needs is Resource.TRANSACTIONS


def test_facts_are_read_once_however_many_rules_ask() -> None:
    facts = some_facts()
    reads = []

    def read(_: Facts) -> int:
        reads.append(1)
        return 4

    test = Test("items", "over", (1,)).reading(read)

    for _ in range(3):
        assert evaluate(All((test, test)), facts).truth is Truth.TRUE

    assert len(reads) == 1
    assert evaluate(test, facts.with_resource(Resource.COUPONS, ())).truth is Truth.TRUE
    assert len(reads) == 2


@pytest.mark.parametrize(
    ("field", "operator", "unit"),
    [("toal", "over", ""), ("total", "ovr", ""), ("age", "over", "USD")],
)
def test_what_the_language_does_not_know_cannot_be_built(
    field: str, operator: str, unit: str
) -> None:
    with pytest.raises(KeyError):
        Test(field, operator, (5,), unit)


def test_a_truth_cannot_be_mistaken_for_a_flag() -> None:
    with pytest.raises(TypeError):
        bool(Truth.UNKNOWN)


def test_what_the_store_does_not_let_us_read_is_unknown_and_not_false() -> None:
    test = Test("refunded", "over", (Decimal(5),))
    facts = some_facts(refunds=UNREADABLE)

    assert evaluate(test, facts).truth is Truth.UNKNOWN
    assert evaluate(Not(test), facts).truth is Truth.UNKNOWN
