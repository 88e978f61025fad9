"""The rules that a command is about: a draft in a file, or a version that was published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orderwarden.domain.rules.canonical import from_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import ConfigurationError
from orderwarden.ports import PublishedRules
from orderwarden.services.shop_words import status_labels_if_told
from orderwarden_local.host import Host

from orderwarden_cli.rule_files import RuleFile, read_rule_file, read_source
from orderwarden_cli.rules_yaml import read_file, read_rules


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison; `name` is for a person."""

    name: str
    source: str
    rules: RuleSet

    @property
    def is_published(self) -> bool:
        """Return whether it is a version, not a draft."""
        return self.rules.version > 0

    @classmethod
    def of_version(cls, found: PublishedRules) -> Side:
        """Return a published version."""
        rules = from_json(found.compiled, found.version)
        return cls(f"version {found.version}", found.source, rules)


def rules_to_try(here: Host, store: str, draft: Path | None) -> RuleSet:
    """Return a draft, or the rules in force where none is named.

    Raises:
        ConfigurationError: The draft has errors, or nothing is in force.
    """
    if draft is not None:
        return _tried(here, store, draft).rules
    current = in_force(here, store)
    return from_json(current.compiled, current.version)


def in_force(here: Host, store: str) -> PublishedRules:
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


def version_named(here: Host, store: str, number: int) -> PublishedRules:
    """Return one version.

    Raises:
        ConfigurationError: There is none of that number.
    """
    found = here.state.version(store, number)
    if found is None:
        told = f"store {store}: no version {number} was published"
        raise ConfigurationError(f"{told}; see `orderwarden rules list`")
    return found


def side(here: Host, store: str, text: str) -> Side:
    """Return what a person names: a version by its number, or a file."""
    if text.isascii() and text.isdigit():
        return Side.of_version(version_named(here, store, int(text[:18])))
    return _tried(here, store, Path(text))


def read_for(here: Host, store: str, path: Path) -> RuleFile:
    """Read a rule file that is to be published, with the store's own names of statuses.

    Where the store is out of reach, a file that is in force already is good as it is.

    Raises:
        ConfigurationError: It cannot be read or has errors: all of them.
    """
    labels = status_labels_if_told(here.readers[store])
    try:
        return read_rule_file(path, store, labels or {})
    except ConfigurationError as error:
        if labels is not None:
            raise
        current = here.state.current(store)
        if current is not None and current.source == read_source(path):
            return RuleFile(store, path, current.source, from_json(current.compiled, 0))
        told = f"store {store} is out of reach, so its own names of statuses are not known"
        raise ConfigurationError(*error.problems, told) from error


def _tried(here: Host, store: str, path: Path) -> Side:
    """Return a draft; the store is asked for its own names of statuses only if some may occur."""
    source = read_source(path)
    try:
        rules = read_rules(source, str(path))
    except ConfigurationError:
        rules = read_file(source, str(path), status_labels_if_told(here.readers[store])).rules
    return Side(str(path), source, rules)
