"""`orderwarden rules check`: what is odd, what the store tells, and all of it without a store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bigcommerce_sim import SimulatedStore
from click.testing import CliRunner, Result
from orderwarden_cli.main import main
from unit.cli.command_line import RULES, STORE, CommandLine, nowhere
from unit.cli.sim_shop import a_shop, methods

ODD = """version: 1
mode: live
rules:
  - name: cancel-unpaid
    on: sweep
    when: {status: Awaiting Payment, age: {at_least: 2m}}
    do: [set_status: Cancelled]
  - name: never
    on: order_updated
    when: {status: Shipped, total: {over: 5, under: 4}}
    do: [set_status: Completed]
"""
NEVER = "rule never: it never acts: its tests contradict each other"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CommandLine, SimulatedStore]]:
    with a_shop(tmp_path_factory.mktemp("shop")) as (shop, sim):
        for method in ("Afterpay", "Afterpay", "Credit Card", "Check", "Wire", ""):
            sim.shopper.place(payment_method=method)
        yield shop, sim


@pytest.fixture
def shop(both: tuple[CommandLine, SimulatedStore]) -> CommandLine:
    both[1].journal.requests.clear()
    both[0].rules.write_text(RULES)
    return both[0]


def check_alone(path: Path, *options: str) -> Result:
    return CliRunner().invoke(main, ["rules", "check", str(path), *options])


# Without a store


def test_what_is_odd_is_told_with_rule_and_reason(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(ODD)

    result = check_alone(path)

    assert (result.exit_code, result.stdout) == (0, f"{path}: 2 rules, 2 live, 0 shadow\n")
    told = result.stderr.splitlines()
    assert f"warning: {path}: {NEVER}" in told
    late = "rule cancel-unpaid: age at_least 2m: sweeps are 5m apart, so it acts later"
    assert f"note: {path}: {late}" in told


@pytest.mark.parametrize(("content", "exit_code"), [(ODD, 1), (RULES, 0)])
def test_whoever_is_strict_exits_with_1_on_a_warning(
    tmp_path: Path, content: str, exit_code: int
) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(content)

    assert check_alone(path, "--strict").exit_code == exit_code


def test_what_is_odd_is_told_when_it_is_published(tmp_path: Path) -> None:
    shop = CommandLine(tmp_path, nowhere(), STORE)
    shop.rules.write_text(ODD)

    result = shop.run("rules", "publish")

    assert result.exit_code == 0
    assert f"warning: {shop.rules}: {NEVER}\n" in result.stderr


def test_a_store_out_of_reach_keeps_no_file_from_being_checked(tmp_path: Path) -> None:
    shop = CommandLine(tmp_path, nowhere(), STORE)

    result = shop.run("rules", "check")

    assert (result.exit_code, result.stdout) == (0, f"{shop.rules}: 1 rules, 1 live, 0 shadow\n")
    assert result.stderr == (
        f"note: {shop.rules}: store {STORE} is out of reach: its own names of statuses and its "
        "payment methods were not looked at\n"
    )


# With a store


def test_payment_methods_that_nobody_knows_are_listed(shop: CommandLine) -> None:
    told = shop.run("rules", "check").stderr.splitlines()

    advice = (
        "is on neither list: whether such orders are paid is unknown; add it to offline_methods "
        "if it leaves no transactions"
    )
    seen = "in the last 30 days"
    assert told == [
        f"note: {shop.rules}: payment method `Afterpay`, seen 2 times {seen}, {advice}",
        f"note: {shop.rules}: payment method `Wire`, seen 1 times {seen}, {advice}",
    ]


def test_methods_that_the_rules_name_as_offline_are_known(shop: CommandLine) -> None:
    shop.rules.write_text(RULES + "store: {offline_methods: [wire, Afterpay]}\n")

    result = shop.run("rules", "check", "--store", STORE)

    assert (result.exit_code, result.stderr) == (0, "")


def test_any_file_may_be_checked_against_a_store(shop: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text(ODD)

    [told] = shop.json("rules", "check", str(path), "--store", STORE)

    assert (told["file"], told["store"], told["rules"]) == (str(path), STORE, 2)
    assert (told["is_reachable"], told["unknown_methods"]) == (True, {"Afterpay": 2, "Wire": 1})
    assert ["never"] in [finding["rules"] for finding in told["findings"]]


def test_checking_sends_nothing_but_get(
    shop: CommandLine, both: tuple[CommandLine, SimulatedStore]
) -> None:
    shop.run("rules", "check")

    assert methods(both[1]) == {"GET"}


def test_a_store_that_is_not_configured_is_told(shop: CommandLine) -> None:
    result = shop.run("rules", "check", "--store", "other")

    assert result.exit_code == 2
    assert f"store other is not configured; configured: {STORE}" in result.stderr


# The store's own names of statuses


PICKING = RULES.replace("fully_shipped: true", "status: Picking")


@pytest.fixture
def renamed(tmp_path: Path) -> Iterator[CommandLine]:
    """Yield a store that calls Awaiting Fulfillment otherwise, and rules that do so, too."""
    with a_shop(tmp_path) as (shop, sim):
        sim.staff.rename_status("Awaiting Fulfillment", "Picking")
        shop.rules.write_text(PICKING)
        yield shop


def out_of_reach(shop: CommandLine) -> None:
    """Lead the configuration to a store that nobody reaches."""
    lines = shop.config.read_text().splitlines()
    shop.config.write_text(
        "\n".join(f'api_url = "{nowhere()}"' if "api_url" in x else x for x in lines)
    )


def test_a_rule_may_use_the_names_that_the_store_gives_its_statuses(renamed: CommandLine) -> None:
    checked = renamed.run("rules", "check")
    published = renamed.run("rules", "publish")

    assert (checked.exit_code, published.exit_code) == (0, 0)
    told = "Awaiting Fulfillment is called Picking in this store"
    assert f"note: {renamed.rules}: rule complete-when-shipped: {told}\n" in checked.stderr
    with renamed.machine() as here:
        current = here.state.current(STORE)
        assert current is not None
        assert '"status"' in current.compiled
        assert "Picking" not in current.compiled


def test_without_its_store_such_a_name_is_unknown(renamed: CommandLine) -> None:
    alone = check_alone(renamed.rules)
    out_of_reach(renamed)
    published = renamed.run("rules", "publish")

    assert (alone.exit_code, published.exit_code) == (3, 3)
    assert "`Picking`: no such status" in alone.stderr
    told = f"store {STORE} is out of reach, so its own names of statuses are not known"
    assert f"error: {told}\n" in published.stderr


def test_what_is_in_force_stays_good_while_the_store_is_out_of_reach(renamed: CommandLine) -> None:
    renamed.run("rules", "publish")
    out_of_reach(renamed)

    result = renamed.run("rules", "publish")

    assert result.exit_code == 0
    assert result.stdout == f"Store {STORE}: the same rules are in force as version 1.\n"


def test_rules_with_such_names_are_tested_against_their_store(renamed: CommandLine) -> None:
    tests = "tests: [{name: t, facts: {status: Picking}, rule: complete-when-shipped}]\n"
    renamed.rules.write_text(PICKING + tests)

    asked = renamed.run("rules", "test", "--store", STORE)
    out_of_reach(renamed)

    assert (asked.exit_code, asked.stdout.splitlines()[1]) == (0, "  passed  t")
    assert renamed.run("rules", "test", "--store", STORE).exit_code == 4


def test_a_draft_with_such_names_may_be_tried(renamed: CommandLine) -> None:
    draft = str(renamed.rules)

    tried = renamed.run("rules", "backtest", "--days", "1", "--rules", draft)

    assert tried.exit_code == 0
