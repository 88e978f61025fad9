"""The sweeps of the examples, in a store: what no webhook told of is found and handled."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from orderwarden.services.verdict import approve, orders_waiting
from rule_files import cancel_unpaid, rule_file
from scenario import STORE, Scenario
from sweeping import Sweeper

EXAMPLES: Final = Path(__file__).parents[3] / "examples"
INCOMPLETE, AWAITING_PAYMENT, AWAITING_FULFILLMENT, MANUAL_VERIFICATION = 0, 7, 11, 12


def example(name: str) -> str:
    """Return an example's rules, live."""
    text = (EXAMPLES / f"{name}.yaml").read_text()
    return text.replace("mode: shadow", "mode: live")


def without_webhooks(folder: Path, rules: str) -> tuple[Scenario, Sweeper]:
    scenario = Scenario(folder, rules)
    scenario.sim.settings.webhook_loss_probability = 1.0
    return scenario, Sweeper(scenario)


def test_an_order_stuck_on_awaiting_payment_though_captured_is_released(tmp_path: Path) -> None:
    scenario, sweeper = without_webhooks(tmp_path, example("captured-but-stuck"))
    paid, half = sweeper.place(), sweeper.place()
    scenario.sim.shopper.pay(paid, moves_status=False)
    scenario.sim.shopper.pay(half, "20.00", moves_status=False)
    scenario.clock.advance(60)

    sweeper.sweep()

    assert scenario.status_of(paid) == AWAITING_FULFILLMENT
    assert scenario.status_of(half) == AWAITING_PAYMENT


def test_an_order_stuck_on_incomplete_though_paid_is_reviewed(tmp_path: Path) -> None:
    scenario, sweeper = without_webhooks(tmp_path, example("paid-but-incomplete"))
    paid = sweeper.place(hours=1, status="Incomplete")
    abandoned = sweeper.place(hours=1, status="Incomplete")
    scenario.sim.shopper.pay(paid, moves_status=False)
    scenario.clock.advance(60)

    sweeper.sweep()
    sweeper.sweep()

    assert [review.order_id for review in scenario.reviews()] == [paid]
    assert scenario.lines(abandoned) == []


def test_a_shipment_past_its_promise_is_told_of_once(tmp_path: Path) -> None:
    scenario, sweeper = without_webhooks(tmp_path, example("late-shipments"))
    late = sweeper.place(hours=9 * 24, status="Awaiting Shipment")
    young = sweeper.place(hours=24, status="Awaiting Shipment")

    sweeper.sweep()
    assert scenario.lines(young) == []
    for _ in range(2):
        scenario.clock.advance(25 * 3600)
        sweeper.sweep()

    assert [line.result.value for line in scenario.lines(late)] == ["applied"]
    assert scenario.notices.kinds[0] == "rule"


def test_an_order_held_for_verification_for_too_long_is_reviewed(tmp_path: Path) -> None:
    rules = rule_file(
        "{name: verification-overdue, on: sweep, "
        "when: {status: Manual Verification Required, status_for: {at_least: 2d}}, "
        "do: [{hold: Waiting for verification for too long.}]}"
    )
    scenario, sweeper = without_webhooks(tmp_path, rules)
    old = sweeper.place(hours=50, status="Manual Verification Required")
    sweeper.place(hours=40, status="Manual Verification Required")

    sweeper.sweep()

    assert [review.order_id for review in scenario.reviews()] == [old]
    assert scenario.status_of(old) == MANUAL_VERIFICATION


def test_two_rules_of_one_status_share_the_list_and_each_finds_its_own(tmp_path: Path) -> None:
    remind = """
  - name: remind
    on: sweep
    when: {status: Awaiting Payment, age: {at_least: 2h}, payment_method: Bank Deposit}
    do: [staff_note: "Still to be paid."]
"""
    scenario, sweeper = without_webhooks(tmp_path, cancel_unpaid() + remind)
    card, bank = sweeper.place(), sweeper.place(payment_method="Bank Deposit")

    sweeper.sweep()

    assert scenario.results(card) == [("cancel-unpaid", "applied")]
    assert scenario.results(bank) == [("remind", "applied")]
    lists = [x for x in scenario.sim.journal.requests if x.path.endswith("/v2/orders")]
    assert len(lists) == 1


@pytest.mark.parametrize("credit", ["store_credit", "gift_certificate"])
def test_credit_counts_as_money(tmp_path: Path, credit: str) -> None:
    scenario = Scenario(tmp_path, cancel_unpaid(when=""))
    sweeper = Sweeper(scenario)
    order = sweeper.place(**{credit: "5.00"})  # type: ignore[arg-type]

    sweeper.sweep()

    assert scenario.status_of(order) == AWAITING_PAYMENT
    assert [(x.result.value, x.reason) for x in scenario.lines(order)] == [
        ("blocked", "money_taken_or_authorised")
    ]


def test_what_waits_for_approval_is_asked_once_and_goes_on_when_approved(tmp_path: Path) -> None:
    rules = cancel_unpaid(approve_after="2")
    scenario = Scenario(tmp_path, rules)
    sweeper = Sweeper(scenario)
    orders = [sweeper.place() for _ in range(5)]

    sweeper.sweep()
    later = sweeper.place()
    run = sweeper.sweep()

    cancelled = [order for order in orders if scenario.status_of(order) == 5]
    assert len(cancelled) == 2
    [review] = scenario.reviews()
    assert scenario.notices.kinds.count("approval") == 1
    assert run.summary["waiting_for_approval"] == {"cancel-unpaid": 3}
    assert sorted(orders_waiting(scenario.state, review)) == [*orders[2:], later]

    approve(scenario.state, scenario.queue, STORE, review.id)
    scenario.run()

    assert [scenario.status_of(order) for order in (*orders, later)] == [5] * 6


def test_an_order_that_is_kept_while_it_waits_for_approval_is_left_alone(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_unpaid(approve_after="1"))
    sweeper = Sweeper(scenario)
    sweeper.place()
    kept, other = sweeper.place(), sweeper.place()
    sweeper.sweep()
    scenario.clock.advance(24 * 3600)
    scenario.sim.staff.set_metafield(kept, "orderwarden", "keep_until", "2099-01-01")

    [review] = scenario.reviews()
    approve(scenario.state, scenario.queue, STORE, review.id)
    scenario.run()

    assert (scenario.status_of(kept), scenario.status_of(other)) == (AWAITING_PAYMENT, 5)
    assert scenario.results(kept) == [("cancel-unpaid", "blocked")]
    assert scenario.lines(kept)[-1].reason == "keep_until"
