"""What the search found, each told again as short as it goes."""

from __future__ import annotations

from pathlib import Path

import pytest
from bigcommerce_sim.world.paying import Payment, add_transaction
from orderwarden.domain.line import Result
from orderwarden.services.unpark import unpark_waiting
from rulebook import (
    AWAITING_FULFILLMENT,
    AWAITING_PAYMENT,
    CANCELLED,
    COMPLETED,
    SHIPPED,
    SHOP,
    VERIFY,
)
from scenario import STORE, Scenario


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return Scenario(tmp_path, SHOP)


def pay_quietly(scenario: Scenario, order: int) -> None:
    """Take the money; the order's own body does not tell of it."""
    add_transaction(scenario.sim.world, scenario.sim.order(order), "purchase", Payment())


def test_a_last_look_that_lags_behind_our_own_write_moves_nothing_back(
    scenario: Scenario,
) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    scenario.sim.shopper.pay(order, moves_status=False)
    scenario.sim.settings.read_lag_s = 1.0
    scenario.clock.advance(1.5)

    scenario.run()

    assert scenario.our_writes(order) == [
        (AWAITING_PAYMENT, AWAITING_FULFILLMENT),
        (AWAITING_FULFILLMENT, AWAITING_FULFILLMENT),
    ]
    assert scenario.results(order) == [
        ("paid-to-fulfilment", "applied"),
        ("note-large", "applied"),
    ]


def test_a_reading_from_just_before_our_change_does_not_ask_for_it_again(
    scenario: Scenario,
) -> None:
    scenario.sim.settings.read_lag_s = 1.0
    order = scenario.sim.shopper.place(total="40.00")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")

    scenario.run()

    assert len([put for put in scenario.puts() if put["status_id"] == CANCELLED]) == 1
    assert scenario.results(order) == [("cancel-flagged", "applied")]


def test_a_reading_from_the_very_second_of_our_change_does_not_ask_for_it_again(
    scenario: Scenario,
) -> None:
    order = scenario.sim.shopper.place(total="40.00", status="Awaiting Fulfillment")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.ship(order)
    scenario.clock.advance(5)

    def pay_first(method: str, _: str) -> None:
        if method == "PUT":
            scenario.adapter.before = lambda _method, _path: None
            scenario.sim.shopper.pay(order, moves_status=False)
            scenario.clock.advance(0.3)

    scenario.adapter.before = pay_first
    scenario.deliver()
    while scenario.work_once():
        pass
    scenario.sim.settings.read_lag_s = 1.0
    scenario.clock.advance(0.8)  # what is read now is from between money and change
    attempts = sorted(scenario.sim.due(), key=lambda each: "transaction" not in each.scope)
    for attempt in attempts:
        scenario.sim.record_result(attempt, scenario.receive_webhook(attempt))

    scenario.run()

    assert [put["status_id"] for put in scenario.puts()] == [COMPLETED]
    assert scenario.results(order) == [("complete-when-shipped", "applied")]


def test_a_change_put_back_within_its_own_second_is_made_again_after_two_looks(
    scenario: Scenario,
) -> None:
    order = scenario.sim.shopper.place(total="40.00", status="Awaiting Fulfillment")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.ship(order)
    scenario.deliver()
    scenario.work_once()
    scenario.sim.staff.edit(order, status="Shipped")

    scenario.run()

    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED), (SHIPPED, COMPLETED)]
    assert scenario.status_of(order) == COMPLETED


def test_a_payment_that_cannot_be_read_yet_is_waited_for(scenario: Scenario) -> None:
    scenario.sim.settings.read_lag_s = 3.0
    order = scenario.sim.shopper.place(total="40.00")
    scenario.clock.advance(30)
    pay_quietly(scenario, order)

    scenario.run()

    assert scenario.our_writes(order) == [(AWAITING_PAYMENT, AWAITING_FULFILLMENT)]


def test_a_cancelled_order_is_put_back_although_its_payment_cannot_be_read_yet(
    scenario: Scenario,
) -> None:
    order = scenario.sim.shopper.place(total="40.00")
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    scenario.run()
    scenario.sim.settings.read_lag_s = 3.0
    scenario.clock.advance(30)
    pay_quietly(scenario, order)

    scenario.run()

    assert scenario.our_writes(order) == [(VERIFY, CANCELLED), (CANCELLED, VERIFY)]


def test_a_status_event_is_not_taken_for_seen_by_a_body_with_another_status(
    scenario: Scenario,
) -> None:
    scenario.sim.settings.read_lag_s = 3.0
    order = scenario.sim.shopper.place(total="40.00")
    scenario.clock.advance(2)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    scenario.clock.advance(1)

    scenario.run()

    assert scenario.our_writes(order) == [(VERIFY, CANCELLED)]


def test_an_order_missing_after_a_long_stop_is_looked_for_anew(scenario: Scenario) -> None:
    scenario.sim.settings.fresh_order_404_s = 7230.0
    order = scenario.sim.shopper.place(total="640.00")
    scenario.deliver()
    scenario.work_once()
    scenario.state.stop(STORE, "by_hand")
    scenario.run()
    scenario.clock.advance(7200)
    scenario.state.resume(STORE)
    unpark_waiting(scenario.state, scenario.queue, STORE, "store", 100)

    scenario.run()

    assert "gone" not in scenario.kinds()
    assert scenario.results(order) == [("note-large", "applied")]


def test_an_order_missing_after_a_long_death_is_looked_for_anew(scenario: Scenario) -> None:
    scenario.sim.settings.fresh_order_404_s = 7230.0
    order = scenario.sim.shopper.place(total="640.00")
    scenario.deliver()
    scenario.work_once()
    scenario.clock.advance(7200)  # the machine was off

    scenario.run()

    assert "gone" not in scenario.kinds()
    assert scenario.results(order) == [("note-large", "applied")]


@pytest.mark.parametrize("status", [400, 404, 405, 422])
def test_a_last_look_that_is_refused_leaves_no_doubt_about_the_write(
    scenario: Scenario, status: int
) -> None:
    order = scenario.sim.shopper.place(total="40.00")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    path = "/v2/orders/*"
    scenario.fault("status", method="GET", path=path, status=status, skip=1, times=1)

    scenario.run()

    assert scenario.our_writes(order) == [(VERIFY, CANCELLED)]
    assert scenario.results(order) == [("cancel-flagged", "applied")]


def test_a_change_by_a_person_is_not_claimed_for_a_write_that_a_failed_look_prevented(
    scenario: Scenario,
) -> None:
    order = scenario.sim.shopper.place(total="40.00")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    path = "/v3/orders/*/transactions"
    scenario.fault("status", method="GET", path=path, status=503, skip=1, times=1)
    scenario.deliver()
    scenario.work_once()
    scenario.sim.staff.edit(order, status="Cancelled")

    scenario.run()

    assert scenario.our_writes(order) == []
    assert all(line.result is not Result.RECOVERED for line in scenario.lines(order))
