"""`orderwarden undo`: take back what a run, or one line, changed."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click
from orderwarden.domain.line import Line
from orderwarden.ports import Run
from orderwarden.ports.runs import UNDO
from orderwarden.services.undo import (
    CANNOT,
    UndoPorts,
    ask_to_undo,
    change_of_line,
    changes_of_run,
)
from orderwarden_local.host import Host
from orderwarden_local.work_the_queue import lending_a_hand, wait_for

from orderwarden_cli.asking import YES, has_terminal
from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.progress import progress, quiet_log
from orderwarden_cli.shown import line_fields, lines_table, print_json, print_table
from orderwarden_cli.sweep_shown import print_run, run_fields

AT_ONCE = 100
"""Changes asked for at a time; live webhooks do not wait behind thousands."""


@click.command()
@CONFIG
@STORE
@AS_JSON
@click.option("--run", "run_id", help="Take back every change of this run.")
@click.option("--line", "line_id", help="Take back the change of this line.")
@YES
def undo(
    config: Path,
    store: str | None,
    *,
    as_json: bool,
    run_id: str | None,
    line_id: str | None,
    yes: bool,
) -> None:
    """Put back the status before a change, where it is still ours and nothing happened since.

    The rule leaves those orders alone from then on, until a person lifts the hold.

    Examples:
      orderwarden undo --run sweep-20261121T120000-1f0c9a3e
      orderwarden undo --line 0f3c... --yes --json
    """
    if (run_id is None) == (line_id is None):
        raise click.UsageError("name a run with --run ID, or a line with --line ID")
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        ports = UndoPorts(here.clock, here.changelog, here.queue)
        if run_id is not None:
            lines = changes_of_run(here.changelog, name, run_id)
        else:
            lines = change_of_line(ports, name, line_id or "")
        if not lines:
            click.echo("No change of it stands that could be taken back.", err=True)
            raise SystemExit(NO)
        _refuse_stopped(here, name)
        _confirm(lines, name, is_shown=not as_json, yes=yes)
        done = _undone(here, name, ports, lines)
        if as_json:
            changes = [line_fields(line) for line in lines]
            print_json({**run_fields(done), "lines": changes, "cannot_be_undone": list(CANNOT)})
        else:
            print_run(done)


def _refuse_stopped(here: Host, store: str) -> None:
    """Refuse to wait for what nobody does: a stopped store keeps what is asked of it."""
    why = here.state.controls(store).stopped
    if why:
        click.echo(
            f"Store {store} is stopped ({why}), so nothing is taken back: pause its rules with "
            "`orderwarden pause --rule NAME`, let the store run with `orderwarden resume`, and "
            "undo then.",
            err=True,
        )
        raise SystemExit(NO)


def _confirm(lines: Sequence[Line], store: str, *, is_shown: bool, yes: bool) -> None:
    """Show what is about to happen, and ask unless told not to."""
    if not yes and not has_terminal():
        raise click.UsageError("this changes orders; add --yes")
    if is_shown:
        print_table(lines_table(lines, f"To be taken back in store {store}"))
        click.echo("\n".join(CANNOT))
    if not yes:
        click.confirm("Take them back?", abort=True, err=True)


def _undone(here: Host, store: str, ports: UndoPorts, lines: Sequence[Line]) -> Run:
    """Ask for every change to be taken back, some at a time, and wait for it."""
    began_at = here.clock.now()
    run_id = f"{UNDO}-{began_at:%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
    run = Run(run_id, store, UNDO, began_at)
    here.state.replace_run(run, None)
    outcomes: Counter[str] = Counter()
    with lending_a_hand(here, quiet_log(here.clock)), progress("changes") as advance:
        for first in range(0, len(lines), AT_ONCE):
            keys = ask_to_undo(ports, lines[first : first + AT_ONCE], run_id)
            worked = wait_for(here.receipts, here.clock, keys)
            outcomes.update(worked.outcomes.values())
            outcomes["waiting"] += len(worked.waiting)
            advance(outcomes.total(), len(lines))
    summary = {"changes": len(lines), "outcomes": dict(+outcomes), "ended": "complete"}
    ended = replace(run, ended_at=here.clock.now(), summary=summary, revision=2)
    here.state.replace_run(ended, run)
    return ended
