"""A rule set as canonical JSON: the same rules are the same text, and so have the same digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from orderwarden.domain.rules.effects import PARAMETERS, Action
from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.model import (
    All,
    AnyOf,
    Condition,
    Limits,
    Not,
    Rule,
    RuleSet,
    Test,
)
from orderwarden.domain.rules.operators import Scalar
from orderwarden.domain.rules.repeat import Repeat
from orderwarden.domain.signal import Trigger
from orderwarden.errors import ConfigurationError

FORMAT: Final = 1
Json = Mapping[str, Any]


def to_json(rules: RuleSet) -> str:
    """Return the canonical JSON of a rule set; its version and digest are no part of it."""
    allows = {"allow_payment_actions": True} if rules.allows_payment_actions else {}
    return _text(
        {
            **allows,
            "format": FORMAT,
            "time_zone": rules.time_zone,
            "reserve": str(rules.reserve),
            "offline_methods": sorted(rules.offline_methods),
            "protected_statuses": sorted(rules.protected_statuses),
            "holidays": sorted(day.isoformat() for day in rules.holidays),
            "rules": [_rule(rule) for rule in rules.rules],
        }
    )


def from_json(text: str, version: int) -> RuleSet:
    """Read what `to_json` wrote.

    Raises:
        ConfigurationError: It was written by another version of this code, or is damaged.
    """
    try:
        fields = json.loads(text)
        if fields["format"] != FORMAT:
            raise ValueError(fields["format"])
        return RuleSet(
            version=version,
            digest=digest(text),
            time_zone=fields["time_zone"],
            reserve=Decimal(fields["reserve"]),
            offline_methods=frozenset(fields["offline_methods"]),
            protected_statuses=frozenset(fields["protected_statuses"]),
            holidays=frozenset(date.fromisoformat(day) for day in fields["holidays"]),
            rules=tuple(_read_rule(rule) for rule in fields["rules"]),
            allows_payment_actions=fields.get("allow_payment_actions", False),
        )
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        raise ConfigurationError(f"rules version {version} cannot be read: {error!r}") from error


def digest(text: str) -> str:
    """Return the SHA-256 of a text, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def with_fingerprint(rule: Rule) -> Rule:
    """Return the rule with the digest of its own canonical JSON, 32 hex digits."""
    return replace(rule, fingerprint=digest(_text(_rule(rule)))[:32])


def condition_text(condition: Condition) -> str:
    """Return the canonical JSON of a condition."""
    return _text(_condition(condition))


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _rule(rule: Rule) -> Json:
    # What is not said is left out, so that a new key of the language changes no old fingerprint.
    said: dict[str, Any] = {}
    if rule.goes_on:
        said["continue"] = True
    if not rule.catches_up:
        said["catch_up"] = False
    if rule.repeat is not None:
        said["repeat"] = rule.repeat.value
    if rule.warn_before_s is not None:
        said["warn_before"] = rule.warn_before_s
    return {
        **said,
        "name": rule.name,
        "on": sorted(rule.on),
        "when": _condition(rule.when),
        "do": [{action.kind: _action_value(action)} for action in rule.actions],
        "limit": {
            "approve_after": rule.limits.approve_after,
            "per_hour": rule.limits.per_hour,
        },
        "mode": "live" if rule.is_live else "shadow",
    }


def _read_rule(fields: Json) -> Rule:
    return with_fingerprint(
        Rule(
            name=fields["name"],
            on=frozenset(Trigger(name) for name in fields["on"]),
            when=_read_condition(fields["when"]),
            actions=tuple(_read_action(action) for action in fields["do"]),
            limits=Limits(**fields["limit"]),
            is_live=fields["mode"] == "live",
            fingerprint="",
            goes_on=fields.get("continue", False),
            catches_up=fields.get("catch_up", True),
            repeat=Repeat(fields["repeat"]) if "repeat" in fields else None,
            warn_before_s=fields.get("warn_before"),
        )
    )


def _action_value(action: Action) -> object:
    value = action.value
    if not is_dataclass(value):
        return value
    told = {each.name: getattr(value, each.name) for each in dataclass_fields(value)}
    return {name: found for name, found in told.items() if found not in ("", ())}


def _read_action(fields: Json) -> Action:
    ((kind, value),) = fields.items()
    if kind not in PARAMETERS:
        return Action(kind, value)
    told: dict[str, Any] = {name: _tuples(found) for name, found in value.items()}
    return Action(kind, PARAMETERS[kind](**told))


def _tuples(value: object) -> object:
    """Return lists, which JSON makes of tuples, as tuples again."""
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def _condition(condition: Condition) -> Json:
    if isinstance(condition, Test):
        operands = [_operand(operand) for operand in condition.operands]
        unit = {"unit": condition.unit} if condition.unit else {}
        field, operator = condition.field, condition.operator
        return {"field": field, "operator": operator, "operands": operands, **unit}
    if isinstance(condition, Not):
        return {"not": _condition(condition.part)}
    name = "all" if isinstance(condition, All) else "any"
    return {name: [_condition(part) for part in condition.parts]}


def _read_condition(fields: Json) -> Condition:
    if "not" in fields:
        return Not(_read_condition(fields["not"]))
    if "all" in fields:
        return All(tuple(_read_condition(part) for part in fields["all"]))
    if "any" in fields:
        return AnyOf(tuple(_read_condition(part) for part in fields["any"]))
    field = field_named(fields["field"])
    is_money = field is not None and field.kind is Kind.MONEY
    operands = tuple(Decimal(each) if is_money else each for each in fields["operands"])
    return Test(fields["field"], fields["operator"], operands, fields.get("unit", ""))


def _operand(operand: Scalar) -> Scalar:
    return str(operand) if isinstance(operand, Decimal) else operand
