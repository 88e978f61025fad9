"""From one entry of `tests:` to a test of the rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from orderwarden.domain.rules.actions import actions_of
from orderwarden.domain.rules.effects import KINDS
from orderwarden.domain.rules.field import Field
from orderwarden.domain.rules.fields import FIELDS, field_named
from orderwarden.domain.rules.given import Given
from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.metafields import is_metafield
from orderwarden.domain.rules.nodes import ScalarNode, SequenceNode
from orderwarden.domain.rules.operators import folded
from orderwarden.domain.rules.places import Place
from orderwarden.domain.rules.problems import quoted
from orderwarden.domain.rules.readings import Reading
from orderwarden.domain.rules.rule_entry import triggers
from orderwarden.domain.rules.rule_tests import Expected, RuleTest
from orderwarden.domain.rules.values import choice, measured, scalar

MOST: Final = 1_000
NOW: Final = "now"
NO_RULE: Final = "none"

_REQUIRED: Final = ("name", "facts")
_KEYS: Final = (*_REQUIRED, "on", "rule", "actions", "unknown")


def rule_tests(place: Place, names: Sequence[str]) -> tuple[RuleTest, ...]:
    """Return the tests at a place, after noting what is wrong with them.

    Args:
        place: What stands under `tests:`.
        names: Of the rules of the file.
    """
    if isinstance(place.node, SequenceNode) and not place.node.items:
        return ()
    places = place.items("a list of tests")
    if len(places) > MOST:
        place.refuse(f"{len(places)} tests; write at most {MOST}")
        return ()
    found = (_test(each, names) for each in places)
    return tuple(each for each in found if each is not None)


def given_facts(place: Place) -> Given:
    """Return the facts at a place: fields with their values, and `now`."""
    entries = place.entries("field", (*FIELDS, NOW), accepts=is_metafield)
    values: dict[str, Reading] = {}
    currencies: dict[str, Place] = {}
    for name, entry in entries.items():
        field = field_named(name)
        if field is not None and not _is_nothing(entry):
            values[name], unit = _given(entry, field)
            currencies.setdefault(unit, entry)
    said = values.get("currency")
    if isinstance(said, str):
        currencies.setdefault(said.upper(), entries["currency"])
    known = [currency for currency in currencies if currency]
    if len(known) > 1:
        currencies[known[1]].refuse("a second currency; an order has one")
    now = _now(entries[NOW]) if NOW in entries else None
    return Given(values, known[0] if known else "", now)


def _test(place: Place, names: Sequence[str]) -> RuleTest | None:
    entries = place.entries("key", _KEYS, required=_REQUIRED)
    if not {"rule", "actions", "unknown"} & set(entries):
        place.refuse("nothing expected; write rule, actions or unknown")
    name = entries["name"].text("a name") if "name" in entries else None
    facts = given_facts(entries["facts"]) if "facts" in entries else Given({})
    expected = Expected(
        rules=_rules(entries["rule"], names) if "rule" in entries else None,
        actions=_actions(entries["actions"]) if "actions" in entries else None,
        unknown=_names(entries["unknown"], names) if "unknown" in entries else (),
    )
    on = triggers(entries["on"]) if "on" in entries else frozenset()
    return RuleTest(name, place.node.line, facts, on, expected) if name else None


def _rules(place: Place, names: Sequence[str]) -> tuple[str, ...]:
    is_none = isinstance(place.node, ScalarNode) and folded(place.node.text) == NO_RULE
    return () if is_none else _names(place, names)


def _names(place: Place, names: Sequence[str]) -> tuple[str, ...]:
    found = []
    for each in place.one_or_items("the name of a rule, or a list of them"):
        text = each.text("the name of a rule")
        if text is not None:
            found.append(choice(each, text, "rule", names or (NO_RULE,)))
    return tuple(name for name in found if name)


def _actions(place: Place) -> tuple[tuple[str, object], ...]:
    """Return kinds with the value expected; None for any."""
    found: list[tuple[str, object]] = []
    for item in place.items("a list of actions, such as [set_status: Completed, staff_note]"):
        if isinstance(item.node, ScalarNode) and item.node.text in KINDS:
            found.append((item.node.text, None))
        else:
            found += [(action.kind, action.value) for action in actions_of(item)]
    return tuple(found)


def _is_nothing(place: Place) -> bool:
    return isinstance(place.node, ScalarNode) and place.node.is_nothing


def _given(place: Place, field: Field) -> tuple[Reading, str]:
    """Return what a field is said to read, and the currency that stands with it."""
    if field.is_several:
        return _several(place), ""
    found = measured(place, field.kind, field.choices)
    if found is None:
        return None, ""
    value, unit = found
    if field.kind is Kind.DURATION and unit:
        place.refuse(f"{place.found}; facts are exact: write a duration such as 3d 4h")
    return value, unit if field.kind is Kind.MONEY else ""


def _several(place: Place) -> Reading:
    if isinstance(place.node, SequenceNode) and not place.node.items:
        return ()
    texts = [scalar(each, Kind.TEXT) for each in place.one_or_items("a text or a list of them")]
    return tuple(str(text) for text in texts if text is not None)


def _now(place: Place) -> datetime | None:
    expected = "the time in the store, such as 2026-12-24 17:30"
    text = place.text(expected)
    try:
        now = datetime.fromisoformat(text) if text else None
    except ValueError:
        now = None
    if text is not None and (now is None or now.tzinfo is not None or now.year < 2000):
        place.refuse(f"{quoted(text)}: write {expected}")
        return None
    return now
