"""How lines, reviews and the like are shown: as JSON for programs, as tables for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import click
from orderwarden.domain.instants import to_text
from orderwarden.domain.line import HOOKS, Line
from orderwarden.domain.statuses import NAMES
from orderwarden.ports import Review
from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_json(value: object) -> None:
    """Print a value as indented JSON."""
    click.echo(json.dumps(value, indent=2))


def line_fields(line: Line) -> Mapping[str, object]:
    """Return a line of the changelog as its JSON promises it; one about hooks has no order."""
    has_order = line.order_id != HOOKS
    return {
        "id": line.id,
        "at": to_text(line.at),
        "store": line.store,
        "order_id": line.order_id if has_order else None,
        "trigger": line.trigger,
        "rule": line.rule,
        "rules_version": line.rules_version,
        "action": line.action,
        "also": list(line.also),
        "from_status_id": line.from_status_id if has_order else None,
        "to_status_id": line.to_status_id,
        "result": line.result.value,
        "reason": line.reason,
        "actor": line.actor,
        "run_id": line.run_id,
        "path": list(line.path),
        "settled_at": to_text(line.settled_at) if line.settled_at else None,
        "undone_by": line.undone_by,
    }


def review_fields(review: Review) -> Mapping[str, object]:
    """Return a review as JSON shows it."""
    return {
        "id": review.id,
        "at": to_text(review.at),
        "store": review.store,
        "kind": review.kind,
        "order_id": review.order_id,
        "rule": review.rule,
        "line_id": review.line_id,
        "state": review.state,
        "detail": review.detail,
    }


def change_of(line: Line) -> str:
    """Return what a line changed: `Awaiting Payment → Cancelled`, or the action's name."""
    if line.to_status_id is None:
        return line.action
    return f"{status_name(line.from_status_id)} → {status_name(line.to_status_id)}"


def status_name(status_id: int) -> str:
    """Return a status by name, one that we do not know by its number."""
    return NAMES.get(status_id, f"status {status_id}")


def lines_table(lines: Iterable[Line], title: str) -> Table:
    """Return the changelog as a table."""
    table = Table(title=title, title_justify="left")
    for heading in ("at", "order", "change", "rule", "result", "why"):
        table.add_column(heading, overflow="fold")
    for line in lines:
        rule = " → ".join(line.path) or line.rule
        at = f"{line.at:%Y-%m-%d %H:%M:%S}"
        order = "hooks" if line.order_id == HOOKS else str(line.order_id)
        row = (at, order, change_of(line), rule, line.result.value, line.reason)
        table.add_row(*map(Text, row))  # a text in brackets is no markup
    return table


def reviews_table(reviews: Sequence[Review]) -> Table:
    """Return reviews as a table."""
    table = Table(title="Reviews", title_justify="left")
    for heading in ("since", "kind", "order", "rule", "what"):
        table.add_column(heading, overflow="fold")
    for review in reviews:
        order = "" if review.order_id is None else str(review.order_id)
        at = f"{review.at:%Y-%m-%d %H:%M:%S}"
        row = (at, review.kind, order, review.rule or "", review.detail)
        table.add_row(*map(Text, row))
    return table


def print_table(table: Table) -> None:
    """Print a table as wide as the terminal."""
    Console().print(table)


def print_text(text: Text) -> None:
    """Print a line in colours where the terminal has some; it is never cut or wrapped."""
    Console(soft_wrap=True, highlight=False).print(text)
