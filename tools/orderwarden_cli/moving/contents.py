"""Texts of a record that other code reads later: a decision, and compiled rules."""

from __future__ import annotations

from orderwarden.domain.decision import Decision
from orderwarden.domain.rules.canonical import from_json
from orderwarden.errors import ConfigurationError
from orderwarden.ports import PublishedRules

from orderwarden_cli.moving.fields import UPDATE, shown


def problem_of_decision(text: str) -> str:
    """Return why `process` could not carry on with a decision, empty where it can."""
    try:
        _ = Decision.from_json(text).write
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
        RecursionError,
    ) as error:
        return f"decision: cannot be read ({shown(error)}); {UPDATE}"
    return ""


def problem_of_rules(rules: PublishedRules) -> str:
    """Return why `process` could not work by rules, empty where it can."""
    try:
        from_json(rules.compiled, rules.version)
    except ConfigurationError as error:
        return f"compiled: cannot be read ({shown(error.__cause__)}); {UPDATE}"
    return ""
