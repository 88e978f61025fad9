"""From what a merchant writes under `when` to a condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from orderwarden.domain.rules import canonical
from orderwarden.domain.rules.field import Field
from orderwarden.domain.rules.fields import FIELDS, field_named
from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.metafields import is_metafield
from orderwarden.domain.rules.model import All, AnyOf, Condition, Not, Test
from orderwarden.domain.rules.nodes import MappingNode, SequenceNode
from orderwarden.domain.rules.operators import EXISTS, Scalar
from orderwarden.domain.rules.places import Place
from orderwarden.domain.rules.problems import one_of
from orderwarden.domain.rules.values import measured

MOST_VALUES: Final = 1_000
"""So many values are compared with in one test."""

_TAKES_A_LIST: Final = frozenset({"in", "not_in", "between"})
_PARTS_OF_A_TEXT: Final = frozenset({"contains", "starts_with"})
_ANY_METAFIELD: Final = "meta.<namespace>.<key>"


def condition(place: Place) -> Condition | None:
    """Return the condition at a place, or None after noting what is wrong with it.

    All the entries of one mapping must be true. They are sorted, so that their order in the file
    is no part of the rule; the parts of a written list keep their order.
    """
    known = (*FIELDS, _ANY_METAFIELD, *_COMBINERS)
    entries = place.entries("field", known, accepts=is_metafield)
    if isinstance(place.node, MappingNode) and not place.node.entries:
        place.refuse("no condition; write at least one, such as status: Awaiting Payment")
    parts: list[Condition] = []
    for name, entry in entries.items():
        field = field_named(name)
        parts.extend(_tests(entry, field) if field else _COMBINERS[name](entry))
    parts.sort(key=canonical.condition_text)
    if len(parts) == 1:
        return parts[0]
    return All(tuple(parts)) if parts else None


def _all(place: Place) -> list[Condition]:
    parts = _listed(place)
    return [All(parts)] if parts else []


def _any(place: Place) -> list[Condition]:
    parts = _listed(place)
    return [AnyOf(parts)] if parts else []


def _not(place: Place) -> list[Condition]:
    part = condition(place)
    return [Not(part)] if part else []


_COMBINERS: Final[Mapping[str, Callable[[Place], list[Condition]]]] = {
    "all": _all,
    "any": _any,
    "not": _not,
}


def _listed(place: Place) -> tuple[Condition, ...]:
    parts = (condition(part) for part in place.items("a list of conditions"))
    return tuple(part for part in parts if part is not None)


def _tests(place: Place, field: Field) -> list[Condition]:
    """Return the tests of one field: a bare value, a list of them, or operators."""
    if isinstance(place.node, MappingNode):
        entries = place.entries(f"operator of `{field.name}`", field.operators)
        if not place.node.entries:
            place.refuse(f"no operator; write {one_of(field.operators)}")
        tests = [_test(entry, field, operator) for operator, entry in entries.items()]
        return [test for test in tests if test is not None]
    operator = "in" if isinstance(place.node, SequenceNode) else "is"
    if operator not in field.operators:
        example = f"{{{field.operators[0]}: ...}}"
        place.refuse(
            f"{place.found}; write an operator, as in {example}: {one_of(field.operators)}"
        )
        return []
    test = _test(place, field, operator)
    return [test] if test else []


def _test(place: Place, field: Field, operator: str) -> Test | None:
    values = _operands(place, field, operator)
    if values is None:
        return None
    operands = tuple(value for value, _ in values)
    units = sorted({unit for _, unit in values})
    if len(units) > 1:
        shown = one_of(unit or f"plain {field.kind}" for unit in units)
        place.refuse(f"values in several units; write all of them as {shown}")
        return None
    wraps = field.kind is Kind.TIME_OF_DAY  # from 22:00 to 06:00 is a night
    if operator == "between" and not wraps and operands[0] > operands[1]:  # type: ignore[operator]
        place.refuse("the first is larger than the second; write the smaller one first")
        return None
    return Test(field.name, operator, operands, units[0])


def _operands(place: Place, field: Field, operator: str) -> list[tuple[Scalar, str]] | None:
    kind = Kind.FLAG if operator == EXISTS else field.kind
    choices = () if operator in _PARTS_OF_A_TEXT | {EXISTS} else field.choices
    takes_a_list = operator in _TAKES_A_LIST
    places = place.items(f"a list for `{operator}`") if takes_a_list else [place]
    if operator == "between" and places and len(places) != 2:
        place.refuse(f"{len(places)} values; write two for `between`, both included")
        return None
    if len(places) > MOST_VALUES:
        place.refuse(f"{len(places)} values; write at most {MOST_VALUES}")
        return None
    values = [measured(each, kind, choices) for each in places]
    known = [value for value in values if value is not None]
    return known if known and len(known) == len(values) else None
