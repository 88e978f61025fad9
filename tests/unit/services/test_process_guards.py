"""Guards that matter only when several things go wrong at once; each test misses one."""

from __future__ import annotations

from pathlib import Path

import pytest
from orderwarden.domain.receipt import ReceiptState
from orderwarden.domain.signal import Signal
from orderwarden.services.process_steps.claim import claim
from scenario import STORE, Died, Scenario

SHIPPED, COMPLETED = 2, 10


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return Scenario(tmp_path)


def shipped(scenario: Scenario) -> int:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.ship(order)
    scenario.deliver()
    return order


def test_a_worker_whose_signal_was_taken_over_writes_nothing_however_it_renews(
    scenario: Scenario,
) -> None:
    shipped(scenario)
    [delivery] = scenario.queue.receive(limit=1, visibility_s=30)
    signal = Signal.from_json(delivery.body)
    sleeper, other = scenario.process, scenario.new_process()

    def taken_over(method: str, _: str) -> None:
        if method == "GET":
            scenario.adapter.before = lambda _m, _p: None
            scenario.clock.advance(31)  # the lease is 30 s
            claim(other._ports, signal)
            sleeper.renew_leases()

    scenario.adapter.before = taken_over
    outcome = sleeper.handle(signal, 1)

    assert outcome.reason == "receipt_taken_over"
    assert scenario.puts() == []
    [receipt] = scenario.receipts.look_up([signal.receipt_key]).values()
    assert receipt.state is ReceiptState.HELD


def dies_after_the_write(scenario: Scenario) -> None:
    def die(method: str, _: str) -> None:
        if method == "PUT":
            scenario.adapter.after = lambda _m, _p: None
            raise Died

    scenario.adapter.after = die
    scenario.crash(scenario.run)


def test_a_line_that_a_lost_signal_left_intended_is_settled_by_the_next_one(
    scenario: Scenario,
) -> None:
    order = shipped(scenario)
    dies_after_the_write(scenario)
    scenario.clock.advance(31)
    [lost] = scenario.queue.receive(limit=1, visibility_s=30)
    scenario.queue.delete(lost.receipt_handle)
    assert scenario.results(order) == [("complete-when-shipped", "intended")]

    scenario.run()

    assert scenario.results(order) == [("complete-when-shipped", "recovered")]
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_what_was_begun_is_settled_although_the_store_was_stopped_meanwhile(
    scenario: Scenario,
) -> None:
    order = shipped(scenario)
    dies_after_the_write(scenario)
    scenario.state.stop(STORE, "by_hand")

    scenario.run()

    assert scenario.results(order) == [("complete-when-shipped", "recovered")]
    assert scenario.kinds()[-1] == "parked"
