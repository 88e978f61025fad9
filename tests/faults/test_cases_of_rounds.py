"""The cases of docs/faults.md about sweeps, reconciliations and pages, each at its fault point."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from boundaries import Fault
from catching_up import CatchingUp, lose_webhooks
from one_fault import run_at
from orderwarden.services.reconcile import Wanted
from rule_files import cancel_unpaid
from scenario import STORE, Died, Scenario
from sweeping import Sweeper

CANCELLED = 5
PAGE = 250
ORDERS = 2 * PAGE + 40
EVERY = 60
"""So many orders of a list are not due for one that is: they only fill its pages."""

LARGE_UNPAID = cancel_unpaid(when="paid: false, total: {over: 100}")

pytestmark = pytest.mark.no_cover


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return Scenario(tmp_path, LARGE_UNPAID)


def place_many(sweeper: Sweeper, count: int) -> list[int]:
    """Place orders of which a few are due; return those."""
    placed = [
        sweeper.place(total="640.00" if number % EVERY == EVERY - 1 else "40.00")
        for number in range(count)
    ]
    return placed[EVERY - 1 :: EVERY]


def dying_on_page(number: int) -> Callable[[str, str], None]:
    """Return what ends the process when a page is asked for."""
    pages: list[str] = []

    def die(method: str, path: str) -> None:
        pages.extend([path] * (method == "GET" and path.endswith("/v2/orders")))
        if len(pages) == number:
            raise Died

    return die


def unbroken(_method: str, _path: str) -> None:
    """Let a request pass."""


def hold(scenario: Scenario, due: list[int]) -> None:
    """See that each order that was due is cancelled, once, and no other order."""
    assert {scenario.status_of(order) for order in due} == {CANCELLED}
    assert Counter(len(scenario.our_writes(order)) for order in due) == {1: len(due)}
    assert len(scenario.puts()) == len(due)


def test_a_sweep_that_dies_on_its_third_page_leaves_the_rest_to_the_next(
    scenario: Scenario,
) -> None:
    sweeper = Sweeper(scenario)
    due = place_many(sweeper, ORDERS)
    lose_webhooks(scenario)
    sweeper.adapter.before = dying_on_page(3)
    scenario.crash(sweeper.queue)
    queued = scenario.queue.depth().queued
    sweeper.adapter.before = unbroken

    run = sweeper.sweep()

    assert (len(due), queued) == (9, 8)
    assert run.summary["queued"] == 1
    hold(scenario, due)


@pytest.mark.parametrize("call", ["queue.put", "receipts.replace", "store.order_pages"])
@pytest.mark.parametrize("fault", [Fault.DIE_BEFORE, Fault.DIE_AFTER])
def test_a_sweep_that_dies_anywhere_cancels_each_order_once_in_the_end(
    call: str, fault: Fault
) -> None:
    ran = run_at("two sweeps at once", fault, call, by="sweeper")

    assert ran.problems == []
    assert sorted(ran.results) == [
        *[("cancel-unpaid", "applied")] * 2,
        ("note-large", "applied"),
    ]


def test_a_reconciliation_that_dies_on_its_third_page_goes_on_there(tmp_path: Path) -> None:
    of_events = LARGE_UNPAID.replace("on: sweep", "on: order_updated")
    scenario = Scenario(tmp_path, of_events.replace("age: {at_least: 12h}, ", ""))
    due = place_many(Sweeper(scenario), ORDERS)
    for order in due:
        scenario.sim.staff.edit(order, customer_message="Please hurry.")
    lose_webhooks(scenario)
    scenario.clock.advance(120)
    catching_up = CatchingUp(scenario)
    scenario.adapter.before = dying_on_page(3)
    scenario.crash(catching_up.run)
    scenario.adapter.before = unbroken
    done = catching_up.run(Wanted(since=scenario.clock.now() - timedelta(days=1)))
    scenario.run()

    assert done.is_complete
    hold(scenario, due)


def test_orders_that_are_placed_while_the_list_is_read_push_none_off_it(
    scenario: Scenario,
) -> None:
    sweeper = Sweeper(scenario)
    due = place_many(sweeper, PAGE + 60)
    lose_webhooks(scenario)

    def place_more(method: str, path: str) -> None:
        if method == "GET" and path.endswith("/v2/orders"):
            due.extend(sweeper.place() for _ in range(2))

    sweeper.adapter.after = place_more
    sweeper.queue()
    sweeper.adapter.after = unbroken
    sweeper.sweep()

    assert len(due) == 5 + 3 * 2  # the last page is the one with nothing on it
    hold(scenario, due)


@pytest.mark.parametrize("call", ["queue.put", "state.unpark"])
@pytest.mark.parametrize("fault", [Fault.DIE_BEFORE, Fault.DIE_AFTER, Fault.FREEZE_AFTER])
def test_two_sweeps_that_put_back_what_was_parked_may_die_over_it(fault: Fault, call: str) -> None:
    ran = run_at("parked signals that two sweeps put back", fault, call, by="sweeper")

    assert (ran.problems, ran.puts) == ([], 1)


def test_far_more_events_than_the_cap_are_all_acted_on_hour_by_hour(tmp_path: Path) -> None:
    rules = cancel_unpaid().replace("per_hour: none", "per_hour: 3")
    scenario = Scenario(tmp_path, rules)
    sweeper = Sweeper(scenario)
    orders = [sweeper.place() for _ in range(10)]
    done = []

    for _ in range(4):
        sweeper.sweep()
        done.append(sum(scenario.status_of(order) == CANCELLED for order in orders))
        scenario.clock.advance(3600)

    assert done == [3, 6, 9, 10]
    assert scenario.notices.kinds.count("per_hour") <= 4  # once in each hour, not for each order
    assert scenario.state.count_parked(STORE) == 0
    assert {len(scenario.our_writes(order)) for order in orders} == {1}


@pytest.mark.parametrize("fault", [Fault.THROTTLE, Fault.TIME_OUT_BEFORE, Fault.STALE])
@pytest.mark.parametrize("call", ["store.hooks", "store.statuses", "store.order_pages"])
def test_a_reconciliation_whose_calls_go_wrong_finds_all_in_the_end(
    call: str, fault: Fault
) -> None:
    ran = run_at("a reconciliation", fault, call, by="reconciler")

    assert (ran.problems, ran.results) == ([], (("complete-when-shipped", "applied"),))


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("a reconciliation", "store.create_hook"),
        ("a reconciliation", "store.delete_hook"),
        ("hooks that are off", "store.update_hook"),
    ],
)
@pytest.mark.parametrize("fault", [Fault.TIME_OUT_AFTER, Fault.DIE_AFTER, Fault.UNAUTHORISED])
def test_hooks_are_right_again_whatever_becomes_of_their_repair(
    fault: Fault, name: str, call: str
) -> None:
    ran = run_at(name, fault, call, by="reconciler")

    assert (ran.problems, ran.results) == ([], (("complete-when-shipped", "applied"),))


def test_an_hour_in_which_no_sweep_can_be_noted_only_costs_time() -> None:
    ran = run_at("a sweep", Fault.FAIL_FOR_AN_HOUR, "state.replace_run")

    assert ran.fired["fail_for_an_hour"] > 0
    assert ran.problems == []
    assert ran.results == (("cancel-unpaid", "applied"),)
