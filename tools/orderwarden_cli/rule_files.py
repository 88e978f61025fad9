"""Rule files as they lie on disk: read within bounds and compiled, or told what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeVar

from orderwarden.domain.rules.compile import CompiledFile
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import ConfigurationError
from orderwarden_local.configuration import Configuration, examine

from orderwarden_cli.rules_yaml import MOST_BYTES, read_file

T = TypeVar("T")

NO_LABELS: Final[Mapping[int, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RuleFile:
    """A rule file that compiles, for one store."""

    store: str
    path: Path
    source: str
    rules: RuleSet


def read_rule_file(path: Path, store: str, labels: Mapping[int, str] = NO_LABELS) -> RuleFile:
    """Read and compile one rule file.

    Args:
        path: Where it lies.
        store: Whose it is to be.
        labels: What that store calls its statuses, by id.

    Raises:
        ConfigurationError: It cannot be read or has errors: all of them.
    """
    source = read_source(path)
    return RuleFile(store, path, source, read_file(source, str(path), labels).rules)


def read_compiled(path: Path, labels: Mapping[int, str] = NO_LABELS) -> CompiledFile:
    """Read and compile one rule file with its tests, to try it out.

    Raises:
        ConfigurationError: As `read_rule_file`.
    """
    return read_file(read_source(path), str(path), labels)


def read_all(config: Path) -> tuple[Configuration, Sequence[RuleFile]]:
    """Read the configuration and every rule file that it names.

    Raises:
        ConfigurationError: With what is wrong in all of these files together.
    """
    configuration, found = examine(config)
    stores = configuration.stores.values()
    reads = [partial(read_rule_file, each.rules, each.store) for each in stores if each.rules]
    return configuration, each_of(reads, found)


def each_of(reads: Iterable[Callable[[], T]], problems: Sequence[str] = ()) -> list[T]:
    """Return what every read gives, or what is wrong with all of them together.

    Raises:
        ConfigurationError: With the given problems and those of every read, each once.
    """
    files: list[T] = []
    found = list(problems)
    for read in reads:
        try:
            files.append(read())
        except ConfigurationError as error:
            found += error.problems
    if found:
        raise ConfigurationError(*dict.fromkeys(found))  # two stores may share a rule file
    return files


def read_source(path: Path, what: str = "rules") -> str:
    """Return the text of a file: UTF-8, with or without a byte order mark.

    Raises:
        ConfigurationError: It cannot be read, is no UTF-8, or too large to be one.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            text = file.read(MOST_BYTES + 1)  # not all of what may be endless
    except OSError as error:
        told = f"{path}: the {what} cannot be read ({error.strerror})"
        raise ConfigurationError(told) from error
    except ValueError as error:
        told = f"{path}: the {what} cannot be read ({error}); save the file as UTF-8"
        raise ConfigurationError(told) from error
    return text
