"""`orderwarden reviews ...`: what waits for a person, and the person's verdict."""

from __future__ import annotations

from pathlib import Path

import click
from orderwarden.services.verdict import Judged, approve, reject
from orderwarden_local.host import Host

from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.shown import print_json, print_table, review_fields, reviews_table

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
            print_json([review_fields(review) for review in found])
        else:
            print_table(reviews_table(found))


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


def _open(here: Host, store: str, review_id: str, judged: Judged) -> str:
    """Return the id of the review that was judged; say so and stop where none was open."""
    if judged.review is not None:
        return judged.review.id
    ids = ", ".join(review.id for review in here.state.reviews(store)) or "none"
    click.echo(f"Store {store} has no open review {review_id}; open: {ids}", err=True)
    raise SystemExit(NO)
