"""The cases of docs/faults.md that no other test tells alone, each at its named fault point."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from bigcommerce_sim import Settings
from boundaries import Fault
from one_fault import number_of, run_at
from orderwarden.domain.receipt import KEPT
from scenario import COMPLETE, Scenario

COMPLETED = ("complete-when-shipped", "applied")
RECOVERED = ("complete-when-shipped", "recovered")


def test_a_death_between_the_write_and_its_line_is_recovered_without_a_second_write() -> None:
    ran = run_at("one event", Fault.DIE_AFTER, "store.put_order")

    assert (ran.problems, ran.results, ran.puts) == ([], (RECOVERED,), 1)


def test_a_death_after_the_line_was_settled_repeats_nothing() -> None:
    ran = run_at("one event", Fault.DIE_AFTER, "changelog.settle")

    assert (ran.problems, ran.results, ran.puts) == ([], (COMPLETED,), 1)


@pytest.mark.parametrize("call", ["receipts.replace", "changelog.of_order", "changelog.replace"])
def test_a_death_before_anything_was_sent_only_costs_time(call: str) -> None:
    ran = run_at("one event", Fault.DIE_AFTER, call)

    assert (ran.problems, ran.results, ran.puts) == ([], (COMPLETED,), 1)


def test_a_table_that_throttles_the_claim_lets_nothing_be_sent() -> None:
    ran = run_at("one event", Fault.THROTTLE, "receipts.replace")

    throttled = number_of("one event", "receipts.replace")
    meanwhile = ran.crossed[throttled + 1 : ran.crossed.index("receipts.replace", throttled + 1)]
    assert "queue.receive" in meanwhile
    assert not [call for call in meanwhile if call.startswith("store.")]
    assert (ran.problems, ran.results, ran.puts) == ([], (COMPLETED,), 1)


def test_a_table_that_throttles_the_settling_of_a_line_costs_no_second_write() -> None:
    ran = run_at("one event", Fault.THROTTLE, "changelog.settle")

    assert (ran.problems, ran.results, ran.puts) == ([], (RECOVERED,), 1)


@pytest.mark.parametrize("fault", [Fault.TIME_OUT_AFTER, Fault.SENT_TWICE])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_our_own_claim_whose_answer_was_lost_is_no_duplicate(nth: int, fault: Fault) -> None:
    ran = run_at("one event", fault, "receipts.replace", nth)

    assert (ran.problems, ran.results, ran.puts) == ([], (COMPLETED,), 1)


@pytest.mark.parametrize("fault", [Fault.FREEZE_BEFORE, Fault.FREEZE_AFTER])
@pytest.mark.parametrize("call", ["store.order", "changelog.replace", "store.put_order"])
def test_two_workers_of_whom_one_freezes_past_its_lease_have_one_change(
    call: str, fault: Fault
) -> None:
    ran = run_at("duplicates at once in two workers", fault, call)

    assert ran.problems == []
    assert [rule for rule, result in ran.results if result != "not_applied"] == [COMPLETED[0]]


def test_our_own_line_whose_answer_was_lost_is_nobody_elses() -> None:
    ran = run_at("one event", Fault.SENT_TWICE, "changelog.replace")

    assert (ran.problems, ran.results, ran.puts) == ([], (COMPLETED,), 1)


def test_an_error_after_the_write_was_made_costs_no_second_write() -> None:
    ran = run_at("one event", Fault.NONSENSE_AFTER, "store.put_order")

    assert (ran.problems, ran.results, ran.puts) == ([], (RECOVERED,), 1)


def test_a_write_that_was_never_sent_is_sent_again() -> None:
    ran = run_at("one event", Fault.NO_CONNECTION, "store.put_order")

    assert (ran.problems, ran.results, ran.puts) == ([], (COMPLETED,), 1)


@pytest.mark.parametrize("fault", [Fault.TIME_OUT_BEFORE, Fault.TIME_OUT_AFTER])
def test_a_webhook_whose_queuing_times_out_is_sent_again_and_acted_on_once(fault: Fault) -> None:
    ran = run_at("one event", fault, "queue.put")

    assert ran.fired["webhook_retried"] > 0
    assert (ran.problems, ran.results, ran.puts) == ([], (COMPLETED,), 1)


def completed(folder: Path, settings: Settings | None = None) -> tuple[Scenario, int]:
    """Return a shop in which one order was shipped and completed."""
    scenario = Scenario(folder, COMPLETE, settings)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.clock.advance(30)
    scenario.sim.staff.ship(order)
    scenario.run()
    assert len(scenario.our_writes(order)) == 1
    return scenario, order


def test_a_duplicate_with_another_hash_and_id_changes_nothing(tmp_path: Path) -> None:
    twice = Settings(
        plain_http_destinations=True,
        webhook_duplicate_probability=1.0,
        webhook_other_hash_probability=1.0,
        stable_webhook_id=False,
    )

    scenario, order = completed(tmp_path, twice)

    assert len(scenario.ingested) > len(
        {each.signal.receipt_key for each in scenario.ingested if each.signal}
    )
    assert scenario.results(order) == [COMPLETED]


def test_a_duplicate_that_comes_after_its_receipt_was_forgotten_changes_nothing(
    tmp_path: Path,
) -> None:
    scenario, order = completed(tmp_path)
    signals = [signal for signal, _ in scenario.outcomes]
    scenario.clock.advance((KEPT + timedelta(days=1)).total_seconds())

    for signal in signals:
        scenario.queue.put(signal)
    scenario.run()

    assert len(scenario.our_writes(order)) == 1
    assert scenario.results(order) == [COMPLETED]


def test_dead_letters_that_are_retried_repeat_nothing(tmp_path: Path) -> None:
    scenario, order = completed(tmp_path)
    for signal, _ in scenario.outcomes:
        scenario.queue.put(signal)
        while deliveries := scenario.queue.receive():
            scenario.queue.bury(deliveries[0].receipt_handle, "by_hand")
    assert scenario.queue.depth().dead_letters == len(scenario.outcomes)

    scenario.queue.retry_dead_letters()
    scenario.run()

    assert scenario.queue.depth().dead_letters == 0
    assert len(scenario.our_writes(order)) == 1
    assert scenario.results(order) == [COMPLETED]


def test_a_dead_letter_that_was_never_handled_is_handled_once_retried(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, COMPLETE)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.clock.advance(30)
    scenario.sim.staff.ship(order)
    scenario.deliver()
    while deliveries := scenario.queue.receive():
        scenario.queue.bury(deliveries[0].receipt_handle, "by_hand")
    scenario.run()
    assert scenario.our_writes(order) == []

    scenario.queue.retry_dead_letters()
    scenario.run()

    assert scenario.results(order) == [COMPLETED]


def test_a_late_duplicate_finds_what_no_event_told(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, COMPLETE)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    scenario.run()
    before = [each.attempt for each in scenario.sim.attempts]
    scenario.sim.settings.webhook_loss_probability = 1.0
    scenario.sim.staff.edit(order, status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    scenario.run()
    assert scenario.our_writes(order) == []

    scenario.clock.advance(1800)
    for attempt in before:
        scenario.receive_webhook(attempt)
    scenario.run()

    assert scenario.results(order) == [COMPLETED]
