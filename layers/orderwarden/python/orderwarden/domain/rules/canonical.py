"""A rule set as canonical JSON: the same rules are the same text, and so have the same digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from orderwarden.domain.rules.fields import FIELDS, Kind
from orderwarden.domain.rules.model import (
    Action,
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
from orderwarden.domain.signal import Trigger
from orderwarden.errors import ConfigurationError

FORMAT: Final = 1
Json = Mapping[str, Any]


def to_json(rules: RuleSet) -> str:
    """Return the canonical JSON of a rule set; its version and digest are no part of it."""
    return _text(
        {
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
    return {
        "name": rule.name,
        "on": sorted(rule.on),
        "when": _condition(rule.when),
        "do": [{action.kind: action.value} for action in rule.actions],
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
            actions=tuple(Action(*item) for action in fields["do"] for item in action.items()),
            limits=Limits(**fields["limit"]),
            is_live=fields["mode"] == "live",
            fingerprint="",
        )
    )


def _condition(condition: Condition) -> Json:
    if isinstance(condition, Test):
        operands = [_operand(operand) for operand in condition.operands]
        return {"field": condition.field, "operator": condition.operator, "operands": operands}
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
    is_money = FIELDS[fields["field"]].kind is Kind.MONEY
    operands = [
        Decimal(each) if is_money and isinstance(each, str) else each
        for each in fields["operands"]
    ]
    return Test(fields["field"], fields["operator"], tuple(operands))


def _operand(operand: Scalar) -> Scalar:
    return str(operand) if isinstance(operand, Decimal) else operand
