"""The command `orderwarden-sim`."""

import re

import click

from bigcommerce_sim.clock import Clock, RealClock, TurnableClock
from bigcommerce_sim.settings import Settings, unpleasant_settings
from bigcommerce_sim.store import SimulatedStore
from bigcommerce_sim.web.server import run_server

_KEPT_ROWS = 100_000  # of each kind of record; an unattended simulator must not grow for ever


def _one_step(_context: click.Context, _option: click.Parameter, value: str) -> str:
    """Refuse a store hash that is not one step of a path: no request would find the store."""
    if not re.fullmatch(r"[A-Za-z0-9_-]+", value):
        raise click.BadParameter("letters, digits, - and _ alone")
    return value


@click.command(context_settings={"show_default": True})
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", default=9000, type=click.IntRange(0, 65535), help="0 means any.")
@click.option(
    "--store", "store_hash", default="abc123", callback=_one_step, help="The store hash."
)
@click.option("--store-id", default=1025646, help="The number in webhook bodies.")
@click.option("--token", default="token", help="X-Auth-Token of the first account.")
@click.option("--client-id", default="client", help="Client id of the first account.")
@click.option("--client-secret", default="secret", help="Signs its webhooks.")
@click.option("--orders", default=50, type=click.IntRange(0), help="Orders to begin with.")
@click.option("--seed", default=0, help="Decides the orders and every chance.")
@click.option("--quota", default=150, type=click.IntRange(1), help="Requests in 30 seconds.")
@click.option("--frozen-clock", is_flag=True, help="Time stands still until it is turned.")
@click.option("--unpleasant", is_flag=True, help="Lag, loss, duplicates, disorder.")
@click.option("--https-only", is_flag=True, help="Refuse hooks that are not https on 443.")
@click.option(
    "--set",
    "switches",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a switch; see docs/simulator.md.",
)
def main(  # noqa: PLR0917  # click passes one argument for each option
    host: str,
    port: int,
    store_hash: str,
    store_id: int,
    token: str,
    client_id: str,
    client_secret: str,
    orders: int,
    seed: int,
    quota: int,
    frozen_clock: bool,  # noqa: FBT001
    unpleasant: bool,  # noqa: FBT001
    https_only: bool,  # noqa: FBT001
    switches: tuple[str, ...],
) -> None:
    """Run a simulated BigCommerce store with its webhooks; open its URL in a browser."""
    settings = unpleasant_settings() if unpleasant else Settings()
    settings.plain_http_destinations = not https_only
    settings.quota_requests = quota
    settings.journal_limit = _KEPT_ROWS
    for switch in switches:
        _set(settings, switch)
    clock: Clock = TurnableClock() if frozen_clock else RealClock()
    store = SimulatedStore(
        store_hash,
        clock=clock,
        settings=settings,
        seed=seed,
        orders=orders,
        token=token,
        client_id=client_id,
        client_secret=client_secret,
        store_id=store_id,
    )
    try:
        run_server(store, host, port)
    except OSError as problem:
        raise click.ClickException(f"cannot listen on {host}:{port}: {problem}") from None


def _set(settings: Settings, switch: str) -> None:
    name, _, text = switch.partition("=")
    try:
        settings.change(name, _value(text))
    except ValueError as problem:
        raise click.BadParameter(str(problem), param_hint="--set") from None


def _value(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None if text == "none" else text
