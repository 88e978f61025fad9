"""Dates that mislead: they go back with the store's clock, or one second holds two changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from catching_up import CatchingUp, lose_webhooks
from rule_files import cancel_marked
from scenario import STORE, Scenario

MARKED, CANCELLED, AWAITING_PAYMENT, COMPLETED, SHIPPED = 12, 5, 7, 10, 2
DAY = timedelta(days=1)
AHEAD = timedelta(minutes=4)
LONG_S = 5_400.0


def seen_a_day_ahead(scenario: Scenario) -> int:
    """Let an order be seen with a date that lies a day ahead; return its id."""
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, customer_message="hello")
    scenario.clock.advance(5)
    scenario.run()
    seen = scenario.state.seen(STORE, order)
    assert seen is not None
    ahead = replace(seen, seen_modified=seen.seen_modified + DAY)
    assert scenario.state.replace_seen(ahead, seen)
    return order


def test_a_body_dated_before_what_was_seen_is_believed_after_an_hour(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    order = seen_a_day_ahead(scenario)
    scenario.sim.staff.ship(order)

    scenario.run(for_s=3_500)
    early = scenario.our_writes(order)
    scenario.run(for_s=LONG_S)

    assert early == []
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
    assert scenario.reviews() == []
    assert scenario.state.count_parked(STORE) == 0
    seen = scenario.state.seen(STORE, order)
    assert seen is not None
    assert seen.seen_modified == scenario.sim.order(order).date_modified


def test_after_that_the_orders_next_change_waits_for_nothing(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_marked())
    order = seen_a_day_ahead(scenario)
    scenario.sim.staff.edit(order, customer_message="once more")
    scenario.run(for_s=LONG_S)
    scenario.sim.staff.edit(order, status="Manual Verification Required")

    scenario.run(for_s=30)

    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]


def test_a_reconciliation_brings_such_an_order_where_the_rules_want_it(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    order = seen_a_day_ahead(scenario)
    scenario.sim.staff.ship(order)
    lose_webhooks(scenario)
    scenario.clock.advance(120)

    CatchingUp(scenario).run()
    scenario.run(for_s=LONG_S)

    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
    assert scenario.state.count_parked(STORE) == 0


def test_a_body_from_before_our_own_change_is_given_to_a_person_after_an_hour(
    tmp_path: Path,
) -> None:
    scenario = Scenario(tmp_path, cancel_marked())
    scenario.sim_clock.ahead = AHEAD
    order = scenario.sim.shopper.place(total="20.00", status="Manual Verification Required")
    scenario.run()
    made = scenario.our_writes(order)
    scenario.sim_clock.ahead = timedelta(0)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    lose_webhooks(scenario)
    scenario.clock.advance(300)
    CatchingUp(scenario).run()

    scenario.run(for_s=LONG_S)
    for _ in range(3):
        scenario.clock.advance(900)
        scenario.unpark()
        scenario.run()

    assert made == [(MARKED, CANCELLED)]
    assert scenario.our_writes(order) == made
    assert [review.kind for review in scenario.reviews()] == ["behind_our_change"]
    assert scenario.state.count_parked(STORE) == 0
    assert scenario.queue.depth().queued == 0


def test_a_change_that_a_lagging_reading_missed_within_its_own_second_is_found(
    tmp_path: Path,
) -> None:
    scenario = Scenario(tmp_path)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment", quantity=2)
    scenario.clock.advance(60)
    scenario.run()
    scenario.sim.settings.read_lag_s = 1.0
    scenario.sim.staff.ship(order, pieces=1)
    heard = scenario.sim.due()
    scenario.clock.advance(0.5)
    scenario.sim.staff.ship(order)
    lose_webhooks(scenario)
    scenario.clock.advance(0.8)
    for attempt in heard:
        scenario.sim.record_result(attempt, scenario.receive_webhook(attempt))
    while scenario.work_once():
        pass
    assert scenario.our_writes(order) == []
    scenario.clock.advance(120)

    sums = CatchingUp(scenario).sums()
    scenario.run()

    assert sums == {"orders": 1, "missed": 1, "recovered": 1, "ended": "complete"}
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
