"""`orderwarden rules backtest`: counts and money, CSV, stopped and gone on with; GET alone."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from bigcommerce_sim import Answer, FaultRule, SimulatedStore
from click.testing import Result
from unit.cli.command_line import STORE, CommandLine
from unit.cli.sim_shop import a_shop, methods

Both = tuple[CommandLine, SimulatedStore]
RULES = """version: 1
rules:
  - name: cancel-unpaid
    on: sweep
    when: {status: Awaiting Payment, total: {over: 50}}
    do: [set_status: Cancelled]
    limit: {approve_after: 2}
"""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    with a_shop(tmp_path_factory.mktemp("shop")) as (shop, sim):
        for total in ("640.00", "60.00", "80.00"):
            sim.shopper.place(total=total)
        sim.shopper.place(total="70.00", payment_method="Check")
        sim.shopper.place(total="70.00", status="Shipped")
        yield shop, sim


@pytest.fixture
def shop(both: Both) -> CommandLine:
    return both[0]


@pytest.fixture
def sim(both: Both) -> SimulatedStore:
    both[1].journal.requests.clear()
    return both[1]


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    path = tmp_path / "draft.yaml"
    path.write_text(RULES)
    return path


def test_counts_and_money_are_told_by_rule(
    shop: CommandLine, draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")

    result = shop.run("rules", "backtest", "--days", "30", "--rules", str(draft))

    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[0].startswith(f"5 orders of store {STORE} placed from ")
    [row] = [line for line in lines if "cancel-unpaid" in line and "│" in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == [
        *("cancel-unpaid", "3", "780.00 USD", "1", "0", "1"),
    ]
    assert "  would be changed: 3, such as 100, 101, 102" in lines
    assert "  held back by a safeguard: 1, such as 103" in lines
    assert "         1  offline_method" in lines
    assert "  live, it would ask a person after 2 changes" in lines


def test_a_backtest_sends_nothing_but_get(
    shop: CommandLine, sim: SimulatedStore, draft: Path
) -> None:
    told = shop.json("rules", "backtest", "--days", "30", "--rules", str(draft))

    assert methods(sim) == {"GET"}
    assert told["api_calls"] == len(sim.journal.requests)
    assert (told["orders"], told["is_complete"]) == (5, True)
    [rule] = told["rules"]
    assert rule["counts"] == {"would": 3, "blocked": 1, "unknown": 0, "earlier": 1}
    assert rule["totals"] == {"USD": "780.0000"}


def test_every_finding_is_written_as_csv(shop: CommandLine, draft: Path) -> None:
    path = draft.with_name("found.csv")

    shop.run("rules", "backtest", "--days", "30", "--rules", str(draft), "--csv", str(path))

    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["order_id"], row["found"], row["reasons"]) for row in rows] == [
        ("100", "would", ""),
        ("101", "would", ""),
        ("102", "would", ""),
        ("103", "blocked", "offline_method"),
        ("104", "earlier", ""),
    ]
    assert rows[0]["from_status"] == "Awaiting Payment"
    assert (rows[0]["to_status"], rows[0]["total"]) == ("Cancelled", "640.0000")


# Stopped, and gone on with


NOTE = """version: 1
rules:
  - name: note-it
    on: order_updated
    when: {total: {over: 5}}
    do: [staff_note: "Noted."]
"""
ORDERS = 255
PAGE = 250


@pytest.fixture(scope="module")
def large(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[CommandLine, SimulatedStore]]:
    with a_shop(tmp_path_factory.mktemp("large")) as (shop, sim):
        for _ in range(ORDERS):
            sim.shopper.place(total="10.00")
        yield shop, sim


class Resumable:
    """A backtest with a work file, of a store with two pages of orders."""

    def __init__(self, folder: Path, shop: CommandLine, sim: SimulatedStore) -> None:
        self.shop, self.sim = shop, sim
        self.draft, self.work = folder / "draft.yaml", folder / "work.json"
        self.csv = folder / "found.csv"
        self.draft.write_text(NOTE)

    def run(self, *more: str, days: int = 30) -> Result:
        files = ("--rules", self.draft, "--resume", self.work, "--csv", self.csv)
        options = ("--days", days, *files, "--json", *more)
        return self.shop.run("rules", "backtest", *map(str, options))

    def stop_after_the_first_page(self) -> Result:
        """Let the store refuse the token when the second page is asked for."""
        refusal = FaultRule(Answer.STATUS, status=401, path="/v2/orders", skip=1, times=1)
        self.sim.faults.add(refusal)
        return self.run()

    def rows(self) -> list[str]:
        with self.csv.open(newline="") as file:
            return [row["order_id"] for row in csv.DictReader(file)]


@pytest.fixture
def resumable(tmp_path: Path, large: Both) -> Resumable:
    return Resumable(tmp_path, *large)


def test_what_was_stopped_goes_on_with_what_is_left(resumable: Resumable) -> None:
    stopped = resumable.stop_after_the_first_page()
    kept = json.loads(resumable.work.read_text())
    resumable.sim.journal.requests.clear()

    resumed = resumable.run()

    assert stopped.exit_code == 3
    advice = f"Stopped after {PAGE} orders; go on with --resume {resumable.work}.\n"
    assert stopped.stderr.startswith(advice)
    assert (kept["orders"], kept["is_complete"], kept["next_id"]) == (PAGE, False, 350)
    told = json.loads(resumed.stdout)
    assert (resumed.exit_code, told["orders"], told["is_complete"]) == (0, ORDERS, True)
    assert told["rules"][0]["counts"]["would"] == ORDERS
    assert told["rules"][0]["totals"] == {"USD": "2550.0000"}
    asked = [r.query for r in resumable.sim.journal.requests if r.path.endswith("/v2/orders")]
    assert all("min_id=35" in query for query in asked)
    assert resumable.rows() == [str(order) for order in range(100, 100 + ORDERS)]


def test_rows_after_the_last_saved_state_are_written_once(resumable: Resumable) -> None:
    resumable.stop_after_the_first_page()
    with resumable.csv.open("a") as file:
        file.write("350,note-it,would,half a ro")

    resumable.run()

    assert resumable.rows() == [str(order) for order in range(100, 100 + ORDERS)]


def test_complete_work_is_shown_again_without_a_call(resumable: Resumable) -> None:
    first = resumable.run()
    resumable.sim.journal.requests.clear()

    again = resumable.run()

    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert again.stderr == f"{resumable.work}: complete already; remove it to begin anew.\n"
    assert len(resumable.sim.journal.requests) == 0


def test_a_changed_draft_refuses_to_go_on(resumable: Resumable) -> None:
    resumable.stop_after_the_first_page()
    resumable.draft.write_text(NOTE.replace("over: 5", "over: 6"))

    result = resumable.run()

    assert result.exit_code == 3
    assert f"{resumable.work}: begun with rules " in result.stderr
    assert "name another file, or remove this one" in result.stderr


def test_other_days_refuse_to_go_on(resumable: Resumable) -> None:
    resumable.stop_after_the_first_page()

    result = resumable.run(days=31)

    assert result.exit_code == 3
    assert "begun with --days 30, now it is 31" in result.stderr


def test_a_csv_file_that_lost_rows_refuses_to_go_on(resumable: Resumable) -> None:
    resumable.stop_after_the_first_page()
    resumable.csv.write_text("order_id")

    result = resumable.run()

    assert result.exit_code == 3
    assert f"{resumable.csv}: shorter than the work file says; begin anew" in result.stderr


@pytest.mark.parametrize("content", ["", "{}", "[]", "no", '{"orderwarden_backtest": 2}', "null"])
def test_a_file_that_is_no_work_file_is_refused(resumable: Resumable, content: str) -> None:
    resumable.work.write_text(content)

    result = resumable.run()

    assert result.exit_code == 3
    told = f"error: {resumable.work}: no work file of a backtest; name another\n"
    assert result.stderr == told
    assert resumable.work.read_text() == content


def test_a_folder_that_is_not_there_is_told(resumable: Resumable) -> None:
    resumable.work = resumable.work.parent / "missing" / "work.json"

    result = resumable.run()

    assert result.exit_code == 3
    assert "it cannot be written (No such file or directory)" in result.stderr


def test_a_draft_with_errors_is_told_before_any_order_is_read(resumable: Resumable) -> None:
    resumable.draft.write_text(NOTE.replace("total", "totl"))
    resumable.sim.journal.requests.clear()

    result = resumable.run()

    assert result.exit_code == 3
    assert "did you mean `total`?" in result.stderr
    paths = [request.path for request in resumable.sim.journal.requests]
    assert all(path.endswith("/v2/order_statuses") for path in paths)
