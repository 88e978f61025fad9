"""How runs, and what a sweep would do, are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import click
from orderwarden.domain.instants import to_text
from orderwarden.domain.rules.durations import in_words
from orderwarden.ports import Run
from orderwarden.services.sweep_preview import Previewed
from rich.table import Table
from rich.text import Text


def run_fields(run: Run) -> Mapping[str, object]:
    """Return a run as JSON shows it; its summary stands beside the rest."""
    return {
        **run.summary,
        "id": run.id,
        "store": run.store,
        "kind": run.kind,
        "began_at": to_text(run.began_at),
        "ended_at": to_text(run.ended_at) if run.ended_at else None,
    }


def runs_table(runs: Iterable[Run]) -> Table:
    """Return runs as a table."""
    table = Table(title="Runs", title_justify="left")
    for heading in ("began", "run", "ended", "looked at", "due", "queued"):
        table.add_column(heading, overflow="fold")
    for run in runs:
        told = run.summary
        ended = str(told.get("ended", "")) if run.ended_at else "at work, or died"
        counts = (str(told.get(name, "")) for name in ("looked_at", "due", "queued"))
        row = (f"{run.began_at:%Y-%m-%d %H:%M:%S}", run.id, ended, *counts)
        table.add_row(*map(Text, row))
    return table


def print_run(run: Run, waiting: int = 0) -> None:
    """Print what a run found and did, for a person."""
    for name, value in run_fields(run).items():
        if value not in ("", None, {}):
            shown = _counts(value) if isinstance(value, Mapping) else str(value)
            click.echo(f"{name.replace('_', ' '):>20}  {shown}")
    if waiting:
        click.echo(f"{'still in work':>20}  {waiting}")


def preview_fields(order: Previewed) -> Mapping[str, object]:
    """Return what a sweep would do about an order, as JSON shows it."""
    return {
        "order_id": order.order_id,
        "age_s": order.age_s,
        "total": None if order.total is None else str(order.total),
        "currency": order.currency,
        "payment_method": order.payment_method,
        "rule": order.rule,
        "verdict": order.verdict,
        "reason": order.reason,
    }


def preview_table(orders: Iterable[Previewed], store: str) -> Table:
    """Return what a sweep would do, as a table."""
    table = Table(title=f"Due in store {store}", title_justify="left")
    for heading in ("order", "age", "total", "method", "rule", "would", "because"):
        table.add_column(heading, overflow="fold")
    for order in orders:
        total = "" if order.total is None else f"{order.total:.2f} {order.currency}"
        row = (
            str(order.order_id),
            in_words(order.age_s),
            total,
            order.payment_method,
            order.rule,
            order.verdict,
            order.reason,
        )
        table.add_row(*map(Text, row))
    return table


def _counts(counts: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.items())
