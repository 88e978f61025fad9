"""Money that lands at every moment while a sweep cancels: no order with money stays cancelled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from orderwarden.domain.line import WRITTEN
from orderwarden.domain.signal import Trigger
from scenario import Scenario
from sweeping import CANCEL, Sweeper

CANCELLED, AWAITING_PAYMENT = 5, 7
CALLS = 6
"""Two looks at the order and its transactions, the write, and a look after it."""

EVERY_RULE = CANCEL.replace("      paid: false\n", "")


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


def sweep_while(
    folder: Path, act: Callable[[Scenario, int], None], call: int, moment: str, rules: str
) -> tuple[Scenario, int, int]:
    """Sweep an order to which something happens before or after the n-th call made for it."""
    scenario = Scenario(folder, rules)
    scenario._hook("store/order/transaction/created")
    sweeper = Sweeper(scenario)
    order = sweeper.place()
    sweeper.queue()
    made = 0

    def count(_method: str, _path: str) -> None:
        nonlocal made
        made += 1
        if made == call:
            act(scenario, order)

    setattr(scenario.adapter, moment, count)
    scenario.run()
    return scenario, order, made


@pytest.mark.parametrize("rules", [CANCEL, EVERY_RULE], ids=["paid: false", "by age alone"])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", range(1, CALLS + 1))
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


def test_what_an_order_costs_in_calls(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    sweeper = Sweeper(scenario)
    sweeper.place()

    sweeper.sweep()

    made = [x.api_calls for signal, x in scenario.outcomes if signal.trigger is Trigger.SWEEP]
    assert made == [CALLS]


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
    rules = CANCEL.replace("      paid: false\n", "      payment_method: Bank Deposit\n")
    rules = rules.replace("12h", "7d")
    scenario = Scenario(tmp_path, rules)
    sweeper = Sweeper(scenario)
    old = sweeper.place(hours=8 * 24, payment_method="Bank Deposit")
    young = sweeper.place(hours=6 * 24, payment_method="Bank Deposit")
    other = sweeper.place(hours=8 * 24)

    sweeper.sweep()

    statuses = [scenario.status_of(order) for order in (old, young, other)]
    assert statuses == [CANCELLED, AWAITING_PAYMENT, AWAITING_PAYMENT]
