"""`orderwarden rules ...`: check, publish and list the rules of a store."""

from __future__ import annotations

import getpass
from pathlib import Path

import click
from orderwarden.domain.instants import to_text
from orderwarden.errors import ConfigurationError
from orderwarden_local.configuration import read_configuration

from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.publishing import publish_file, read_rule_file, read_rule_files
from orderwarden_cli.shown import print_json

FILE = click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def rules() -> None:
    """Check, publish and list rules."""


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
            checked = list(read_rule_files(read_configuration(config)))
        for rule_file in checked:
            live = sum(rule.is_live for rule in rule_file.rules.rules)
            count = len(rule_file.rules.rules)
            click.echo(f"{rule_file.path}: {count} rules, {live} live, {count - live} shadow")


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
    with told():
        here = opened(config)
        name = chosen_store(here, store)
        path = file or here.configuration.stores[name].rules
        if path is None:
            raise ConfigurationError(f"{config}: stores.{name}.rules is not set; name a FILE")
        done = publish_file(here, read_rule_file(path, name), getpass.getuser())
        published = done.published
        if as_json:
            print_json(
                {
                    "store": name,
                    "version": published.version,
                    "is_new": published.is_new,
                    "was_overtaken": published.was_overtaken,
                    "differing_statuses": dict(done.differing),
                    "statuses_checked": done.statuses_checked,
                }
            )
        elif published.was_overtaken:
            click.echo("Somebody else published in between; look at theirs, then publish again.")
        elif published.is_new:
            click.echo(f"Store {name}: version {published.version} is in force.")
        else:
            click.echo(
                f"Store {name}: the same rules are in force as version {published.version}."
            )
        if not done.statuses_checked:
            click.echo("The store was out of reach: its statuses were not compared yet.", err=True)
        if done.differing:
            click.echo(
                f"Its order statuses differ; the store is stopped: {done.differing}", err=True
            )
        if published.was_overtaken or done.differing:
            raise SystemExit(NO)


@rules.command("list")
@CONFIG
@STORE
@AS_JSON
def list_versions(config: Path, store: str | None, as_json: bool) -> None:
    """List the published versions, oldest first.

    Example: orderwarden rules list --json
    """
    with told():
        here = opened(config)
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
