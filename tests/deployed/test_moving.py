"""A store moves from one machine to the stack; then every later command works on it there."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from bigcommerce_sim import SimulatedStore
from click.testing import CliRunner
from deployed.gateway import gateway
from deployed.shop import Command, Deployed, deployed_shop
from deployed.stack import CLIENT_SECRET, STORE, TOKEN
from functions.handlers import event
from orderwarden.domain.signal import Signal, Trigger
from orderwarden_cli.main import main
from orderwarden_cli.progress import quiet_log
from orderwarden_local.bootstrap import Machine, machine
from orderwarden_local.configuration import read_configuration
from orderwarden_local.work_the_queue import lending_a_hand

pytestmark = [pytest.mark.xdist_group("deployed-moving"), pytest.mark.timeout(240)]

NOTE = "A large order: call the customer."
RULES = f"""
version: 1
mode: live
time_zone: UTC
rules:
  - name: note-large
    on: [order_created, order_updated, status_updated, shipment_created]
    continue: true
    when: {{total: {{over: 500}}}}
    do: [{{staff_note: "{NOTE}"}}]
  - name: complete-when-shipped
    on: [shipment_created, status_updated]
    when:
      status: [Awaiting Fulfillment, Awaiting Shipment, Partially Shipped, Shipped]
      fully_shipped: true
    do: [{{set_status: Completed}}]
  - name: cancel-unpaid
    on: sweep
    when: {{status: Awaiting Payment, age: {{at_least: 12h}}, paid: false}}
    do: [{{set_status: Cancelled}}]
    limit: {{approve_after: none, per_hour: none}}
"""
AWAITING_PAYMENT, CANCELLED, COMPLETED = 7, 5, 10
WITHIN_S = 20.0


class OldHost:
    """The machine that the store leaves: its commands work its queue themselves."""

    def __init__(self, folder: Path, api_url: str) -> None:
        """Configure it."""
        self.config = folder / "orderwarden.toml"
        self.rules = folder / "rules.yaml"
        self.file = folder / "move.jsonl"
        self.rules.write_text(RULES)
        self.config.write_text(
            f'[stores.{STORE}]\napi_url = "{api_url}"\naccess_token = "{TOKEN}"\n'
            f'client_secrets = ["{CLIENT_SECRET}"]\n'
        )

    def run(self, *arguments: str) -> str:
        """Run a command that must succeed, and return what it printed."""
        result = CliRunner().invoke(main, [*arguments, "--config", str(self.config)])
        assert result.exit_code == 0, result.output
        return result.stdout

    def machine(self) -> Machine:
        """Open what its commands work on."""
        return machine(read_configuration(self.config))

    def hears_of(self, order: int) -> None:
        """Queue a webhook of an order, and work until it is parked, as a paused server does."""
        with closing(self.machine()) as here, lending_a_hand(here, quiet_log(here.clock)):
            trigger, now = Trigger.SHIPMENT_CREATED, here.clock.now()
            here.queue.put(Signal(STORE, order, trigger, now, f"wh-{order}", resource_id="1"))
            deadline = time.monotonic() + WITHIN_S
            while here.queue.depth().queued or here.queue.depth().in_flight:
                assert time.monotonic() < deadline
                time.sleep(0.05)  # its threads take real time


@dataclass(frozen=True)
class Moved:
    """A store that moved.

    Attributes:
        noted: An order that the old host noted and completed.
        parked: One whose webhook came to the old host while that was paused.
        held: One that the old host cancelled, and a person took that back.
    """

    shop: Deployed
    old: OldHost
    noted: int
    parked: int
    held: int
    imports: list[Any]
    exported: str


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Moved]:
    with deployed_shop() as shop, pytest.MonkeyPatch.context() as monkeypatch:
        old = OldHost(tmp_path_factory.mktemp("old"), shop.api_url)
        command = Command(shop.stack, monkeypatch)
        old.run("rules", "publish", str(old.rules))
        noted, held = shipped(shop.sim, "640.00"), unpaid(shop, hours=13)
        old.run("replay", "--order", str(noted))
        cancelled = json.loads(old.run("sweep", "run", "--yes", "--json"))
        old.run("undo", "--run", cancelled["id"], "--yes", "--json")

        command("pause")
        old.run("pause")
        parked = shipped(shop.sim, "20.00")
        old.hears_of(parked)
        imports = [move(old, command)]
        shop.stack.functions["reconcile"].invoke(event("reconcile-schedule"))
        imports.append(move(old, command))  # what came meanwhile
        yield Moved(shop, old, noted, parked, held, imports, old.file.read_text())


def shipped(sim: SimulatedStore, total: str) -> int:
    order = sim.shopper.place(total=total)
    sim.shopper.pay(order)
    sim.staff.ship(order)
    return order


def unpaid(shop: Deployed, hours: float) -> int:
    created_at = shop.clock.now() - timedelta(hours=hours)
    return shop.sim.shopper.place(total="20.00", created_at=created_at)


def move(old: OldHost, command: Command) -> Any:  # noqa: ANN401  JSON
    old.run("changelog", "export", "--move", "--output", str(old.file))
    return command.json("changelog", "import", str(old.file), "--yes")


def notes(shop: Deployed, order: int) -> int:
    return shop.sim.order(order).staff_notes.count(NOTE)


@pytest.fixture
def command(moved: Moved, monkeypatch: pytest.MonkeyPatch) -> Command:
    return Command(moved.shop.stack, monkeypatch)


# In this order: the store is paused until it runs on the stack


def test_everything_came_along_once(moved: Moved) -> None:
    first, second = moved.imports

    assert first["new"]["line"] == 4  # note, completion, cancellation and what took that back
    assert (first["new"]["rules"], first["new"]["hold"], first["new"]["parked"]) == (1, 1, 1)
    assert sum(second["new"].values()) == 0
    assert moved.shop.sim.order(moved.parked).status_id == 2


def test_the_stack_lets_the_store_run_and_does_what_was_parked(
    moved: Moved, command: Command
) -> None:
    shop = moved.shop

    code, _ = command("resume")
    shop.work_until(lambda: shop.sim.order(moved.parked).status_id == COMPLETED)

    assert code == 0
    assert shop.writes(moved.parked) == [(2, 10)]


def test_an_effect_that_was_had_on_the_machine_is_not_had_again(moved: Moved) -> None:
    shop = moved.shop
    before = shop.writes(moved.noted)
    untouched = shipped(shop.sim, "700.00")
    with gateway(shop.stack.functions["ingest"]) as url:
        shop.hook(url)

        shop.sim.staff.edit(moved.noted, customer_message="Please gift-wrap it.")
        shop.sim.staff.edit(untouched, customer_message="Please hurry.")
        shop.work_until(lambda: notes(shop, untouched) == 1)
        shop.work_until(lambda: is_seen(shop, moved.noted))

    assert notes(shop, moved.noted) == 1
    assert shop.writes(moved.noted) == before


def is_seen(shop: Deployed, order: int) -> bool:
    """Return whether the stack has looked at an order as it is now."""
    seen = shop.state.seen(STORE, order)
    return seen is not None and seen.seen_modified == shop.sim.order(order).date_modified
