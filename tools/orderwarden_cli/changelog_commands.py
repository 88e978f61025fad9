"""`orderwarden changelog export|verify`: the record for other programs, and whether it holds."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final, TextIO

import click
from orderwarden.domain.line import Line
from orderwarden.errors import ConfigurationError
from orderwarden.services.verify import Verified, verify
from orderwarden_local.host import Host

from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.progress import progress
from orderwarden_cli.shown import line_fields, print_json

DAYS: Final = click.option(
    "--days", type=click.IntRange(1, 36_500), default=1, show_default=True, help="How far back."
)
AHEAD: Final = timedelta(days=1)
"""Lines are dated by the store's clock, which may be ahead of ours."""


@click.command("export")
@CONFIG
@STORE
@DAYS
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write there instead of on stdout.",
)
def export_lines(config: Path, store: str | None, days: int, output: Path | None) -> None:
    """Export lines as JSON, one object a line, oldest first.

    Example: orderwarden changelog export --days 365 --output changelog.jsonl
    """
    with told(), opened(config) as here:
        lines = _lines(here, chosen_store(here, store), days)
        if output is None:
            _write(lines, sys.stdout)
            return
        try:
            with output.open("w", encoding="utf-8") as stream:
                _write(lines, stream)
        except OSError as error:
            raise ConfigurationError(f"{output}: cannot be written ({error.strerror})") from error


@click.command("verify")
@CONFIG
@STORE
@AS_JSON
@DAYS
@click.option("--no-store", is_flag=True, help="Do not ask the store: no calls.")
def verify_lines(
    config: Path, store: str | None, *, as_json: bool, days: int, no_store: bool
) -> None:
    """Check that every line is settled, that no effect was had twice, and what the store shows.

    Exits with 1 if anything is wrong. One call for each order that was changed.

    Example: orderwarden changelog verify --days 7 --json
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        lines = list(_lines(here, name, days))
        with progress("orders compared") as advance:
            reader = None if no_store else here.readers[name]
            found = verify(here.changelog, lines, here.clock.now(), reader, advance)
        if as_json:
            print_json(_fields(found))
        else:
            _print(found)
        if found.problems:
            raise SystemExit(NO)


def _lines(here: Host, store: str, days: int) -> Iterable[Line]:
    end = here.clock.now() + AHEAD
    return here.changelog.between(store, end - AHEAD - timedelta(days=days), end)


def _write(lines: Iterable[Line], stream: TextIO) -> None:
    for line in lines:
        stream.write(json.dumps(line_fields(line)) + "\n")


def _fields(found: Verified) -> Mapping[str, object]:
    return {
        "lines": found.lines,
        "checked": dict(found.checked),
        "unreadable": found.unreadable,
        "problems": [
            {"wrong": problem.wrong.value, **line_fields(problem.line)}
            for problem in found.problems
        ],
    }


def _print(found: Verified) -> None:
    click.echo(f"{found.lines} lines")
    for name, count in found.checked.items():
        click.echo(f"{count} orders: {name.replace('_', ' ')}")
    if found.unreadable:
        click.echo(f"{found.unreadable} orders cannot be read any more")
    for problem in found.problems:
        line = problem.line
        click.echo(f"{problem.wrong.value}: order {line.order_id}, rule {line.rule}, {line.id}")
    if not found.problems:
        click.echo("Nothing is wrong.")
