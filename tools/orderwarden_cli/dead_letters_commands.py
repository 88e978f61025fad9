"""`orderwarden dead-letters ...`: what the queue gave up, and trying it once more."""

from __future__ import annotations

from pathlib import Path

import click
from orderwarden.domain.instants import to_text
from rich.table import Table
from rich.text import Text

from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG, opened
from orderwarden_cli.shown import print_json, print_table

SHOWN = 200


@click.group("dead-letters")
def dead_letters() -> None:
    """What no code could read, or what was received too often."""


@dead_letters.command("list")
@CONFIG
@AS_JSON
def list_letters(config: Path, as_json: bool) -> None:
    """List dead letters, the first buried first (at most 200).

    Example: orderwarden dead-letters list --json
    """
    with told(), opened(config) as here:
        letters = here.queue.dead_letters(SHOWN)
        if as_json:
            print_json(
                [
                    {
                        "id": letter.id,
                        "buried_at": to_text(letter.buried_at),
                        "reason": letter.reason,
                        "receive_count": letter.receive_count,
                        "body": letter.body,
                    }
                    for letter in letters
                ]
            )
            return
        table = Table(title="Dead letters", title_justify="left")
        for heading in ("id", "buried", "reason", "receives", "body"):
            table.add_column(heading, overflow="fold")
        for letter in letters:
            buried_at = f"{letter.buried_at:%Y-%m-%d %H:%M:%S}"
            receives = str(letter.receive_count)
            row = (letter.id, buried_at, letter.reason, receives, letter.body[:200])
            table.add_row(*map(Text, row))  # a body in brackets is no markup
        print_table(table)


@dead_letters.command()
@CONFIG
@click.argument("ids", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Retry every dead letter.")
def retry(config: Path, ids: tuple[str, ...], every: bool) -> None:
    """Put dead letters back on the queue: those named by id, or all.

    Example: orderwarden dead-letters retry --all
    """
    if bool(ids) == every:
        raise click.UsageError("name the ids to retry, or add --all")
    with told(), opened(config) as here:
        count = here.queue.retry_dead_letters(None if every else ids)
        click.echo(f"Put back on the queue: {count}.")
        if not every and count < len(set(ids)):
            raise SystemExit(NO)
