"""A machine that is lost in the middle of a write: what the next host makes of its line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from moving import written
from orderwarden.domain.line import Line, Result
from orderwarden.services.unpark import unpark_all
from orderwarden_cli.moving.checking import Checked
from orderwarden_cli.moving.gathering import gathered
from orderwarden_cli.moving.taking_in import write
from orderwarden_cli.moving.target import target_of
from orderwarden_cli.moving.unsettled import ask_about
from orderwarden_local.sqlite_changelog import SqliteChangelog
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.sqlite_state import SqliteState
from scenario import COMPLETE, STORE, Scenario

COMPLETED = 10
REFUND = """
version: 1
mode: live
allow_payment_actions: true
rules:
  - name: refund-it
    on: [order_created, order_updated, status_updated]
    when: {status: Awaiting Fulfillment}
    do: [{refund: {amount: 15}}]
"""


def lost(folder: Path, rules: str, path: str, effect: str) -> tuple[Scenario, int]:
    """Return a store whose machine is gone: the answer to its one write never came."""
    scenario = Scenario(folder, rules=rules)
    order = scenario.sim.shopper.place(total="40.00")
    scenario.sim.shopper.pay(order)
    if rules is COMPLETE:
        scenario.sim.staff.ship(order)
    method = "PUT" if rules is COMPLETE else "POST"
    # What is late takes effect after the first look, and before a second would be taken.
    scenario.fault("timeout", effect=effect, method=method, path=path, times=1, late_s=20.0)
    scenario.run(for_s=50.0)
    assert [line.result for line in scenario.lines(order)] == [Result.INTENDED]
    return scenario, order


def move(scenario: Scenario, folder: Path) -> None:
    """Move the store to another host, with nothing but the file of the lost one."""
    scenario.state.stop(STORE, "paused_by_hand")
    stream = io.BytesIO(written(gathered(scenario, STORE, lambda _: None)).encode())
    database = Database(folder / "new.sqlite3")
    scenario.queue = SqliteQueue(database, scenario.clock)
    scenario.receipts = SqliteReceipts(database, scenario.clock)
    scenario.changelog = SqliteChangelog(database)
    scenario.state = SqliteState(database)
    scenario.process = scenario.new_process()
    scenario.state.stop(STORE, "paused_by_hand")
    checked = Checked("move.jsonl", STORE)
    checked.read(stream, takes_unsettled=True)
    assert checked.problems == []
    with target_of(scenario, STORE) as target:
        assert not write(stream, target, 0, lambda *_: None, lambda: None)
    assert ask_about(scenario, checked.unsettled) == 1


def settled_then_resumed(scenario: Scenario, order: int) -> Line:
    """Return the line as the new host settled it while stopped; then let everything run."""
    scenario.run()
    [line] = scenario.lines(order)
    scenario.state.resume(STORE)
    unpark_all(scenario.state, scenario.queue, STORE, "store")
    scenario.run()
    scenario.sim.staff.edit(order, customer_message="Thank you.")
    scenario.run()
    return line


def refunds(scenario: Scenario) -> int:
    requests = scenario.sim.journal.requests
    return sum(each.method == "POST" and each.path.endswith("/refunds") for each in requests)


@pytest.mark.parametrize("effect", ["late", "none"])
def test_a_refund_of_which_nobody_knows_is_never_made_again(tmp_path: Path, effect: str) -> None:
    scenario, order = lost(tmp_path, REFUND, "*payment_actions/refunds", effect)
    before = refunds(scenario)

    move(scenario, tmp_path)
    line = settled_then_resumed(scenario, order)

    assert line.result is Result.UNCONFIRMED
    assert [review.kind for review in scenario.reviews()] == ["unconfirmed"]
    assert (before, refunds(scenario)) == (1, 1)


def test_a_status_that_was_set_is_found_and_not_set_again(tmp_path: Path) -> None:
    scenario, order = lost(tmp_path, COMPLETE, "*/orders/*", "late")

    move(scenario, tmp_path)
    line = settled_then_resumed(scenario, order)

    assert line.result is Result.RECOVERED
    assert scenario.our_writes(order) == [(2, COMPLETED)]


def test_a_status_that_was_not_set_is_set_once(tmp_path: Path) -> None:
    scenario, order = lost(tmp_path, COMPLETE, "*/orders/*", "none")

    move(scenario, tmp_path)
    line = settled_then_resumed(scenario, order)

    assert line.result is Result.NOT_APPLIED
    assert scenario.our_writes(order) == [(2, COMPLETED)]
    assert [line.result for line in scenario.lines(order)] == [Result.APPLIED]
