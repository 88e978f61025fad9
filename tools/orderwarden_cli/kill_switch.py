"""`orderwarden pause` and `resume`: the kill switch, for one rule or a whole store."""

from __future__ import annotations

from pathlib import Path

import click
from orderwarden.errors import OrderwardenError
from orderwarden.services.publish import check_statuses
from orderwarden.services.stopping import stop_for_a_person
from orderwarden.services.unpark import unpark_all
from orderwarden_local.host import Host

from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import CONFIG, STORE, chosen_store, opened

RULE = click.option("--rule", help="One rule only; without it, the whole store.")


@click.command()
@CONFIG
@STORE
@RULE
def pause(config: Path, store: str | None, rule: str | None) -> None:
    """Stop a store, or pause one rule, from the next signal on; nothing is lost.

    Signals are kept and come back with `orderwarden resume`.

    Example: orderwarden pause --rule cancel-unpaid
    """
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        if rule is None:
            stop_for_a_person(here.state, name, "paused_by_hand")
            click.echo(f"Store {name} is stopped.")
        else:
            here.state.pause_rule(name, rule)
            click.echo(f"Rule {rule} of store {name} is paused.")


@click.command()
@CONFIG
@STORE
@RULE
@click.option(
    "--order", "order_id", type=click.IntRange(min=1), help="Lift its hold on one order."
)
def resume(config: Path, store: str | None, rule: str | None, order_id: int | None) -> None:
    """Let a stopped store, or a paused rule, run again; what was kept goes on the queue.

    With `--order` it only lifts the hold that keeps the rule off that order since an undo.

    Examples:
      orderwarden resume --rule cancel-unpaid
      orderwarden resume --rule cancel-unpaid --order 118
    """
    if order_id is not None and rule is None:
        raise click.UsageError("name the rule that is held off the order with --rule NAME")
    with told(), opened(config) as here:
        name = chosen_store(here, store)
        if order_id is not None and rule is not None:
            here.state.lift(name, order_id, rule)
            click.echo(f"Rule {rule} may act on order {order_id} again, from its next look on.")
        elif rule is None:
            _check(here, name)
            here.state.resume(name)
            kept = unpark_all(here.state, here.queue, name, "store")
            click.echo(f"Store {name} runs; signals put back on the queue: {kept}.")
        else:
            here.state.resume_rule(name, rule)
            kept = unpark_all(here.state, here.queue, name, f"rule:{rule}")
            click.echo(f"Rule {rule} of store {name} runs; signals put back: {kept}.")


def _check(here: Host, store: str) -> None:
    """Refuse to resume a store whose order statuses are not ours, as far as it can be asked."""
    try:
        differing = check_statuses(here.state, here.clock, store, here.readers[store])
    except OrderwardenError as error:
        click.echo(f"The store's statuses could not be compared ({error}).", err=True)
        return
    if differing:
        click.echo(
            f"Store {store} stays stopped, its statuses differ: {dict(differing)}", err=True
        )
        raise SystemExit(NO)
