"""Claiming a signal, and what its receipt says until it has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from happenings import once_before_a_line, shipped
from orderwarden.domain.line import Result
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden.domain.seen import Seen
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.errors import TryAgain
from orderwarden.ports import Controls, Receipts
from orderwarden.services.process import NO_RULES
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.claim import Claimed, Duplicate, claim
from scenario import COMPLETE, STORE, Scenario

SHIPPED, COMPLETED = 2, 10


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return Scenario(tmp_path)


def taken(scenario: Scenario) -> Signal:
    """Ship an order and take its first signal off the queue."""
    shipped(scenario)
    scenario.deliver()
    [delivery, *_] = scenario.queue.receive(limit=1, visibility_s=30)
    return Signal.from_json(delivery.body)


def kept(scenario: Scenario, signal: Signal, state: ReceiptState, **more: object) -> None:
    """Keep a receipt that was begun two hours ago."""
    two_hours_ago = scenario.clock.now() - timedelta(hours=2)
    receipt = Receipt.of(signal, state, two_hours_ago)
    scenario.receipts.replace(replace(receipt, **more), None)  # type: ignore[arg-type]


def receipt_of(scenario: Scenario, signal: Signal) -> Receipt:
    return scenario.receipts.look_up([signal.receipt_key])[signal.receipt_key]


@pytest.mark.parametrize(
    ("state", "is_anew"),
    [(ReceiptState.PARKED, True), (ReceiptState.QUEUED, True), (ReceiptState.RELEASED, False)],
)
def test_a_signal_that_waited_elsewhere_has_its_full_time(
    scenario: Scenario, state: ReceiptState, *, is_anew: bool
) -> None:
    signal = taken(scenario)
    just_now = scenario.clock.now()
    kept(scenario, signal, state, lease_until=just_now)

    claimed = claim(scenario.process._ports, signal)

    assert isinstance(claimed, Claimed)
    assert (claimed.receipt.first_at == just_now) is is_anew
    assert claimed.was_taken_over is (state is not ReceiptState.QUEUED)


def test_a_receipt_that_is_gone_once_it_was_read_is_made_anew(scenario: Scenario) -> None:
    signal = taken(scenario)
    old = Receipt.of(signal, ReceiptState.RELEASED, scenario.clock.now())

    class Vanishing:
        """Has a receipt the first time; it is gone when it is to be replaced."""

        def __init__(self) -> None:
            self.reads = 0

        def replace(self, _: Receipt, expected: Receipt | None) -> Receipt | None:
            self.reads += 1
            return old if self.reads == 1 else expected

    ports = replace(scenario.process._ports, receipts=cast("Receipts", Vanishing()))

    claimed = claim(ports, signal)

    assert isinstance(claimed, Claimed)
    assert not claimed.was_taken_over


def test_a_signal_of_our_own_that_ended_is_a_duplicate_though_nothing_was_seen(
    scenario: Scenario,
) -> None:
    signal = replace(taken(scenario), trigger=Trigger.RECONCILE, order_id=9999)
    kept(scenario, signal, ReceiptState.DONE)

    assert isinstance(claim(scenario.process._ports, signal), Duplicate)


@pytest.mark.parametrize(("after_h", "kind"), [(23, Duplicate), (24, Claimed)])
def test_a_swept_order_is_decided_again_when_its_time_has_come(
    scenario: Scenario, after_h: int, kind: type
) -> None:
    signal = replace(taken(scenario), trigger=Trigger.SWEEP)
    in_a_day = scenario.clock.now() + timedelta(hours=24)
    kept(scenario, signal, ReceiptState.DONE, look_again_at=in_a_day)
    scenario.clock.advance(after_h * 3600)

    assert isinstance(claim(scenario.process._ports, signal), kind)


def test_a_receipt_that_ended_forgets_its_decision_and_expires_after_three_weeks(
    scenario: Scenario,
) -> None:
    signal = taken(scenario)

    scenario.process.handle(signal, 1)

    receipt = receipt_of(scenario, signal)
    assert receipt.state is ReceiptState.DONE
    assert receipt.decision == ""
    assert receipt.expires_at == scenario.clock.now() + timedelta(days=21)


def test_a_receipt_that_was_parked_does_not_expire(scenario: Scenario) -> None:
    signal = taken(scenario)
    scenario.state.pause_rule(STORE, "complete-when-shipped")

    scenario.process.handle(signal, 1)

    receipt = receipt_of(scenario, signal)
    assert receipt.state is ReceiptState.PARKED
    assert receipt.expires_at is None


def a_case(scenario: Scenario, signal: Signal) -> Case:
    claimed = claim(scenario.process._ports, signal)
    assert isinstance(claimed, Claimed)
    case = Case(scenario.process._ports, signal, claimed.receipt, NO_RULES, Controls())
    case.load()
    return case


def test_a_lease_is_renewed_for_as_long_as_it_was_taken(scenario: Scenario) -> None:
    case = a_case(scenario, taken(scenario))
    scenario.clock.advance(10)

    case.renew()

    assert case.receipt.lease_until == scenario.clock.now() + timedelta(seconds=30)


def test_what_was_taken_back_is_known_at_once(scenario: Scenario) -> None:
    signal = taken(scenario)
    scenario.process.handle(signal, 1)
    case = a_case(scenario, replace(signal, receipt_key="another"))
    [line] = case.lines

    case.mark_undone(line.id, "line-2")

    assert [each.undone_by for each in case.lines] == ["line-2"]


def test_a_line_names_its_attempt_and_that_it_was_counted(scenario: Scenario) -> None:
    signal = taken(scenario)

    scenario.process.handle(signal, 1)

    [line] = scenario.lines(signal.order_id or 0)
    assert len(line.attempt) == 32
    assert line.is_counted


def test_a_lease_that_ran_out_before_the_line_leaves_no_line(scenario: Scenario) -> None:
    signal = taken(scenario)
    write = scenario.receipts.replace

    def freeze(receipt: Receipt, expected: Receipt | None) -> Receipt | None:
        found = write(receipt, expected)
        if receipt.decision:
            scenario.clock.advance(100)  # the lease is 30 s
        return found

    scenario.receipts.replace = freeze  # type: ignore[method-assign]
    outcome = scenario.process.handle(signal, 1)

    assert outcome.reason == "lease_ran_out"
    assert scenario.lines(signal.order_id or 0) == []


def test_a_write_that_was_surely_not_made_leaves_no_decision_and_no_open_line(
    scenario: Scenario,
) -> None:
    signal = taken(scenario)
    scenario.fault("status", method="PUT", status=429, times=1)

    scenario.process.handle(signal, 1)

    assert receipt_of(scenario, signal).decision == ""
    assert [line.result for line in scenario.lines(signal.order_id or 0)] == [Result.NOT_APPLIED]


def test_waits_grow_up_to_a_quarter_of_an_hour(scenario: Scenario) -> None:
    waits = [scenario.process._wait_s(TryAgain("down"), failures) for failures in (1, 2, 9, 99)]

    assert waits == [1.0, 2.0, 256.0, 900.0]


def test_a_signal_that_comes_while_its_store_is_stopped_is_parked(scenario: Scenario) -> None:
    signal = taken(scenario)
    scenario.state.stop(STORE, "by_hand")

    outcome = scenario.process.handle(signal, 1)

    assert outcome.kind == "parked"
    assert [x.signal for x in scenario.state.waiting_for(STORE, "store", 9)] == [signal]


def test_a_signal_that_finds_the_token_refused_is_parked(scenario: Scenario) -> None:
    signal = taken(scenario)
    scenario.fault("status", method="GET", status=401)

    outcome = scenario.process.handle(signal, 1)

    assert outcome.kind == "parked"
    assert [x.signal for x in scenario.state.waiting_for(STORE, "store", 9)] == [signal]


def out_of_reach(*_: object) -> Receipt | None:
    raise TryAgain("aws_failed", 1.0)


@pytest.mark.parametrize(("receives", "kind"), [(84, "again"), (85, "parked")])
@pytest.mark.parametrize("is_claimed", [True, False])
def test_a_signal_is_parked_before_the_queue_gives_it_up(
    scenario: Scenario, receives: int, kind: str, *, is_claimed: bool
) -> None:
    signal = taken(scenario)
    if is_claimed:
        scenario.fault("status", method="GET", status=429)
    else:
        scenario.receipts.replace = out_of_reach  # type: ignore[method-assign,assignment]

    outcome = scenario.process.handle(signal, receives)

    assert outcome.kind == kind
    assert scenario.state.count_parked(STORE) == (kind == "parked")


def test_a_worker_that_lost_its_lease_parks_nothing(scenario: Scenario) -> None:
    signal = taken(scenario)
    kept(scenario, signal, ReceiptState.RELEASED, lease_until=scenario.clock.now())
    other = scenario.new_process()

    def take_over() -> None:
        scenario.clock.advance(31)  # the lease is 30 s
        claim(other._ports, signal)

    once_before_a_line(scenario, take_over)
    outcome = scenario.process.handle(signal, 2)

    assert outcome.kind == "again"
    assert scenario.state.count_parked(STORE) == 0


def see(scenario: Scenario, order: int, signal: Signal) -> None:
    """Let an order count as seen a minute after an event."""
    at = signal.occurred_at + timedelta(minutes=1)
    scenario.state.replace_seen(Seen(STORE, order, at, at, SHIPPED), None)


def an_update(scenario: Scenario, order: int) -> Signal:
    now = scenario.clock.now()
    return Signal(STORE, order, Trigger.ORDER_UPDATED, now, receipt_key="update")


@pytest.mark.parametrize(("receives", "calls"), [(1, 0), (2, 1)])
def test_a_signal_received_again_is_looked_at_though_its_order_was_seen(
    scenario: Scenario, receives: int, calls: int
) -> None:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    signal = an_update(scenario, order)
    scenario.publish(COMPLETE.replace("fully_shipped: true", "total: {over: 999999}"))
    see(scenario, order, signal)

    outcome = scenario.process.handle(signal, receives)

    assert min(outcome.api_calls, 1) == calls


def test_a_payment_is_looked_at_though_its_order_was_seen(tmp_path: Path) -> None:
    rules = COMPLETE.replace("fully_shipped: true", "paid: true")
    scenario = Scenario(tmp_path, rules)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    update = an_update(scenario, order)
    payment = replace(update, trigger=Trigger.TRANSACTION_CREATED, receipt_key="payment")
    see(scenario, order, update)

    outcomes = [scenario.process.handle(each, 1) for each in (update, payment)]

    assert outcomes[0].kind == "seen"
    assert outcomes[1].api_calls >= 1


def always_before_a_line(scenario: Scenario, act: Callable[[], object]) -> None:
    write = scenario.changelog.replace

    def acting(*arguments: object) -> object:
        act()
        return write(*arguments)  # type: ignore[arg-type]

    scenario.changelog.replace = acting  # type: ignore[method-assign,assignment]


def test_an_order_that_keeps_changing_is_left_for_a_while(scenario: Scenario) -> None:
    signal = taken(scenario)
    order = signal.order_id or 0

    def edit() -> None:
        scenario.clock.advance(5)
        scenario.sim.staff.edit(order, customer_message=f"{scenario.clock.now()}")

    always_before_a_line(scenario, edit)
    outcome = scenario.process.handle(signal, 1)

    assert outcome.reason == "order_keeps_changing"
    assert scenario.puts() == []
