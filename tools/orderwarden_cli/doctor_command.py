"""`orderwarden doctor`: every part looked at, each line with its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import click
from orderwarden.domain.public_address import why_not_delivered
from orderwarden.domain.rules.canonical import from_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import Rejected, StoreUnauthorised
from orderwarden.services.checkup.finding import (
    Finding,
    Level,
    broken,
    doubtful,
    fine,
    looked,
)
from orderwarden.services.checkup.hooks import check_hooks, check_secrets
from orderwarden.services.checkup.payments import check_methods, recent_orders
from orderwarden.services.checkup.store_api import check_api, check_scopes
from orderwarden.services.checkup.work import (
    check_alarms,
    check_queue,
    check_rules,
    check_store_work,
)
from orderwarden.services.compare_hooks import look
from orderwarden.services.keep_hooks import kept
from orderwarden.services.probe_put import PutProbe
from orderwarden_local.bootstrap import hook_place, new_id
from orderwarden_local.host import Host
from rich.console import Console
from rich.table import Table
from rich.text import Text

from orderwarden_cli.asking import YES, confirmed
from orderwarden_cli.aws_remedies import remedy_of
from orderwarden_cli.failures import NO, told
from orderwarden_cli.options import AS_JSON, CONFIG, STORE, chosen_store, opened
from orderwarden_cli.reaching import check_destination
from orderwarden_cli.shown import print_json, print_table, status_name

COLOURS: Final = {Level.OK: "green", Level.WARNING: "yellow", Level.BROKEN: "red"}
WARNING: Final = (
    "This writes the staff notes of order {order} as they are, without a status. If the store "
    "then resets the order to Pending, its status is put back at once; the shopper may get "
    "e-mails. Choose an order that nobody works on."
)


@click.command()
@CONFIG
@STORE
@AS_JSON
@YES
@click.option(
    "--probe-order",
    type=click.IntRange(min=1),
    metavar="N",
    help="Try on order N whether a PUT without a status leaves the status alone.",
)
def doctor(
    config: Path, store: str | None, *, as_json: bool, yes: bool, probe_order: int | None
) -> None:
    """Look at everything that must be right, and say what to do where it is not.

    Only reads, but for `--probe-order`, which asks first. Exits with 1 if something is broken.

    Examples:
      orderwarden doctor
      orderwarden doctor --json
      orderwarden doctor --probe-order 118
      orderwarden doctor --stack orderwarden
    """
    with told(), opened(config) as here:
        if probe_order is not None:
            name = chosen_store(here, store)
            findings = [_probed(here, name, probe_order, yes=yes)]
        else:
            names = [chosen_store(here, store)] if store else sorted(here.configuration.stores)
            with Console(stderr=True).status("Looking ..."):
                findings = [*_of_host(here), *(x for name in names for x in _of(here, name))]
        if as_json:
            print_json([_fields(finding) for finding in findings])
        else:
            print_table(_table(findings))
        if any(finding.level is Level.BROKEN for finding in findings):
            raise SystemExit(NO)


_looked = partial(looked, remedy_of=lambda error: remedy_of(error.__cause__))


def _of_host(here: Host) -> Iterator[Finding]:
    """Yield what concerns all stores."""
    queue, remedies = here.queue, here.remedies
    yield from _looked(
        "queue",
        lambda: check_queue(queue.depth(), queue.oldest_at(), here.clock.now(), remedies),
    )
    yield from _looked("alarms", lambda: _alarms(here))


def _alarms(here: Host) -> Iterator[Finding]:
    ringing = here.ringing()
    if ringing is not None:
        yield from check_alarms(ringing, here.remedies)


def _of(here: Host, store: str) -> Iterator[Finding]:
    """Yield what concerns one store, named in each finding."""
    for finding in _of_store(here, store):
        yield replace(finding, store=store)


def _of_store(here: Host, store: str) -> Iterator[Finding]:
    clock, remedies = here.clock, here.remedies
    published = here.state.current(store)
    rules = from_json(published.compiled, published.version) if published else None
    yield from _looked("rules", lambda: check_rules(rules))
    yield from _looked("work", lambda: check_store_work(here.state, clock, store, remedies))
    yield from _looked("secrets", lambda: _secrets(here, store))
    yield from _looked("destination", lambda: _destination(here, store))
    api = list(_looked("token", lambda: check_api(here.readers[store], clock, remedies)))
    yield from api
    if api[0].level is not Level.BROKEN:  # else each further call says the same once more
        yield from _looked("hooks", lambda: _hooks(here, store, rules))
        yield from _looked("scopes", lambda: _orders(here, store, rules))


def _secrets(here: Host, store: str) -> Iterator[Finding]:
    rotated = here.rotations
    known = here.secrets.hook_secrets(store)
    yield from check_secrets(
        known, rotated.configured(store), rotated.rotation(store), here.remedies
    )


def _destination(here: Host, store: str) -> Iterator[Finding]:
    if why_not := _why_left_alone(here, store):
        told = f"hooks are left alone: {why_not}"
        yield doubtful("destination", told, here.remedies.address)
        return
    known = here.secrets.hook_secrets(store)
    url, now = here.configuration.public_url, here.clock.now()
    yield check_destination(url, store, known, now, here.remedies)


def _hooks(here: Host, store: str, rules: RuleSet | None) -> Iterator[Finding]:
    if rules is None or _why_left_alone(here, store):
        return
    known = kept(here.state, store)
    if known is not None and known.is_removed:
        yield broken("hooks", "they were removed by hand", "`orderwarden hooks sync` begins anew")
        return
    yield from check_hooks(look(here.readers[store], hook_place(here, store), rules))


def _orders(here: Host, store: str, rules: RuleSet | None) -> Iterator[Finding]:
    reader = here.readers[store]
    try:
        orders = recent_orders(reader, here.clock)
    except StoreUnauthorised as error:
        remedy = "give the token the scope store_v2_orders"
        yield broken("scopes", f"orders: the API answers {error.http_status}", remedy)
        return
    yield from check_scopes(reader, rules, orders, here.remedies)
    yield check_methods(orders, rules.offline_methods if rules else ())


def _why_left_alone(here: Host, store: str) -> str:
    configuration = here.configuration
    return why_not_delivered(configuration.public_url, configuration.stores[store].api_url)


def _probed(here: Host, store: str, order_id: int, *, yes: bool) -> Finding:
    click.echo(WARNING.format(order=order_id), err=True)
    if not confirmed("Do it?", yes=yes):
        raise SystemExit(NO)
    probe = PutProbe(here.stores[store], here.changelog, here.state, here.clock, new_id)
    try:
        probed = probe.run(store, order_id)
    except Rejected as rejected:
        raise click.UsageError(
            f"order {order_id} is archived, Incomplete or Pending, and would tell nothing"
        ) from rejected
    was, became = status_name(probed.before_status_id), status_name(probed.after_status_id)
    if probed.keeps:
        said = f"a PUT without a status left order {order_id} in {was}"
        return replace(fine("put_without_status", said), store=store)
    said = f"a PUT without a status moved order {order_id} from {was} to {became}; it is back"
    remedy = "nothing: every PUT of ours names the status"
    return replace(doubtful("put_without_status", said, remedy), store=store)


def _fields(finding: Finding) -> Mapping[str, str | None]:
    return {
        "store": finding.store or None,
        "check": finding.check,
        "level": finding.level.value,
        "told": finding.told,
        "remedy": finding.remedy or None,
    }


def _table(findings: list[Finding]) -> Table:
    table = Table(title="Doctor", title_justify="left")
    for heading in ("", "check", "found", "remedy"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        level = Text(finding.level.value, COLOURS[finding.level])
        about = f"{finding.store} {finding.check}".strip()
        table.add_row(level, *map(Text, (about, finding.told, finding.remedy)))
    return table
