"""`orderwarden rules ...`: check and publish the rules of a store; the others lie beside."""

from __future__ import annotations

from pathlib import Path

import click
from orderwarden.errors import ConfigurationError

from orderwarden_cli.backtest_command import backtest
from orderwarden_cli.check_command import check, warn
from orderwarden_cli.explain_command import explain
from orderwarden_cli.failures import told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.published import read_for
from orderwarden_cli.publishing import author, publish_file, tell_published
from orderwarden_cli.rule_tests_command import test_rules
from orderwarden_cli.versions_commands import diff, list_versions, rollback, show

FILE = click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def rules() -> None:
    """Check, try, publish and roll back rules."""


for command in (check, test_rules, explain, backtest, list_versions, show, diff, rollback):
    rules.add_command(command)


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
        rule_file = read_for(here, name, path)
        warn(rule_file)
        tell_published(name, publish_file(here, rule_file, author()), as_json=as_json)
