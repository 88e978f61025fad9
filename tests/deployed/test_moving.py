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


# Every later command, on the store that moved


def test_a_sweep_waits_for_its_run_and_heeds_a_hold_that_came_along(
    moved: Moved, command: Command
) -> None:
    shop = moved.shop
    order = unpaid(shop, hours=14)
    before = shop.writes(moved.held)

    preview = command.json("sweep", "run", "--dry-run")
    with shop.working():
        run = command.json("sweep", "run", "--yes")
    listed = command.json("sweep", "list")
    told = command.json("sweep", "show", run["id"])

    assert order in {each["order_id"] for each in preview}
    assert shop.sim.order(order).status_id == CANCELLED
    assert shop.writes(order) == [(AWAITING_PAYMENT, CANCELLED)]
    assert (shop.writes(moved.held), before) == ([(7, 5), (5, 7)], [(7, 5), (5, 7)])
    assert run["id"] in {each["id"] for each in listed}
    assert [(x["order_id"], x["result"]) for x in told["lines"] if x["order_id"] == order] == [
        (order, "applied")
    ]


def test_a_run_of_the_machine_is_still_told(moved: Moved, command: Command) -> None:
    oldest = command.json("sweep", "list", "--limit", "1000")[-1]

    told = command.json("sweep", "show", oldest["id"])

    assert [line["order_id"] for line in told["lines"]] == [moved.held]


def test_a_run_is_undone_and_a_hold_keeps_the_rule_off(moved: Moved, command: Command) -> None:
    shop = moved.shop
    order = unpaid(shop, hours=15)

    with shop.working():
        run = command.json("sweep", "run", "--yes")
        undone = command.json("undo", "--run", run["id"], "--yes")
        command.json("sweep", "run", "--yes")

    assert undone["outcomes"] == {"applied": 1}
    assert shop.writes(order) == [(AWAITING_PAYMENT, CANCELLED), (CANCELLED, AWAITING_PAYMENT)]


def test_an_order_is_decided_once_more_and_its_story_is_told(
    moved: Moved, command: Command
) -> None:
    shop = moved.shop
    order = shipped(shop.sim, "20.00")

    with shop.working():
        first = command.json("replay", "--order", str(order))
        second = command.json("replay", "--order", str(order))
    told = command.json("timeline", "--order", str(order))

    assert (first["outcome"], second["outcome"]) == ("applied", "no_match")
    assert [line["to_status_id"] for line in first["lines"]] == [COMPLETED]
    assert shop.writes(order) == [(2, COMPLETED)]
    assert [entry["kind"] for entry in told["entries"]].count("received") == 2
    assert "Now it is Completed" in " ".join(told["answer"])


def test_what_was_missed_is_found_and_waited_for(moved: Moved, command: Command) -> None:
    shop = moved.shop
    order = shipped(shop.sim, "30.00")
    shop.clock.turn(61)  # what was modified just now is left to the next run

    with shop.working():
        run = command.json("reconcile", "run", "--yes")

    assert (run["ended"], run["still_in_work"]) == ("complete", 0)
    assert shop.writes(order) == [(2, COMPLETED)]


def test_rules_are_tried_explained_compared_and_rolled_back(
    moved: Moved, command: Command, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(RULES.replace("over: 500", "over: 5"))
    writes = len(moved.shop.sim.journal.writes)

    tried = command.json("rules", "backtest", "--days", "2", "--rules", str(draft))
    explained = command.json("rules", "explain", "--order", str(moved.noted))
    compared = command.json("rules", "diff", str(draft))
    published = command.json("rules", "publish", str(draft))
    back = command.json("rules", "rollback", "1", "--yes")
    versions = command.json("rules", "list")

    assert tried["is_complete"]
    assert explained
    assert compared
    assert (published["version"], back["version"]) == (2, 3)
    assert [each["version"] for each in versions] == [1, 2, 3]
    assert versions[0]["digest"] == versions[2]["digest"] != versions[1]["digest"]
    assert len(moved.shop.sim.journal.writes) == writes


def test_the_changelog_is_exported_and_holds_together(moved: Moved, command: Command) -> None:
    shop = moved.shop

    code, output = command("changelog", "export", "--days", "2")
    verified = command.json("changelog", "verify", "--days", "2")

    lines = [json.loads(line) for line in output.splitlines()]
    assert code == 0
    assert verified["problems"] == []
    assert verified["lines"] == len(lines)
    told = [
        (x["order_id"], x["from_status_id"], x["to_status_id"])
        for x in lines
        if x["result"] == "applied" and x["to_status_id"] is not None
    ]
    orders = {order for order, *_ in told}
    made = [(order, *change) for order in orders for change in shop.writes(order)]
    assert sorted(told) == sorted(each for each in made if each[1] != each[2])


def test_what_was_lost_comes_back_from_restored_tables(
    moved: Moved, command: Command, tmp_path: Path
) -> None:
    shop, file = moved.shop, str(tmp_path / "restored.jsonl")
    dynamodb, outputs = shop.stack.client("dynamodb"), shop.stack.outputs
    tables = ("ChangelogTable", "StateTable")
    for table in tables:
        dynamodb.restore_table_to_point_in_time(
            SourceTableName=outputs[table],
            TargetTableName=f"restored-{table}",
            UseLatestRestorableTime=True,
        )
    before = shop.changelog.of_order(STORE, moved.noted)
    for line in before:
        key = {"order": {"S": f"{STORE}#{moved.noted}"}, "id": {"S": line.id}}
        dynamodb.delete_item(TableName=outputs["ChangelogTable"], Key=key)
    shop.state.lift(STORE, moved.held, "cancel-unpaid")

    command("pause")
    restored = ("--restored", *(f"restored-{table}" for table in tables))
    exported = command("changelog", "export", "--move", *restored, "--output", file)
    taken = command.json("changelog", "import", file, "--yes")
    command("resume")

    assert exported[0] == 0
    assert (taken["written"], taken["new"]["line"], taken["new"]["hold"]) == (3, 2, 1)
    assert shop.changelog.of_order(STORE, moved.noted) == before
    assert shop.state.holds(STORE, moved.held) == {"cancel-unpaid"}


def test_a_stack_moves_back_to_a_machine(moved: Moved, command: Command, tmp_path: Path) -> None:
    home = OldHost(tmp_path, moved.shop.api_url)
    home.run("pause")
    command("pause")

    code, _ = command("changelog", "export", "--move", "--output", str(home.file))
    taken = json.loads(home.run("changelog", "import", str(home.file), "--yes", "--json"))
    again = json.loads(home.run("changelog", "import", str(home.file), "--yes", "--json"))
    command("resume")

    assert (code, taken["is_whole"], again["written"]) == (0, True, 0)
    assert taken["new"]["rules"] == 3
    with closing(home.machine()) as here:
        assert {hold.order_id for hold in here.state.every_hold(STORE)} >= {moved.held}
        assert list(here.changelog.of_order(STORE, moved.noted)) == list(
            moved.shop.changelog.of_order(STORE, moved.noted)
        )
