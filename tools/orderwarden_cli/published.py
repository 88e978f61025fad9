"""The rules that a command is to try: a draft in a file, or a version that was published."""

from __future__ import annotations

from pathlib import Path

from orderwarden.domain.rules.canonical import from_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import ConfigurationError
from orderwarden.ports import PublishedRules
from orderwarden_local.bootstrap import Machine

from orderwarden_cli.rule_files import read_compiled


def rules_to_try(here: Machine, store: str, draft: Path | None) -> RuleSet:
    """Return a draft, or the rules in force where none is named.

    Raises:
        ConfigurationError: The draft has errors, or nothing is in force.
    """
    if draft is not None:
        return read_compiled(draft).rules
    current = in_force(here, store)
    return from_json(current.compiled, current.version)


def in_force(here: Machine, store: str) -> PublishedRules:
    """Return the version in force.

    Raises:
        ConfigurationError: There is none.
    """
    current = here.state.current(store)
    if current is None:
        raise ConfigurationError(
            f"store {store}: no rules are published; run `orderwarden rules publish` first, "
            "or name a file"
        )
    return current
