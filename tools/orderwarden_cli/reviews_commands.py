"""`orderwarden reviews ...`: what waits for a person, and the person's verdict."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click
from orderwarden.ports import Review
from orderwarden.services.verdict import APPROVAL, Judged, approve, orders_waiting, reject
from orderwarden_local.host import Host

from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.shown import (
    line_fields,
    lines_table,
    print_json,
    print_table,
    review_fields,
    reviews_table,
)

REVIEW_ID = click.argument("review_id")


@click.group()
def reviews() -> None:
    """What waits for a person."""


@reviews.command("list")
@CONFIG
@STORE
@AS_JSON
@click.option("--all", "every", is_flag=True, help="Closed ones too.")
def list_reviews(config: Path, store: str | None, as_json: bool, every: bool) -> None:
    """List reviews, oldest first.

    Example: orderwarden reviews list --json
    """
    with told(), opened(config) as here:
        found = here.state.reviews(chosen_store(here, store), None if every else "open")
        if as_json:
            print_json([_fields(here, review) for review in found])
        else:
            print_table(reviews_table(found))


@reviews.command("show")
@CONFIG
@STORE
@AS_JSON
@REVIEW_ID
def show_review(config: Path, store: str | None, as_json: bool, review_id: str) -> None:
    """Show one review, the order's lines, and for an approval the orders that wait for it.

    Example: orderwarden reviews show approval-cancel-unpaid-1f0c --json
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        found = next((x for x in here.state.reviews(name, None) if x.id == review_id), None)
        if found is None:
            click.echo(f"Store {name} has no review {review_id}.", err=True)
            raise SystemExit(NO)
        waiting = orders_waiting(here.state, found)
        lines = here.changelog.of_order(name, found.order_id) if found.order_id else ()
        if as_json:
            print_json({**_fields(here, found), "lines": [line_fields(line) for line in lines]})
            return
        print_table(reviews_table([found]))
        if waiting:
            click.echo(f"Orders waiting ({len(waiting)}): {', '.join(map(str, waiting))}")
        if lines:
            print_table(lines_table(lines, f"Lines of order {found.order_id}"))


@reviews.command("approve")
@CONFIG
@STORE
@REVIEW_ID
def approve_review(config: Path, store: str | None, review_id: str) -> None:
    """Close a review as approved.

    A rule that waited for approval goes on, and does not ask again until it changes; each order
    that waited is decided anew.

    Example: orderwarden reviews approve approval-cancel-unpaid-1f0c
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        judged = approve(here.state, here.queue, name, review_id)
        told_id = _open(here, name, review_id, judged)
        click.echo(
            f"Review {told_id} is approved; signals put back on the queue: {judged.signals}."
        )


@reviews.command("reject")
@CONFIG
@STORE
@REVIEW_ID
def reject_review(config: Path, store: str | None, review_id: str) -> None:
    """Close a review as rejected; signals that waited for an approval are dropped.

    Example: orderwarden reviews reject approval-cancel-unpaid-1f0c
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        judged = reject(here.state, name, review_id)
        told_id = _open(here, name, review_id, judged)
        click.echo(f"Review {told_id} is rejected; signals dropped: {judged.signals}.")


def _fields(here: Host, review: Review) -> Mapping[str, object]:
    """Return a review as JSON shows it, an approval with the orders that wait for it now."""
    waiting = {"orders_waiting": orders_waiting(here.state, review)}
    return {**review_fields(review), **(waiting if review.kind == APPROVAL else {})}


def _open(here: Host, store: str, review_id: str, judged: Judged) -> str:
    """Return the id of the review that was judged; say so and stop where none was open."""
    if judged.review is not None:
        return judged.review.id
    ids = ", ".join(review.id for review in here.state.reviews(store)) or "none"
    click.echo(f"Store {store} has no open review {review_id}; open: {ids}", err=True)
    raise SystemExit(NO)
