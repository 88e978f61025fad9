"""`orderwarden timeline` and `replay`: what happened to one order, and deciding it once more."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import click
from orderwarden.domain.instants import to_text
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.errors import OrderwardenError
from orderwarden.services.timeline import Timeline, timeline
from orderwarden_local.host import Host
from orderwarden_local.work_the_queue import lending_a_hand, wait_for
from rich.table import Table
from rich.text import Text

from orderwarden_cli.failures import NO, OUT_OF_REACH, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.progress import quiet_log
from orderwarden_cli.shown import (
    line_fields,
    lines_table,
    print_json,
    print_table,
    status_name,
)

ORDER = click.option(
    "--order", "order_id", type=click.IntRange(1, 2**63 - 1), required=True, help="The order's id."
)
PATIENCE_S = 100.0
"""Longer than the second look that a lost answer needs."""


@click.command("timeline")
@CONFIG
@STORE
@AS_JSON
@ORDER
@click.option("--no-store", is_flag=True, help="Do not ask the store how the order is now.")
def show_timeline(
    config: Path, store: str | None, *, as_json: bool, order_id: int, no_store: bool
) -> None:
    """Show everything known of an order, in time, and why nothing happened where nothing did.

    What was received is kept for 21 days, what was changed for ever.

    Example: orderwarden timeline --order 118
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        found = timeline(here.receipts, here.changelog, here.state, name, order_id)
        now = "" if no_store else _present(here, name, order_id)
        answer = [*([now] if now else []), *_waiting(here, name, order_id), *found.answer]
        if as_json:
            print_json(
                {
                    "store": name,
                    "order_id": order_id,
                    "answer": answer,
                    "entries": [
                        {"at": to_text(one.at), "kind": one.kind, "what": one.what, **one.ids}
                        for one in found.entries
                    ],
                }
            )
            return
        print_table(_table(found, order_id))
        for sentence in answer:
            click.echo(sentence)


@click.command()
@CONFIG
@STORE
@AS_JSON
@ORDER
@click.option("--no-wait", is_flag=True, help="Queue it and return.")
def replay(
    config: Path, store: str | None, *, as_json: bool, order_id: int, no_wait: bool
) -> None:
    """Decide an order once more, by the rules in force and under every safeguard.

    What was had already is not had again.

    Example: orderwarden replay --order 118
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        run_id = f"replay-{here.clock.now():%Y%m%dT%H%M%S}-{secrets.token_hex(4)}"
        signal = _signal(here, name, order_id, run_id)
        with nullcontext() if no_wait else lending_a_hand(here, quiet_log(here.clock)):
            here.queue.put(signal)
            if no_wait:
                outcome = "queued"
            elif here.state.controls(name).stopped:  # its signals leave no receipt to wait for
                outcome = "parked"
            else:
                keys = [signal.receipt_key]
                worked = wait_for(here.receipts, here.clock, keys, patience_s=PATIENCE_S)
                outcome = worked.outcomes.get(signal.receipt_key, "waiting")
        _told_of(here, signal, outcome, as_json=as_json)
        if outcome == "waiting":
            raise SystemExit(OUT_OF_REACH)
        if outcome in {"parked", "refused", "gone"}:
            raise SystemExit(NO)


def _told_of(here: Host, signal: Signal, outcome: str, *, as_json: bool) -> None:
    every = here.changelog.of_order(signal.store, signal.order_id or 0)
    lines = [line for line in every if line.run_id == signal.run_id]  # `of_run` may lag on AWS
    if as_json:
        print_json(
            {
                "run_id": signal.run_id,
                "order_id": signal.order_id,
                "outcome": outcome,
                "lines": [line_fields(line) for line in lines],
            }
        )
        return
    click.echo(f"Order {signal.order_id}: {outcome}")
    if lines:
        print_table(lines_table(lines, f"Lines of run {signal.run_id}"))


def _waiting(here: Host, store: str, order_id: int) -> Iterator[str]:
    """Yield what the queue has of an order."""
    kept, dead = here.queue.count_of(_signal(here, store, order_id, "").group)
    if kept:
        yield f"{kept} of its signals wait on the queue or are in hand."
    if dead:
        yield f"{dead} of its signals lie with the dead letters: `orderwarden dead-letters list`."


def _signal(here: Host, store: str, order_id: int, run_id: str) -> Signal:
    return Signal(
        store=store,
        order_id=order_id,
        trigger=Trigger.MANUAL,
        occurred_at=here.clock.now(),
        receipt_key=f"manual-{run_id}-{order_id}",
        run_id=run_id,
    )


def _present(here: Host, store: str, order_id: int) -> str:
    """Return how the order is now, and whether that was seen; why not where it cannot be told."""
    try:
        order = here.readers[store].order(order_id).value
    except OrderwardenError as error:
        said = str(error).rstrip(".")
        return f"The store does not show it now: {said}."
    seen = here.state.seen(store, order_id)
    is_seen = seen is not None and seen.seen_modified == order.date_modified
    archived = ", archived" if order.is_archived else ""
    known = "which we have seen" if is_seen else "which we have not seen"
    modified = f"{order.date_modified:%Y-%m-%d %H:%M:%S}"
    return f"Now it is {status_name(order.status_id)}{archived}, modified {modified}, {known}."


def _table(found: Timeline, order_id: int) -> Table:
    table = Table(title=f"Order {order_id}", title_justify="left")
    for heading in ("at", "what", "happened"):
        table.add_column(heading, overflow="fold")
    for one in found.entries:
        table.add_row(*map(Text, (f"{one.at:%Y-%m-%d %H:%M:%S}", one.kind, one.what)))
    return table
