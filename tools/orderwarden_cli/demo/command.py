"""The `demo` command: start both processes, let the story happen, show and check the end."""

from __future__ import annotations

import secrets
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Final

import click
import requests
from orderwarden.domain.line import HOOKS, Line
from orderwarden.domain.scopes import EXCEPTION_SCOPE
from orderwarden.domain.statuses import NAMES
from rich.console import Console
from rich.table import Table

from orderwarden_cli.demo.processes import Child, write_configuration
from orderwarden_cli.demo.simulated import SimulatedShop
from orderwarden_cli.demo.story import Told, problems, tell
from orderwarden_cli.demo.ticker import Ticker
from orderwarden_cli.failures import NO
from orderwarden_cli.options import opened
from orderwarden_cli.shown import lines_table

STORE: Final = "demo1"
WIDTH_IN_A_FILE: Final = 120
HOOKS_WITHIN_S: Final = 30.0
QUIET_WITHIN_S: Final = 60.0
UNPLEASANT: Final = {
    "webhook_duplicate_probability": "0.5",
    "webhook_jitter_s": "1.5",
    "webhook_reorder_probability": "0.3",
    "webhook_reorder_s": "2.5",
}
"""The store delivers half of its webhooks twice, late, and in disorder."""


@click.command()
@click.option("--keep", is_flag=True, help="Leave everything running afterwards, until Ctrl-C.")
def demo(keep: bool) -> None:
    """Show the main job in a minute, against a simulated store on this machine.

    Starts a simulated store and the server on free ports of 127.0.0.1, publishes rules, lets
    orders be placed, paid and shipped while webhooks come twice and in disorder, and checks
    that every order ends where the rules put it. Exits with 1 if one does not.

    Example: orderwarden demo --keep
    """
    console = Console(highlight=False, soft_wrap=True)
    if not console.is_terminal:
        console = Console(highlight=False, soft_wrap=True, width=WIDTH_IN_A_FILE)
    ticker = Ticker(console)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="orderwarden-")))
        shop, server, config = _start(stack, folder, ticker)
        console.print(f"[bold]Simulated store[/] at {shop.url}, [bold]Orderwarden[/] at {server}")
        console.print("Every second webhook comes twice, and many come late.\n")
        told = tell(shop, lambda text: console.print(f"[cyan]▸[/] {text}"))
        _wait_until_quiet(shop, server)
        lines = _lines(config)
        _show(console, shop, told, lines, ticker)
        wrong = problems(shop, told, lines)
        for problem in wrong:
            console.print(f"[red]wrong:[/] {problem}")
        if not wrong:
            console.print(
                "[green]Every order is where the rules put it, each change made once.[/]"
            )
        if keep:
            _keep(console, shop, server, config)
    if wrong:
        raise SystemExit(NO)


def _start(stack: ExitStack, folder: Path, ticker: Ticker) -> tuple[SimulatedShop, str, Path]:
    """Start both processes; the stack ends them."""
    token, secret = secrets.token_hex(16), secrets.token_hex(16)
    arguments = ["--port", "0", "--orders", "0", "--seed", "7", "--store", STORE]
    arguments += ["--token", token, "--client-secret", secret]
    for name, value in UNPLEASANT.items():
        arguments += ["--set", f"{name}={value}"]
    sim = Child("bigcommerce_sim", arguments, lambda _: None)
    stack.callback(sim.stop)
    port = _free_port()
    public_url = f"http://127.0.0.1:{port}"
    config = write_configuration(folder, STORE, sim.url, token, secret, public_url=public_url)
    serve = ["serve", "--config", str(config), "--port", str(port)]
    server = Child("orderwarden_cli", serve, ticker.on_log)
    stack.callback(server.stop)
    shop = SimulatedShop(sim.url, STORE, token)
    _wait_for_hooks(shop)
    return shop, server.url, config


def _free_port() -> int:
    """Return a port that nobody listens on: hooks name it before the server begins."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _wait_for_hooks(shop: SimulatedShop) -> None:
    """Wait until the server has registered its webhooks; delivery exceptions come last."""
    deadline = time.monotonic() + HOOKS_WITHIN_S
    while EXCEPTION_SCOPE not in shop.scopes() and time.monotonic() < deadline:
        time.sleep(0.1)


def _wait_until_quiet(shop: SimulatedShop, server: str) -> None:
    """Wait until no webhook is on its way and the queue is empty, twice in a row."""
    deadline, calm = time.monotonic() + QUIET_WITHIN_S, 0
    while calm < 2 and time.monotonic() < deadline:
        health = requests.get(f"{server}/healthz", timeout=10).json()
        waiting = shop.count("webhooks_pending") + health["queued"] + health["in_flight"]
        calm = calm + 1 if waiting == 0 else 0
        time.sleep(0.5)


def _lines(config: Path) -> Sequence[Line]:
    with opened(config) as here:
        now, day = here.clock.now(), timedelta(days=1)
        lines = here.changelog.between(STORE, now - day, now + day)
        return [line for line in lines if line.order_id != HOOKS]


def _show(
    console: Console,
    shop: SimulatedShop,
    told: Sequence[Told],
    lines: Sequence[Line],
    ticker: Ticker,
) -> None:
    orders = Table(title="\nOrders", title_justify="left")
    for heading in ("order", "what happened", "ended as", "should be"):
        orders.add_column(heading)
    for one in told:
        ended = NAMES[shop.status_of(one.order_id)]
        orders.add_row(str(one.order_id), one.about, ended, NAMES[one.must_be])
    console.print(orders)
    console.print(lines_table(lines, "\nChangelog"))
    counts = Table(title="\nCounts", title_justify="left", show_header=False)
    for name in (
        "webhooks received",
        "duplicates dropped",
        "echoes recognised",
        "API calls made",
        "changes applied",
    ):
        counts.add_row(name, str(ticker.counts[name]))
    console.print(counts)


def _keep(console: Console, shop: SimulatedShop, server: str, config: Path) -> None:
    console.print(f"\nStill running. The store: {shop.url}  The server: {server}/healthz")
    console.print(f"Look inside: orderwarden changelog list --config {config}")
    console.print("Ctrl-C ends both.")
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    try:
        ended.wait()
    except KeyboardInterrupt:
        console.print("Ended.")
