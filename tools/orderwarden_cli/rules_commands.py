"""`orderwarden rules ...`: check, publish and list the rules of a store."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import click
from orderwarden.domain.instants import to_text
from orderwarden.domain.rules.carried_out import never_asked
from orderwarden.errors import ConfigurationError
from orderwarden.services.publish import Published

from orderwarden_cli.backtest_command import backtest
from orderwarden_cli.explain_command import explain
from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.publishing import PublishedFile, publish_file, published_fields
from orderwarden_cli.rule_files import RuleFile, read_all, read_rule_file
from orderwarden_cli.rule_tests_command import test_rules
from orderwarden_cli.shown import print_json

FILE = click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def rules() -> None:
    """Check, try, publish and roll back rules."""


for command in (test_rules, explain, backtest):
    rules.add_command(command)


@rules.command()
@CONFIG
@FILE
def check(config: Path, file: Path | None) -> None:
    """Say every error of a rule file, or that it is right; changes nothing.

    Without FILE, the configured rule files are checked.

    Example: orderwarden rules check rules.yaml
    """
    with told():
        if file is not None:
            checked = [read_rule_file(file, store="")]
        else:
            checked = list(read_all(config)[1])
        for rule_file in checked:
            live = sum(rule.is_live for rule in rule_file.rules.rules)
            count = len(rule_file.rules.rules)
            click.echo(f"{rule_file.path}: {count} rules, {live} live, {count - live} shadow")
            _warn(rule_file)


@rules.command()
@CONFIG
@STORE
@AS_JSON
@FILE
def publish(config: Path, store: str | None, as_json: bool, file: Path | None) -> None:
    """Put a rule file in force as a new version.

    Without FILE, the store's configured rule file is published. A running server follows
    within seconds.

    Example: orderwarden rules publish --store abc123 rules.yaml
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        path = file or here.configuration.stores[name].rules
        if path is None:
            raise ConfigurationError(f"{config}: stores.{name}.rules is not set; name a FILE")
        rule_file = read_rule_file(path, name)
        _warn(rule_file)
        _tell(name, publish_file(here, rule_file, _author()), as_json=as_json)


def _warn(rule_file: RuleFile) -> None:
    """Say what the rules hope for in vain."""
    for sentence in never_asked(rule_file.rules):
        click.echo(f"warning: {rule_file.path}: {sentence}", err=True)


def _tell(store: str, done: PublishedFile, *, as_json: bool) -> None:
    """Tell what publishing ended in; exit with 1 where a person must look at it."""
    if as_json:
        print_json(published_fields(store, done))
    else:
        click.echo(f"Store {store}: {_told_version(done.published)}")
    if not done.statuses_checked:
        click.echo("The store was out of reach: its statuses were not compared yet.", err=True)
    if done.differing:
        click.echo(f"Its order statuses differ; the store is stopped: {done.differing}", err=True)
    if done.published.was_overtaken or done.differing:
        raise SystemExit(NO)


def _author() -> str:
    """Return who publishes; a container may run under a number that has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


def _told_version(published: Published) -> str:
    if published.was_overtaken:
        return "somebody else published in between; look at theirs, then publish again."
    if published.is_new:
        return f"version {published.version} is in force."
    return f"the same rules are in force as version {published.version}."


@rules.command("list")
@CONFIG
@STORE
@AS_JSON
def list_versions(config: Path, store: str | None, as_json: bool) -> None:
    """List the published versions, oldest first.

    Example: orderwarden rules list --json
    """
    with told(), opened(config) as here:
        versions = here.state.versions(chosen_store(here, store))
        if as_json:
            print_json(
                [
                    {
                        "version": v.version,
                        "at": to_text(v.at),
                        "author": v.author,
                        "digest": v.digest,
                    }
                    for v in versions
                ]
            )
            return
        for v in versions:
            click.echo(f"{v.version:>4}  {v.at:%Y-%m-%d %H:%M:%S}  {v.author}  {v.digest[:12]}")
