"""`orderwarden serve`: the one-machine server."""

from __future__ import annotations

from pathlib import Path

import click
from orderwarden_local.configuration import read_configuration
from orderwarden_local.server import serve as run_server

from orderwarden_cli.failures import told
from orderwarden_cli.options import CONFIG, opened
from orderwarden_cli.publishing import publish_file, read_rule_files


@click.command()
@CONFIG
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
        files = read_rule_files(read_configuration(config))
        here = opened(config)
        unchecked = []
        for rule_file in files:
            published = publish_file(here, rule_file, author="serve")
            if not published.statuses_checked:
                unchecked.append(rule_file.store)
        run_server(here, host, port, unchecked)
