"""Commands that only look: `changelog list` and `status`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import click
from orderwarden.domain.line import HOOKS
from orderwarden_local.health import health, store_status

from orderwarden_cli.failures import told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.shown import (
    line_fields,
    lines_table,
    print_json,
    print_table,
)


@click.group()
def changelog() -> None:
    """Why each order was changed, or was not."""


@changelog.command("list")
@CONFIG
@STORE
@AS_JSON
@click.option("--order", "order_id", type=click.IntRange(min=1), help="One order's lines only.")
@click.option("--hooks", is_flag=True, help="The lines about the store's hooks.")
@click.option(
    "--days", type=click.IntRange(1, 36_500), default=1, show_default=True, help="How far back."
)
def list_lines(
    config: Path, store: str | None, *, as_json: bool, order_id: int | None, hooks: bool, days: int
) -> None:
    """List lines, oldest first; those about the store's hooks only where asked for.

    Example: orderwarden changelog list --order 118 --json
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        if hooks or order_id is not None:
            lines = list(here.changelog.of_order(name, HOOKS if hooks else order_id or HOOKS))
        else:
            end = here.clock.now() + timedelta(days=1)
            found = here.changelog.between(name, end - timedelta(days=days + 1), end)
            lines = [line for line in found if line.order_id != HOOKS]
        if as_json:
            print_json([line_fields(line) for line in lines])
        else:
            print_table(lines_table(lines, f"Changelog of store {name}"))


@click.command()
@CONFIG
@AS_JSON
def status(config: Path, as_json: bool) -> None:
    """Show what waits, what is in hand, and what needs a person.

    Example: orderwarden status --json
    """
    with told(), opened(config) as here:
        stores = [store_status(here, name) for name in sorted(here.configuration.stores)]
        found = {**health(here), "stores": stores}
        if as_json:
            print_json(found)
            return
        for key, value in found.items():
            if key != "stores":
                click.echo(f"{key:>13}  {value}")
        for one in stores:
            state = one["stopped"] or "runs"
            click.echo(f"store {one['store']}: {state}, rules version {one['rules_version']}")
