"""What a rule says of itself, whatever the order: asked before anything is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orderwarden.domain.rules.model import All, AnyOf, Condition, Not, Rule, Test
from orderwarden.domain.rules.operators import EXISTS, Scalar, folded
from orderwarden.domain.statuses import NAMES

_EVERY: Final = frozenset(NAMES)
_POSITIVE: Final = frozenset({"is", "in"})


def possible_statuses(rule: Rule) -> frozenset[int] | None:
    """Return the statuses an order must be in for the rule to match; None for any."""
    return _or_none(_possible(rule.when, "status", is_negated=False))


def possible_previous(rule: Rule) -> frozenset[int] | None:
    """Return the statuses an order must have come from for the rule to match.

    Returns:
        None where the rule does not ask; else it cannot match an order whose previous status
        is unknown.
    """
    return _or_none(_possible(rule.when, "previous_status", is_negated=False))


def names_status(rule: Rule, status_id: int) -> bool:
    """Return whether the rule names the status in a positive test at the top of its `when`."""
    return status_id in named_statuses(rule)


def named_statuses(rule: Rule) -> frozenset[int]:
    """Return the statuses that the rule names in a positive test at the top of its `when`."""
    return frozenset(each for each in _named(rule, "status") if isinstance(each, int))


def names_method(rule: Rule, method: str) -> bool:
    """Return whether the rule names the payment method in a positive test at the top."""
    named = {folded(str(operand)) for operand in _named(rule, "payment_method")}
    return folded(method) in named


def accepts_test_orders(rule: Rule) -> bool:
    """Return whether the rule says `test_order: true` at the top of its `when`."""
    return True in _named(rule, "test_order")


def is_dangerous(rule: Rule) -> bool:
    """Return whether the rule may lose a sale, hide an order or move money."""
    return any(action.is_dangerous for action in rule.actions)


def fields_of(rule: Rule) -> frozenset[str]:
    """Return the names of all fields that the rule's tests are about."""
    return frozenset(_fields(rule.when))


def fields_known_by(rule: Rule) -> frozenset[str]:
    """Return the fields whose value is surely known of an order for which the rule is true."""
    return frozenset(
        test.field
        for test in top_tests(rule.when)
        if test.operator != EXISTS or test.operands[0] is True
    )


def number_of_tests(condition: Condition) -> int:
    """Return how many tests a condition consists of."""
    return sum(1 for _ in _fields(condition))


def top_tests(condition: Condition) -> Iterator[Test]:
    """Yield the tests that must all be true: the condition itself, or the parts of its `all`."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, All):
        for part in condition.parts:
            yield from top_tests(part)


def _named(rule: Rule, field: str) -> set[Scalar]:
    return {
        operand
        for test in top_tests(rule.when)
        if test.field == field and test.operator in _POSITIVE
        for operand in test.operands
    }


def _or_none(statuses: frozenset[int]) -> frozenset[int] | None:
    return None if statuses == _EVERY else statuses


def _possible(condition: Condition, field: str, *, is_negated: bool) -> frozenset[int]:
    """Return every status for which the condition (or its negation) could be true."""
    if isinstance(condition, Not):
        return _possible(condition.part, field, is_negated=not is_negated)
    if isinstance(condition, Test):
        return _possible_by(condition, field, is_negated=is_negated)
    parts = [_possible(part, field, is_negated=is_negated) for part in condition.parts]
    if isinstance(condition, AnyOf) is is_negated:
        return _EVERY.intersection(*parts)
    return frozenset().union(*parts)


def _possible_by(test: Test, field: str, *, is_negated: bool) -> frozenset[int]:
    if test.field != field:
        return _EVERY
    return frozenset(each for each in _EVERY if test.holds(each) is not is_negated)


def _fields(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Test):
        yield condition.field
        return
    for part in (condition.part,) if isinstance(condition, Not) else condition.parts:
        yield from _fields(part)
