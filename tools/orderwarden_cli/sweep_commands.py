"""`orderwarden sweep ...`: look for orders for which time alone has made a rule due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import click
from orderwarden.ports import Run
from orderwarden.services.sweep_preview import Preview, Previewed
from orderwarden.services.sweep_run import SweepRun
from orderwarden_local.host import Host
from orderwarden_local.structured_log import LoggingNotifier
from orderwarden_local.sweeping import ports_of, sweep_of, target_of
from orderwarden_local.work_the_queue import lending_a_hand, wait_for

from orderwarden_cli.asking import YES, has_terminal
from orderwarden_cli.failures import NO, OUT_OF_REACH, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.progress import Advance, progress, quiet_log
from orderwarden_cli.shown import line_fields, lines_table, print_json, print_table
from orderwarden_cli.sweep_shown import (
    preview_fields,
    preview_table,
    print_run,
    run_fields,
    runs_table,
)

PATIENCE_S = 45.0
"""Longer than a quota window (30 s); a signal that keeps failing is left to the queue."""


@click.group()
def sweep() -> None:
    """Look for orders for which time alone has made a rule due."""


@sweep.command("run")
@CONFIG
@STORE
@AS_JSON
@YES
@click.option("--dry-run", is_flag=True, help="Only show what it would do.")
@click.option("--no-wait", is_flag=True, help="Queue what is due and return.")
def run_sweep(
    config: Path, store: str | None, *, as_json: bool, yes: bool, dry_run: bool, no_wait: bool
) -> None:
    """Find the orders that are due, and wait until the rules were carried out on them.

    The server does the same by itself every five minutes. Both may run at once: each order is
    queued once.

    Examples:
      orderwarden sweep run --dry-run
      orderwarden sweep run --yes --json
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        if dry_run or not yes:
            if not dry_run and not has_terminal():
                raise click.UsageError("this changes orders; look with --dry-run, then add --yes")
            orders = _previewed(here, name)
            if dry_run and as_json:
                print_json([preview_fields(order) for order in orders])
                return
            print_table(preview_table(orders, name))
            if dry_run or not click.confirm("Sweep now?"):
                return
        done, waiting = _swept(here, name, no_wait=no_wait)
        if as_json:
            print_json(run_fields(done))
        else:
            print_run(done, waiting)
        _exit(done)


@sweep.command("list")
@CONFIG
@STORE
@AS_JSON
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def list_runs(config: Path, store: str | None, as_json: bool, limit: int) -> None:
    """List the runs of sweeps, reconciliations and undos, the latest first.

    Sweeps by the clock that found nothing to queue are not kept.

    Example: orderwarden sweep list --json
    """
    with told(), opened(config) as here:
        found = here.state.runs(chosen_store(here, store), limit)
        if as_json:
            print_json([run_fields(run) for run in found])
        else:
            print_table(runs_table(found))


@sweep.command("show")
@CONFIG
@STORE
@AS_JSON
@click.argument("run_id", metavar="RUN")
def show_run(config: Path, store: str | None, as_json: bool, run_id: str) -> None:
    """Show one run: what it found, and every line that was written for it.

    Example: orderwarden sweep show sweep-20261121T120000-1f0c9a3e
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        found = here.state.run(name, run_id)
        if found is None:
            click.echo(
                f"Store {name} has no run {run_id}; see `orderwarden sweep list`.", err=True
            )
            raise SystemExit(NO)
        lines = here.changelog.of_run(name, run_id)
        if as_json:
            print_json({**run_fields(found), "lines": [line_fields(line) for line in lines]})
            return
        print_run(found)
        print_table(lines_table(lines, f"Lines of run {run_id}"))


def _previewed(here: Host, store: str) -> Sequence[Previewed]:
    log = LoggingNotifier(quiet_log(here.clock))
    orders: list[Previewed] = []
    with target_of(here, store, "preview") as target, progress("orders due") as advance:
        for order in Preview(ports_of(here, log), target).orders():
            orders.append(order)
            advance(len(orders), None)
    return orders


def _swept(here: Host, store: str, *, no_wait: bool) -> tuple[Run, int]:
    """Sweep, pass after pass, until nothing is left; return the run and what still waits."""
    log = quiet_log(here.clock)
    hand = nullcontext() if no_wait else lending_a_hand(here, log)
    with sweep_of(here, store, LoggingNotifier(log), is_asked_for=True) as run, hand:
        if no_wait:
            run.sweep_once()
            return run.finish(), len(run.keys)
        with progress("orders done") as advance:
            outcomes, waiting = _worked(here, run, advance)
        return run.finish(outcomes), waiting


def _worked(here: Host, run: SweepRun, advance: Advance) -> tuple[Counter[str], int]:
    """Sweep and wait by turns; return what became of the signals, and how many still wait."""
    outcomes: Counter[str] = Counter()
    done = waiting = 0
    is_more = True
    while is_more:
        is_more = run.sweep_once()
        told = partial(_advanced, advance, done, len(run.keys))
        new = run.keys[done + waiting :]
        worked = wait_for(here.receipts, here.clock, new, patience_s=PATIENCE_S, told=told)
        outcomes.update(worked.outcomes.values())
        done += len(worked.outcomes)
        waiting += len(worked.waiting)
        is_more = is_more and bool(worked.outcomes)
    return outcomes, waiting


def _advanced(advance: Advance, before: int, total: int, count: int) -> None:
    advance(before + count, total)


def _exit(done: Run) -> None:
    """Leave with the code that says how the run ended."""
    ended = done.summary["ended"]
    if ended == "again":
        raise SystemExit(OUT_OF_REACH)
    if ended in {"stopped", "outside_window", "refused"}:
        raise SystemExit(NO)
