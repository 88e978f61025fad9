"""`orderwarden serve`: the one-machine server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import click
from orderwarden.domain.rules.carried_out import never_asked
from orderwarden_local.bootstrap import Machine, machine
from orderwarden_local.configuration import examine
from orderwarden_local.server import serve as run_server
from orderwarden_local.structured_log import StructuredLog

from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import CONFIG_FILE
from orderwarden_cli.published import read_for
from orderwarden_cli.publishing import publish_file, published_fields
from orderwarden_cli.rule_files import RuleFile, each_of, read_all


@click.command()
@CONFIG_FILE
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port to listen on; 0 takes any free one.",
)
def serve(config: Path, host: str, port: int) -> None:
    """Receive webhooks and keep orders right, on this machine.

    Publishes the configured rules if they changed, prints one JSON line on stdout when ready,
    logs JSON lines on stderr. SIGTERM finishes what is in hand and stops.

    Example: orderwarden serve --config orderwarden.toml --port 8080
    """
    with told():
        configuration, problems = examine(config)
        if problems:
            read_all(config)  # tells them with those of every rule file
        with closing(machine(configuration)) as here:
            files = each_of(_configured_files(here))
            log = StructuredLog(here.clock)
            unchecked = []
            for rule_file in files:
                done = publish_file(here, rule_file, author="serve")
                warnings = never_asked(rule_file.rules) or None
                log.write("rules", **published_fields(rule_file.store, done), warnings=warnings)
                if not done.statuses_checked:
                    unchecked.append(rule_file.store)
            if not run_server(here, log, host, port, unchecked):
                raise SystemExit(NO)


def _configured_files(here: Machine) -> Iterator[Callable[[], RuleFile]]:
    for store in here.configuration.stores.values():
        if store.rules is not None:
            yield partial(read_for, here, store.store, store.rules)
