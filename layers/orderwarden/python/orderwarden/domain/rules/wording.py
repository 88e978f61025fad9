"""Tests and what they saw, in words: for the changelog, for explanations, for comparisons."""

from __future__ import annotations

from decimal import Decimal

from orderwarden.domain.facts import UNREADABLE, Facts, Resource, Unreadable
from orderwarden.domain.rules.durations import DAY, HOUR, MINUTE, in_words, to_text
from orderwarden.domain.rules.field import currency_of
from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.kinds import BUSINESS_DAYS, Kind
from orderwarden.domain.rules.model import All, Condition, Not, Test
from orderwarden.domain.rules.operators import EXISTS, Scalar
from orderwarden.domain.rules.readings import AtLeast, Reading
from orderwarden.domain.statuses import NAMES


def condition_words(condition: Condition) -> str:
    """Return a condition in one line, such as `all of (status is Shipped; not (age over 3d))`."""
    if isinstance(condition, Test):
        return words_of_test(condition)
    if isinstance(condition, Not):
        return f"not ({condition_words(condition.part)})"
    name = "all of" if isinstance(condition, All) else "any of"
    return f"{name} ({'; '.join(condition_words(part) for part in condition.parts)})"


def words_of_test(test: Test) -> str:
    """Return a test as a rule file has it, such as `total over 500 USD`."""
    kind = Kind.FLAG if test.operator == EXISTS else _kind(test.field)
    operands = ", ".join(_operand(operand, kind, test.unit) for operand in test.operands)
    return f"{test.field} {test.operator} {operands}"


def reading_words(field_name: str, value: Reading) -> str:
    """Return what a test saw, for a person."""
    if value is None:
        return "unknown"
    if isinstance(value, Unreadable):
        return "not to be read"
    if isinstance(value, Resource):
        return "not looked at"
    if isinstance(value, AtLeast):
        return f"{in_words(value.seconds)} or more"
    if isinstance(value, str | int | Decimal):
        kind = _kind(field_name)
        is_duration = kind is Kind.DURATION and isinstance(value, int)
        return in_words(int(value)) if is_duration else _operand(value, kind, "")
    return ", ".join(each or "unknown" for each in value) or "none"


def why_unknown(test: Test, facts: Facts) -> str:
    """Return why nobody can say whether a test is true of an order, for a person."""
    field = field_named(test.field)
    costs = field.costs if field else ()
    unread = [each.value for each in costs if facts.resources.get(each) is UNREADABLE]
    if unread:
        return f"the store does not let {' and '.join(unread)} be read"
    currency = currency_of(facts)
    if currency and test.unit not in {"", BUSINESS_DAYS, currency}:
        return f"the order is in {currency}"
    return (field.unknown if field else "") or "the order does not say"


def _kind(field_name: str) -> Kind:
    field = field_named(field_name)
    return field.kind if field else Kind.TEXT


def _operand(value: Scalar, kind: Kind, unit: str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value:f} {unit}".rstrip()
    if isinstance(value, int):
        return _number(value, kind, unit)
    return value or '""'


def _number(value: int, kind: Kind, unit: str) -> str:
    if kind is Kind.STATUS:
        return NAMES.get(value, str(value))
    if kind is Kind.TIME_OF_DAY:
        return f"{value // HOUR:02d}:{value % HOUR // MINUTE:02d}"
    if unit == BUSINESS_DAYS:
        return f"{value // DAY} {unit}"
    return to_text(value) if kind is Kind.DURATION else str(value)
