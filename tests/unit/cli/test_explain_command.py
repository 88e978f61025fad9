"""`orderwarden rules explain`: of an order, of facts; and the store sees nothing but GET."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bigcommerce_sim import SimulatedStore
from click.testing import CliRunner
from contracts.builders import a_line
from orderwarden.domain.line import Result
from orderwarden_cli.main import main
from unit.cli.command_line import STORE, CommandLine
from unit.cli.sim_shop import a_shop, methods

RULES = """version: 1
mode: live
rules:
  - name: release-paid
    on: order_updated
    when: {status: Awaiting Payment, paid: true}
    do: [set_status: Awaiting Fulfillment]
  - name: cancel-unpaid
    on: sweep
    when: {status: Awaiting Payment, total: {over: 500}}
    do: [set_status: Cancelled]
  - name: note-large
    on: order_updated
    when: {total: {over: 500}}
    do: [staff_note: "Large."]
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CommandLine, SimulatedStore]]:
    with a_shop(tmp_path_factory.mktemp("shop")) as (shop, sim):
        shop.rules.write_text(RULES)
        shop.run("rules", "publish")
        yield shop, sim


@pytest.fixture
def shop(both: tuple[CommandLine, SimulatedStore]) -> CommandLine:
    return both[0]


@pytest.fixture
def sim(both: tuple[CommandLine, SimulatedStore]) -> SimulatedStore:
    both[1].journal.requests.clear()
    return both[1]


def test_an_order_is_explained_rule_by_rule(shop: CommandLine, sim: SimulatedStore) -> None:
    order = sim.shopper.place(total="640.00", payment_method="Check")

    result = shop.run("rules", "explain", "--order", str(order))

    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0] == f"Order {order} of store {STORE}, by rules version 1"
    assert lines[1].startswith("Awaiting Payment, as read at ")
    assert lines[1].endswith("with 2 API calls")
    assert lines[2:9] == [
        "webhooks:",
        "  note-large wins: staff_note",
        "    limits: 0 of 1000 changes in this hour",
        "sweep:",
        "  cancel-unpaid wins: Awaiting Payment → Cancelled; held back: offline_method",
        "    limits: 0 of 200 changes in this hour; 0 of 25 before a person",
        "unknown  release-paid (live; asked by webhooks)",
    ]
    assert lines[9] == "  unknown  all of"
    assert lines[10].startswith("    unknown  paid is true  (seen: unknown)  because the payment")
    assert lines[11] == "    true  status is Awaiting Payment  (seen: Awaiting Payment)"


def test_an_explanation_sends_nothing_but_get(shop: CommandLine, sim: SimulatedStore) -> None:
    order = sim.shopper.place(total="640.00")
    sim.shopper.pay(order, moves_status=False)

    told = shop.json("rules", "explain", "--order", str(order))

    [verdict, _] = told["occasions"][0]["verdicts"]
    assert (verdict["rule"], verdict["blocked"]) == ("release-paid", "")
    assert methods(sim) == {"GET"}
    assert told["api_calls"] == len(sim.journal.requests) == 2


def test_what_is_not_asked_for_is_not_fetched(shop: CommandLine, sim: SimulatedStore) -> None:
    order = sim.shopper.place(total="20.00", status="Shipped")

    told = shop.json("rules", "explain", "--order", str(order))

    assert told["api_calls"] == 1
    [release, cancel, _] = told["rules"]
    assert (release["truth"], cancel["truth"]) == ("false", "false")
    [paid, status] = release["condition"]["parts"]
    assert (paid["words"], paid["truth"], paid["seen"]) == ("paid is true", None, "")
    assert (status["truth"], status["seen"]) == ("false", "Shipped")


def test_an_order_is_explained_for_one_event(shop: CommandLine, sim: SimulatedStore) -> None:
    order = sim.shopper.place(total="640.00")

    told = shop.json("rules", "explain", "--order", str(order), "--trigger", "sweep")

    [occasion] = told["occasions"]
    assert (occasion["by"], occasion["asked"]) == ("sweep", ["cancel-unpaid"])
    [verdict] = occasion["verdicts"]
    assert (verdict["blocked"], verdict["to_status_id"]) == ("", 5)
    assert verdict["limits"]["approve_after"] == 25


def test_a_draft_may_be_explained(shop: CommandLine, sim: SimulatedStore, tmp_path: Path) -> None:
    order = sim.shopper.place(total="20.00")
    draft = tmp_path / "draft.yaml"
    draft.write_text(RULES.replace("live", "shadow").replace("over: 500", "over: 5"))

    result = shop.run("rules", "explain", "--order", str(order), "--rules", str(draft))

    assert f"Order {order} of store {STORE}, by a draft\n" in result.stdout
    assert "  note-large wins: staff_note; in shadow: only written down\n" in result.stdout


def test_what_was_done_is_paused_or_held_is_told(shop: CommandLine, sim: SimulatedStore) -> None:
    order = sim.shopper.place(total="640.00")
    noted = a_line(
        order_id=order,
        rule="note-large",
        action="staff_note",
        to_status_id=None,
        result=Result.APPLIED,
    )
    with shop.machine() as here:
        here.changelog.replace(noted, None)
        here.state.hold(STORE, order, "cancel-unpaid", "by ann")
        here.state.stop(STORE, "by ann")

    told = shop.json("rules", "explain", "--order", str(order))

    [webhooks, sweep] = told["occasions"]
    assert webhooks["verdicts"] == []
    assert [each["blocked"] for each in sweep["verdicts"]] == ["hold"]
    assert [each["was_had"] for each in told["rules"]] == [False, False, True]
    assert told["stopped"] == "by ann"
    with shop.machine() as here:
        here.state.resume(STORE)


def test_an_archived_order_is_left_alone(shop: CommandLine, sim: SimulatedStore) -> None:
    order = sim.shopper.place(total="640.00")
    sim.staff.archive(order)

    result = shop.run("rules", "explain", "--order", str(order))

    assert "The order is archived, so every rule leaves it alone.\n" in result.stdout
    assert "sweep: no rule wins\n" in result.stdout


def test_an_order_that_is_not_there_is_told(shop: CommandLine, sim: SimulatedStore) -> None:
    result = shop.run("rules", "explain", "--order", "999999")

    assert len(sim.journal.requests) == 1
    assert result.exit_code == 1
    assert result.stderr == f"error: store {STORE} has no order 999999\n"


# Facts in a file


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.yaml"
    path.write_text("status: Awaiting Payment\ntotal: 640 USD\n")
    (tmp_path / "rules.yaml").write_text(RULES)
    return path


def explain_offline(facts: Path, *more: str) -> tuple[int, str, str]:
    rules = str(facts.with_name("rules.yaml"))
    arguments = ["rules", "explain", "--facts", str(facts), "--rules", rules, *more]
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.stdout, result.stderr


def test_facts_are_explained_without_store_or_configuration(facts: Path) -> None:
    exit_code, told, errors = explain_offline(facts)

    assert (exit_code, errors) == (0, "")
    assert told.startswith(f"{facts}, by a draft\nwebhooks:\n  note-large wins: staff_note; ")
    assert (
        "  cancel-unpaid wins: Awaiting Payment → Cancelled; safeguards were not asked\n" in told
    )
    assert "    unknown  paid is true  (seen: unknown)  because the facts do not say\n" in told


def test_facts_are_explained_as_json(facts: Path) -> None:
    _, told, _ = explain_offline(facts, "--json")

    fields = json.loads(told)
    assert (fields["order_id"], fields["status_id"], fields["api_calls"]) == (None, 7, 0)


def test_what_is_wrong_with_the_facts_is_told_with_its_place(facts: Path) -> None:
    facts.write_text("stauts: Shipped\ntotal: lots\n")

    exit_code, _, errors = explain_offline(facts)

    assert exit_code == 3
    assert [line.split(": ")[1] for line in errors.splitlines()] == [
        f"{facts}:1:1",
        f"{facts}:2:8",
    ]


@pytest.mark.parametrize("arguments", [(), ("--order", "1", "--facts", "facts.yaml")])
def test_an_order_or_facts_must_be_named(arguments: tuple[str, ...]) -> None:
    result = CliRunner().invoke(main, ["rules", "explain", *arguments])

    assert result.exit_code == 2
    assert "name an order with --order N, or a file with --facts FILE" in result.stderr


def test_without_published_rules_a_draft_is_asked_for(tmp_path: Path) -> None:
    shop = CommandLine(tmp_path, "http://127.0.0.1:1", STORE)

    result = shop.run("rules", "explain", "--order", "1")

    assert result.exit_code == 3
    assert "no rules are published" in result.stderr
