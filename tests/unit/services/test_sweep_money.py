"""Money that lands at every moment while a sweep cancels: no order with money stays cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bigcommerce_sim import Answer, FaultRule
from orderwarden.domain.line import WRITTEN
from orderwarden.domain.signal import Trigger
from rule_files import cancel_unpaid
from scenario import Scenario
from sweeping import Sweeper

CANCELLED, AWAITING_PAYMENT = 5, 7
CALLS = 4
"""The transactions, the order, the write, and a look after it."""

CANCEL = cancel_unpaid()
EVERY_RULE = cancel_unpaid(when="")
MORE_TO_READ = cancel_unpaid(when="has_tracking: false")


def pay(scenario: Scenario, order: int) -> None:
    scenario.sim.shopper.pay(order)


def pay_without_moving_on(scenario: Scenario, order: int) -> None:
    scenario.sim.shopper.pay(order, moves_status=False)


def pay_a_part(scenario: Scenario, order: int) -> None:
    scenario.sim.shopper.pay(order, "1.00")


def authorise(scenario: Scenario, order: int) -> None:
    scenario.sim.shopper.authorise(order)


def fail(scenario: Scenario, order: int) -> None:
    scenario.sim.shopper.fail_payment(order)


def at_call(
    scenario: Scenario, call: int, moment: str, act: Callable[[], object]
) -> Callable[[], int]:
    """Do something before or after the n-th call from now on; return what counts the calls."""
    made = 0

    def count(_method: str, _path: str) -> None:
        nonlocal made
        made += 1
        if made == call:
            act()

    setattr(scenario.adapter, moment, count)
    return lambda: made


def sweep_while(
    folder: Path, act: Callable[[Scenario, int], None], call: int, moment: str, rules: str
) -> tuple[Scenario, int, int]:
    """Sweep an order to which something happens before or after the n-th call made for it."""
    scenario = Scenario(folder, rules)
    scenario._hook("store/order/transaction/created")
    sweeper = Sweeper(scenario)
    order = sweeper.place()
    sweeper.queue()
    made = at_call(scenario, call, moment, lambda: act(scenario, order))
    scenario.run()
    return scenario, order, made()


@pytest.mark.parametrize(
    ("rules", "call"),
    [(rules, call) for rules in (CANCEL, EVERY_RULE) for call in range(1, CALLS + 1)]
    + [(MORE_TO_READ, call) for call in range(1, CALLS + 4)],
)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("act", [pay, pay_without_moving_on, pay_a_part, authorise])
def test_an_order_that_is_paid_at_any_moment_does_not_stay_cancelled(
    tmp_path: Path, act: Callable[[Scenario, int], None], call: int, moment: str, rules: str
) -> None:
    scenario, order, made = sweep_while(tmp_path, act, call, moment, rules)

    assert made >= call
    assert scenario.status_of(order) != CANCELLED
    for line in scenario.lines(order):
        if line.result in WRITTEN and line.to_status_id == CANCELLED:
            assert line.undone_by


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
def test_an_attempt_that_failed_at_any_moment_saves_no_order(
    tmp_path: Path, call: int, moment: str
) -> None:
    scenario, order, _ = sweep_while(tmp_path, fail, call, moment, CANCEL)
    Sweeper(scenario).sweep()

    assert scenario.status_of(order) == CANCELLED
    assert [write for write in scenario.our_writes(order) if write == (7, 5)] == [(7, 5)]


def calls_made(scenario: Scenario) -> list[int]:
    return [x.api_calls for signal, x in scenario.outcomes if signal.trigger is Trigger.SWEEP]


@pytest.mark.parametrize(
    ("rules", "expected"),
    [(CANCEL, CALLS), (MORE_TO_READ, CALLS + 1 + 2)],
    ids=["nothing else is read", "the parcels are read in between, so it looks again"],
)
def test_what_an_order_costs_in_calls(tmp_path: Path, rules: str, expected: int) -> None:
    scenario = Scenario(tmp_path, rules)
    sweeper = Sweeper(scenario)
    sweeper.place()

    sweeper.sweep()

    assert calls_made(scenario) == [expected]


@pytest.mark.parametrize("call", [1, 2])
@pytest.mark.parametrize(("waited_s", "expected"), [(2.0, CALLS), (2.1, CALLS + 2)])
def test_what_was_read_more_than_two_seconds_ago_is_read_again(
    tmp_path: Path, call: int, waited_s: float, expected: int
) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    sweeper = Sweeper(scenario)
    sweeper.place()
    sweeper.queue()
    at_call(scenario, call, "after", lambda: scenario.clock.advance(waited_s))

    scenario.run()

    assert calls_made(scenario) == [expected]


def test_transactions_out_of_reach_hold_up_no_rule_that_needs_none(tmp_path: Path) -> None:
    remind = """
  - name: remind
    on: sweep
    when: {status: Awaiting Shipment, age: {at_least: 2d}}
    do: [staff_note: "Still to be sent."]
"""
    scenario = Scenario(tmp_path, CANCEL + remind)
    sweeper = Sweeper(scenario)
    order = sweeper.place(hours=72, status="Awaiting Shipment")
    scenario.sim.faults.add(FaultRule(Answer.STATUS, status=500, path="/v3/orders/*/transactions"))

    sweeper.sweep()

    assert scenario.results(order) == [("remind", "applied")]


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("Bank Deposit", "offline_method"),
        ("Bitcoin at the counter", "unknown_method"),
        ("Test Payment Gateway", "test_order"),
    ],
)
def test_an_order_by_such_a_method_is_left_alone_and_told_of(
    tmp_path: Path, method: str, reason: str
) -> None:
    scenario = Scenario(tmp_path, EVERY_RULE)
    sweeper = Sweeper(scenario)
    number = sweeper.place(payment_method=method)

    sweeper.sweep()

    assert scenario.status_of(number) == AWAITING_PAYMENT
    [line] = scenario.lines(number)
    assert (line.result.value, line.reason) == ("blocked", reason)


def test_each_offline_method_may_have_its_own_deadline(tmp_path: Path) -> None:
    rules = cancel_unpaid(when="payment_method: Bank Deposit", age="7d")
    scenario = Scenario(tmp_path, rules)
    sweeper = Sweeper(scenario)
    old = sweeper.place(hours=8 * 24, payment_method="Bank Deposit")
    young = sweeper.place(hours=6 * 24, payment_method="Bank Deposit")
    other = sweeper.place(hours=8 * 24)

    sweeper.sweep()

    statuses = [scenario.status_of(order) for order in (old, young, other)]
    assert statuses == [CANCELLED, AWAITING_PAYMENT, AWAITING_PAYMENT]
