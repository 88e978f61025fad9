"""Read rule files and put them in force, for `serve` and `rules publish` alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orderwarden.domain.rules.canonical import from_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import ConfigurationError, OrderwardenError
from orderwarden.services.publish import Published, check_statuses, free_what_waited, publish
from orderwarden_local.bootstrap import Machine
from orderwarden_local.configuration import Configuration, examine

from orderwarden_cli.rules_yaml import read_rules


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A rule file that compiles, for one store."""

    store: str
    path: Path
    source: str
    rules: RuleSet


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """What publishing it ended in.

    Attributes:
        differing: The store's statuses that are not ours; they stopped the store.
        statuses_checked: False where the store was out of reach.
    """

    published: Published
    differing: Mapping[int, str]
    statuses_checked: bool


def read_rule_file(path: Path, store: str) -> RuleFile:
    """Read and compile one rule file.

    Raises:
        ConfigurationError: It cannot be read or has errors: all of them.
    """
    try:
        source = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{path}: the rules cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise ConfigurationError(f"{path}: the rules cannot be read ({error})") from error
    return RuleFile(store, path, source, read_rules(source, str(path)))


def read_all(config: Path) -> tuple[Configuration, Sequence[RuleFile]]:
    """Read the configuration and every rule file that it names.

    Raises:
        ConfigurationError: With what is wrong in all of these files together.
    """
    configuration, found = examine(config)
    files: list[RuleFile] = []
    problems = list(found)
    for store in configuration.stores.values():
        if store.rules is None:
            continue
        try:
            files.append(read_rule_file(store.rules, store.store))
        except ConfigurationError as error:
            problems += error.problems
    if problems:
        raise ConfigurationError(*dict.fromkeys(problems))  # two stores may share a rule file
    return configuration, files


def publish_file(here: Machine, rule_file: RuleFile, author: str) -> PublishedFile:
    """Publish a rule file if it says something new, and compare the store's statuses."""
    store = rule_file.store
    current = here.state.current(store)
    before = from_json(current.compiled, current.version) if current else None
    published = publish(
        here.state,
        here.clock,
        store,
        rule_file.rules,
        source=rule_file.source,
        author=author,
    )
    if published.is_new:
        free_what_waited(here.state, here.queue, store, before, rule_file.rules)
    try:
        differing = check_statuses(here.state, here.clock, store, here.readers[store])
    except OrderwardenError:
        return PublishedFile(published, {}, statuses_checked=False)
    return PublishedFile(published, differing, statuses_checked=True)


def published_fields(store: str, done: PublishedFile) -> Mapping[str, object]:
    """Return what publishing ended in, as JSON and the server's log tell it."""
    return {
        "store": store,
        "version": done.published.version,
        "is_new": done.published.is_new,
        "was_overtaken": done.published.was_overtaken,
        "differing_statuses": dict(done.differing),
        "statuses_checked": done.statuses_checked,
    }
