"""`orderwarden rules check`: every error of a rule file, and what is odd about its rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click
from orderwarden.domain.rules.carried_out import never_asked
from orderwarden.domain.rules.lint import Finding, Schedule, Severity, lint
from orderwarden.domain.rules.problems import quoted
from orderwarden.errors import ConfigurationError, OrderwardenError
from orderwarden.services.shop_words import MethodsSeen, methods_seen, status_labels_if_told
from orderwarden_local.bootstrap import reader_of
from orderwarden_local.configuration import StoreConfiguration, examine

from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG_FILE, STORE, chosen
from orderwarden_cli.rule_files import NO_LABELS, RuleFile, each_of, read_all, read_rule_file
from orderwarden_cli.shown import print_json


@dataclass(frozen=True, slots=True)
class Checked:
    """A rule file that compiles, with what is odd about it.

    Attributes:
        store: Empty where only the file was looked at.
        is_reachable: Whether the store told its own names of statuses and its payment methods.
        methods: Payment methods of late orders that are on neither list, where it told them.
    """

    rule_file: RuleFile
    findings: tuple[Finding, ...]
    store: str = ""
    is_reachable: bool = False
    methods: MethodsSeen | None = None


@click.command()
@CONFIG_FILE
@STORE
@AS_JSON
@click.option("--strict", is_flag=True, help="Exit with 1 if there is anything to warn of.")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def check(
    config: Path, store: str | None, *, as_json: bool, strict: bool, file: Path | None
) -> None:
    """Say every error of a rule file, and what is odd about its rules; changes nothing.

    A FILE alone is checked without any store. With --store, or for the configured files, the
    store is asked what it calls its statuses and by which methods its last orders were paid;
    where it is out of reach, the rest is checked all the same.

    Example: orderwarden rules check rules.yaml
    """
    with told():
        if file is not None and store is None:
            checked = [_checked(read_rule_file(file, store=""), NO_LABELS)]
        else:
            checked = _of_stores(config, store, file)
        if as_json:
            print_json([_fields(each) for each in checked])
        else:
            for each in checked:
                _tell(each)
        is_odd = any(_warnings(each) for each in checked)
        if strict and is_odd:
            raise SystemExit(NO)


def warn(rule_file: RuleFile, labels: Mapping[int, str] = NO_LABELS) -> None:
    """Say on stderr what the writer of a rule file hardly means."""
    for sentence in _warnings(_checked(rule_file, labels)):
        click.echo(f"warning: {rule_file.path}: {sentence}", err=True)


def _checked(rule_file: RuleFile, labels: Mapping[int, str]) -> Checked:
    return Checked(rule_file, lint(rule_file.rules, Schedule(), labels))


def _of_stores(config: Path, store: str | None, file: Path | None) -> list[Checked]:
    """Check the files of one store or of all of them, each with what its store tells."""
    configuration, problems = examine(config)
    if problems:
        read_all(config)  # tells them with those of every rule file
    names = [chosen(configuration, store)] if store else list(configuration.stores)
    stores = [configuration.stores[name] for name in names]
    if store and file is None and stores[0].rules is None:
        raise ConfigurationError(f"{config}: stores.{store}.rules is not set; name a FILE")
    paths = [(each, file or each.rules) for each in stores]
    return each_of(partial(_of_store, each, path) for each, path in paths if path is not None)


def _of_store(store: StoreConfiguration, path: Path) -> Checked:
    with closing(reader_of(store)) as reader:
        labels = status_labels_if_told(reader)
        rule_file = read_rule_file(path, store.store, labels or NO_LABELS)
        findings = lint(rule_file.rules, Schedule(), labels or NO_LABELS)
        try:
            seen = methods_seen(reader, rule_file.rules.offline_methods) if labels else None
        except OrderwardenError:
            seen = None
    return Checked(rule_file, findings, store.store, seen is not None, seen)


def _tell(checked: Checked) -> None:
    rules, path = checked.rule_file.rules.rules, checked.rule_file.path
    live = sum(rule.is_live for rule in rules)
    click.echo(f"{path}: {len(rules)} rules, {live} live, {len(rules) - live} shadow")
    for sentence in _warnings(checked):
        click.echo(f"warning: {path}: {sentence}", err=True)
    for sentence in _notes(checked):
        click.echo(f"note: {path}: {sentence}", err=True)


def _warnings(checked: Checked) -> list[str]:
    odd = [each for each in checked.findings if each.severity is not Severity.NOTE]
    return [*never_asked(checked.rule_file.rules), *map(_sentence, odd)]


def _notes(checked: Checked) -> Iterator[str]:
    yield from (_sentence(e) for e in checked.findings if e.severity is Severity.NOTE)
    if checked.methods is not None:
        for method, count in checked.methods.unknown.items():
            yield (
                f"payment method {quoted(method)}, seen {count} times in the last "
                f"{checked.methods.days:.0f} days, is on neither list: whether such orders are "
                "paid is unknown; add it to offline_methods if it leaves no transactions"
            )
    elif checked.store:
        yield (
            f"store {checked.store} is out of reach: its own names of statuses and its payment "
            "methods were not looked at"
        )


def _sentence(finding: Finding) -> str:
    noun = "rule" if len(finding.rules) == 1 else "rules"
    return f"{noun} {', '.join(finding.rules)}: {finding.reason}"


def _fields(checked: Checked) -> Mapping[str, object]:
    rules, methods = checked.rule_file.rules.rules, checked.methods
    return {
        "file": str(checked.rule_file.path),
        "store": checked.store,
        "rules": len(rules),
        "live": sum(rule.is_live for rule in rules),
        "findings": [
            {"rules": list(x.rules), "reason": x.reason, "severity": x.severity.value}
            for x in checked.findings
        ],
        "never_asked": list(never_asked(checked.rule_file.rules)),
        "is_reachable": checked.is_reachable,
        "unknown_methods": dict(methods.unknown) if methods else None,
    }
