"""What two conditions have to do with each other, whatever the order: proved, or not claimed.

Compared are the tests that must all be true. Between the operands that stand in them, values make
no difference, so a handful of values of each field is enough to try.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Final

from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.inspect import top_tests
from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.model import All, Condition, Test
from orderwarden.domain.rules.operators import EXISTS, Scalar, folded
from orderwarden.domain.statuses import NAMES

_STEP: Final = Decimal("0.0001")
_LARGEST: Final = 10**15
_OTHER_TEXT: Final = "\0another"
_EXACT: Final = frozenset({"is", "in"})
_PARTS: Final = frozenset({"contains", "starts_with"})

Tests = Sequence[Test]
Tested = Mapping[str, Tests]
"""The tests that must all be true, by what they compare."""


def by_reading(condition: Condition) -> Tested:
    """Return the tests of a condition that must all be true; those of one value only."""
    found: dict[str, list[Test]] = defaultdict(list)
    for test in top_tests(condition):
        field = field_named(test.field)
        if field is not None and not field.is_several and test.operator != EXISTS:
            found[test.key].append(test)
    return found


def is_never_true(condition: Condition) -> bool:
    """Return whether the tests that must all be true contradict each other."""
    return any(_is_impossible(tests) for tests in by_reading(condition).values())


def exclude_each_other(ones: Tested, others: Tested, ignored: Iterable[str] = ()) -> bool:
    """Return whether no order can make two conditions true.

    Args:
        ones: What the one tests.
        others: What the other tests.
        ignored: Fields that change between the one and the other.
    """
    shared = (key for key in ones if key in others and ones[key][0].field not in ignored)
    return any(_is_impossible([*ones[key], *others[key]]) for key in shared)


def implies(special: Condition, general: Condition) -> bool:
    """Return whether every order that makes the one true makes the other true as well."""
    known, parts = by_reading(special), _parts(special)
    for part in _parts(general):
        if part in parts:
            continue
        if not isinstance(part, Test) or not _follows(known.get(part.key, ()), part):
            return False
    return True


def _parts(condition: Condition) -> list[Condition]:
    if isinstance(condition, All):
        return [each for part in condition.parts for each in _parts(part)]
    return [condition]


def _is_impossible(tests: Tests) -> bool:
    values = _values(tests)
    return values is not None and not any(_pass(tests, value) for value in values)


def _follows(tests: Tests, wanted: Test) -> bool:
    """Return whether whatever passes some tests of a reading passes one more of it."""
    # A lower bound of `status_for` may make one of two tests true and leave the other unknown.
    values = _values(tests, wanted) if tests and wanted.field != "status_for" else None
    return values is not None and all(
        wanted.holds(value) for value in values if _pass(tests, value)
    )


def _pass(tests: Tests, value: Scalar) -> bool:
    return all(test.holds(value) for test in tests)


def _values(tests: Tests, *wanted: Test) -> list[Scalar] | None:
    """Return values that stand for all that may pass some tests; None where no few of them do.

    Args:
        tests: What a value has to pass.
        wanted: Further tests that are asked about it.
    """
    field = field_named(tests[0].field)
    kind = field.kind if field else Kind.TEXT
    if kind is Kind.STATUS:
        return [*NAMES]
    if kind is Kind.FLAG:
        return [True, False]
    asked = (*tests, *wanted)
    if kind in {Kind.TEXT, Kind.WORD}:
        return _texts(tests, asked)
    operands = [operand for test in asked for operand in test.operands]
    step = _STEP if kind is Kind.MONEY else 1
    numbers = [each for each in operands if isinstance(each, int | Decimal)]
    near = [near for each in numbers for near in (each - step, each, each + step)]
    return [-_LARGEST, *near, _LARGEST]


def _texts(tests: Tests, asked: Tests) -> list[Scalar] | None:
    exact = [test for test in tests if test.operator in _EXACT]
    if exact:
        return [folded(str(operand)) for operand in exact[0].operands]
    if any(test.operator in _PARTS for test in asked):
        return None
    operands = (operand for test in asked for operand in test.operands)
    return [_OTHER_TEXT, *(folded(str(operand)) for operand in operands)]
