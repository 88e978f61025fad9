"""From a rule file as it was written to a rule set, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from orderwarden.domain.rules import canonical
from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.rules.nodes import Node, SequenceNode
from orderwarden.domain.rules.places import Place
from orderwarden.domain.rules.problems import Problems, quoted
from orderwarden.domain.rules.rule_entry import FileSettings, mode, rule
from orderwarden.domain.rules.rule_tests import RuleTest
from orderwarden.domain.rules.status_names import StatusNames
from orderwarden.domain.rules.store_settings import StoreSettings, store_settings
from orderwarden.domain.rules.test_entry import rule_tests
from orderwarden.domain.rules.values import scalar

VERSION: Final = "1"
"""Of the language, not of the rules."""

MOST_RULES: Final = 500
DEFAULT_ZONE: Final = "UTC"
_SOME_ZONE: Final = "America/New_York"

_REQUIRED: Final = ("version", "rules")
_KEYS: Final = (*_REQUIRED, "mode", "time_zone", "store", "allow_payment_actions", "tests")


@dataclass(frozen=True, slots=True)
class CompiledFile:
    """A rule file.

    Attributes:
        rules: Version 0, since nobody published it yet.
        tests: What stands under `tests:`; no part of what is published.
    """

    rules: RuleSet
    tests: tuple[RuleTest, ...]


def compile_file(
    document: Node, file_name: str, labels: Mapping[int, str] | None = None
) -> CompiledFile:
    """Return the rules and the tests of a file.

    Args:
        document: The whole file as nodes.
        file_name: For messages.
        labels: What the store calls its statuses (`custom_label` by id), by which rules may name
            them too.

    Raises:
        ConfigurationError: With every problem at once, each with file, line, column and path.
    """
    problems = Problems(file_name)
    file = Place(document, "", problems, StatusNames(labels or {}))
    entries = file.entries("key", _KEYS, required=_REQUIRED)
    if "version" in entries:
        _version(entries["version"])
    time_zone = _time_zone(entries["time_zone"]) if "time_zone" in entries else DEFAULT_ZONE
    store = store_settings(entries["store"]) if "store" in entries else StoreSettings()
    said = _file_settings(entries)
    names: dict[str, int] = {}
    rules = _rules(entries["rules"], names, said) if "rules" in entries else ()
    tests = rule_tests(entries["tests"], tuple(names)) if "tests" in entries else ()
    problems.raise_if_any()
    draft = RuleSet(
        version=0,
        digest="",
        time_zone=time_zone,
        rules=rules,
        reserve=store.reserve,
        offline_methods=store.offline_methods,
        protected_statuses=store.protected_statuses,
        holidays=store.holidays,
        allows_payment_actions=said.allows_payment_actions,
    )
    published = replace(draft, digest=canonical.digest(canonical.to_json(draft)))
    return CompiledFile(published, tests)


def _file_settings(entries: Mapping[str, Place]) -> FileSettings:
    allowed = entries.get("allow_payment_actions")
    return FileSettings(
        is_live=mode(entries["mode"]) if "mode" in entries else False,
        allows_payment_actions=bool(allowed and scalar(allowed, Kind.FLAG)),
    )


def _version(place: Place) -> None:
    text = place.text(VERSION)
    if text not in {None, VERSION}:
        place.refuse(f"{quoted(str(text))}: no such version of the language; write {VERSION}")


def _time_zone(place: Place) -> str:
    """Return a time zone that exists; the zone data counts as part of the language."""
    text = place.text(f"a time zone, such as {_SOME_ZONE}")
    if text is None:
        return DEFAULT_ZONE
    try:
        ZoneInfo(text)
    except (LookupError, OSError, ValueError):  # unknown, a folder of zones, a path
        near = _zone_like(place.problems, text)
        advice = f"did you mean {quoted(near)}?" if near else f"write one such as {_SOME_ZONE}"
        place.refuse(f"{quoted(text)}: no such time zone; {advice}")
    return text


def _zone_like(problems: Problems, text: str) -> str | None:
    """Return the zone most like a misspelt one, by its whole name or by its city alone."""
    # Not GMT+0 for GMT+5, nor Etc/GMT+5, which lies west of Greenwich.
    zones = sorted(each for each in available_timezones() if "GMT" not in each)
    cities = {zone.rpartition("/")[2]: zone for zone in zones}
    name = text.replace(" ", "_")
    city = problems.nearest(name, cities)
    return cities[city] if city else problems.nearest(name, zones)


def _rules(place: Place, names: dict[str, int], file: FileSettings) -> tuple[Rule, ...]:
    if isinstance(place.node, SequenceNode) and not place.node.items:
        return ()
    places = place.items("a list of rules")
    if len(places) > MOST_RULES:
        place.refuse(f"{len(places)} rules; write at most {MOST_RULES}")
        return ()
    found = [rule(each, names, file) for each in places]
    return tuple(each for each in found if each is not None)
