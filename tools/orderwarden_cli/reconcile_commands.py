"""`orderwarden reconcile run`: find the orders whose webhooks were lost, now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import click
from orderwarden.domain.missed import MISSED, RECEIVED
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.reconciliation import Pass
from orderwarden.domain.rules.durations import parse
from orderwarden.ports import Run
from orderwarden.services.reconcile import Reconciliation, Wanted
from orderwarden.services.reconcile_bookmark import BOOKMARK
from orderwarden_local.bootstrap import reconcile_ports
from orderwarden_local.host import Host
from orderwarden_local.structured_log import LoggingNotifier
from orderwarden_local.work_the_queue import lending_a_hand, wait_for

from orderwarden_cli.asking import YES, confirmed
from orderwarden_cli.failures import NO, OUT_OF_REACH, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.progress import Advance, progress, quiet_log
from orderwarden_cli.shown import print_json
from orderwarden_cli.sweep_shown import run_fields

PATIENCE_S: Final = 45.0
"""Longer than a quota window (30 s); a signal that keeps failing is left to the queue."""

LOOKS_IN_VAIN: Final = 12
"""So often in a row a look may find no room or no store, a few seconds apart."""

PAUSE_S: Final = 5.0
LONGEST_PAUSE_S: Final = 30.0
UNENDED: Final = frozenset({"no_room", "again", "interrupted"})


@click.group()
def reconcile() -> None:
    """Find the orders whose webhooks were lost."""


@reconcile.command("run")
@CONFIG
@STORE
@AS_JSON
@YES
@click.option(
    "--since", metavar="TIME", help="Look at everything modified from then on: 72h, 2026-11-18."
)
@click.option("--no-wait", is_flag=True, help="Queue what there is room for and return.")
def run_reconciliation(
    config: Path,
    store: str | None,
    *,
    as_json: bool,
    yes: bool,
    since: str | None,
    no_wait: bool,
) -> None:
    """Look at the orders modified since the last run, and wait until what was missed is done.

    The server does the same by itself every 15 minutes. Both may run at once. What is interrupted
    is gone on with by the next run.

    Examples:
      orderwarden reconcile run --since 72h
      orderwarden reconcile run --since 2026-11-18T09:00 --yes --json
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        begin = None if since is None else _time(since, here.clock.now())
        if not yes and not confirmed(_question(here, name, begin), yes=yes):
            return
        run, waiting = _reconciled(here, name, begin, no_wait=no_wait)
        fields = _fields(run, waiting)
        if as_json:
            print_json(fields)
        else:
            _print(fields)
        _exit(run, no_wait=no_wait)


def _time(text: str, now: datetime) -> datetime:
    """Return a day, a time (UTC unless it says otherwise), or a duration before now."""
    seconds = parse(text)
    if seconds is not None:
        return now - timedelta(seconds=seconds)
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise click.BadParameter(
            f"{text!r} is no time; write 72h, 2026-11-18 or 2026-11-18T09:00",
            param_hint="--since",
        ) from error


def _question(here: Host, store: str, since: datetime | None) -> str:
    """Return what a person is asked: how much there is to look at."""
    text = here.state.bookmark(store, BOOKMARK)
    begin = since or here.clock.now() - timedelta(hours=here.configuration.look_back_hours)
    if text and since is None:
        before = Pass.from_text(text)
        begin = before.end if before.is_done else before.begin
    count = here.readers[store].count_orders(OrderFilter(modified_from=begin)).value.total
    return (
        f"Store {store}: about {count} orders were modified since {begin:%Y-%m-%d %H:%M} UTC. "
        "Those that were missed are decided by the rules in force. Go on?"
    )


def _reconciled(
    here: Host, store: str, since: datetime | None, *, no_wait: bool
) -> tuple[Run, int]:
    """Look and wait by turns until nothing is left; return the run and what still waits."""
    log = quiet_log(here.clock)
    configuration = here.configuration
    with progress("orders looked at") as advance:
        wanted = Wanted(
            is_asked_for=True,
            since=since,
            look_back=timedelta(hours=configuration.look_back_hours),
            period_s=configuration.reconcile_minutes * 60.0,
            told=partial(_advanced, advance),
        )
        ports = reconcile_ports(here, LoggingNotifier(log))
        run = Reconciliation(ports, store, here.readers[store], wanted)
        with nullcontext() if no_wait else lending_a_hand(here, log):
            if no_wait:
                run.look()
                return run.finish(), len(run.keys)
            outcomes, waiting = _worked(here, run)
        return run.finish(outcomes), waiting


def _worked(here: Host, run: Reconciliation) -> tuple[Counter[str], int]:
    """Return what became of the signals, and how many of them still wait."""
    outcomes: Counter[str] = Counter()
    seen = waiting = in_vain = 0
    while in_vain < LOOKS_IN_VAIN:
        run.look()
        new = list(run.keys)[seen:]
        seen += len(new)
        worked = wait_for(here.receipts, here.clock, new, patience_s=PATIENCE_S)
        outcomes.update(worked.outcomes.values())
        waiting += len(worked.waiting)
        if run.ended not in UNENDED:
            break
        in_vain = 0 if worked.outcomes else in_vain + 1
        if in_vain:
            here.clock.wait(min(max(PAUSE_S, run.again_s or 0.0), LONGEST_PAUSE_S))
    return outcomes, waiting


def _advanced(advance: Advance, sums: Mapping[str, int]) -> None:
    advance(sums["orders"], None)


def _fields(run: Run, waiting: int) -> Mapping[str, object]:
    return {**run_fields(run), "still_in_work": waiting}


def _print(fields: Mapping[str, object]) -> None:
    """Print the report for a person: the sums first, each part below its sum."""
    click.echo(f"Store {fields['store']}, run {fields['id']}: {fields['ended']}")
    if fields["why"]:
        click.echo(f"  because: {fields['why']}")
    click.echo(f"{fields['orders']:>8}  orders modified from {fields.get('from', '?')}")
    for name, parts in (("received", RECEIVED), ("missed", MISSED), ("unmatched", ())):
        click.echo(f"{fields[name]:>8}  {name}")
        for part in parts:
            click.echo(f"{fields[part.value]:>12}  {part.value.replace('_', ' ')}")
    outcomes = fields.get("outcomes")
    if isinstance(outcomes, Mapping):
        told = ", ".join(f"{count} {name}" for name, count in outcomes.items())
        click.echo(f"What came of the signals: {told}.")
    if fields["still_in_work"]:
        click.echo(f"Still in work: {fields['still_in_work']}.")


def _exit(run: Run, *, no_wait: bool) -> None:
    """Leave with the code that says how the run ended."""
    ended = run.summary["ended"]
    if ended == "complete" or (ended == "no_room" and no_wait):
        return
    raise SystemExit(OUT_OF_REACH if ended in UNENDED else NO)
