"""`orderwarden changelog export|verify`: the record for other programs, and whether it holds."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Final, TextIO

import click
from orderwarden.domain.line import Line
from orderwarden.errors import ConfigurationError
from orderwarden.services.verify import Verified, verify
from orderwarden_local.host import Host

from orderwarden_cli.asking import YES, confirmed
from orderwarden_cli.failures import NO, told
from orderwarden_cli.moving.gathering import gathered, left_behind, why_not_now, why_not_whole
from orderwarden_cli.moving.ports import Movable
from orderwarden_cli.moving.records import Record, to_text
from orderwarden_cli.on_aws import AwsHost
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
@YES
@DAYS
@click.option("--move", is_flag=True, help="All that another host must know of the store.")
@click.option(
    "--restored",
    nargs=2,
    metavar="CHANGELOG STATE",
    help="With --move: of two tables on AWS that were restored, not of the stack's own.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write there instead of on stdout.",
)
def export_lines(
    config: Path,
    store: str | None,
    *,
    yes: bool,
    days: int,
    move: bool,
    restored: tuple[str, str] | None,
    output: Path | None,
) -> None:
    """Export lines as JSON, one object a line, oldest first.

    With `--move` every line, and besides the rules, approvals, counts, holds, reviews,
    bookmarks, runs, parked signals and what was seen of each order: for `changelog import` on
    another host. The store must be stopped.

    Examples:
      orderwarden changelog export --days 365 --output changelog.jsonl
      orderwarden changelog export --move --output move.jsonl
    """
    days_from = click.get_current_context().get_parameter_source("days")
    if move and days_from is not click.core.ParameterSource.DEFAULT:
        raise click.UsageError("--move takes every line; leave --days out")
    if restored and not move:
        raise click.UsageError("--restored goes with --move")
    with told(), opened(config) as here, progress("records") as advance:
        name = chosen_store(here, store)
        records: Iterable[Record] = _lines(here, name, days)
        if move:
            source = _source(here, name, restored, yes=yes)
            records = gathered(source, name, lambda number: advance(number, None))
        _write_to(output, records)


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


def _source(here: Host, store: str, restored: tuple[str, str] | None, *, yes: bool) -> Movable:
    """Return where to export from; refuse what would not be whole, ask where signals stay."""
    if restored:
        if not isinstance(here, AwsHost):
            raise click.UsageError("--restored is for tables on AWS; add --stack NAME")
        source: Movable = here.restored(*restored)
        why = why_not_whole(source, store)
    else:
        source, why = here, why_not_now(here, store)
    if why:
        raise ConfigurationError(why)
    behind = "" if restored else left_behind(here)
    if behind and not confirmed(f"{behind} would stay behind. Export all the same?", yes=yes):
        raise SystemExit(NO)
    return source


def _write(records: Iterable[Record], stream: TextIO) -> None:
    for record in records:
        stream.write(to_text(record) + "\n")


def _write_to(path: Path | None, records: Iterable[Record]) -> None:
    if path is None and sys.stdout is None:
        raise click.UsageError("stdout is closed; name a file by --output")
    try:
        with nullcontext(sys.stdout) if path is None else path.open("w", encoding="utf-8") as one:
            _write(records, one)
            one.flush()
    except BrokenPipeError:  # whoever read it has enough
        raise
    except OSError as error:
        where = path or "stdout"
        raise ConfigurationError(f"{where}: cannot be written ({error.strerror})") from error


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
