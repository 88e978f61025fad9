"""What happens when an answer is lost, a worker dies or is frozen, or a person acts meanwhile."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from happenings import die_at_the_put, mark, once_before_a_line, shipped
from orderwarden.domain.line import Result
from orderwarden.domain.signal import Signal
from orderwarden.services.process_steps.outcome import Outcome
from rule_files import cancel_marked
from scenario import COMPLETE, STORE, Died, Scenario, die

SHIPPED, COMPLETED, DISPUTED = 2, 10, 13


def run_with_deaths(scenario: Scenario) -> None:
    for _ in range(20):
        try:
            scenario.run()
        except Died:
            scenario.process = scenario.new_process()
        else:
            return


@pytest.mark.parametrize("answer", ["timeout", "reset", "html", "half_json", "truncated"])
def test_a_lost_answer_is_found_in_the_order_without_a_second_write(
    scenario: Scenario, answer: str
) -> None:
    order = shipped(scenario)
    scenario.fault(answer, method="PUT", effect="done", status=200, times=1)

    scenario.run()

    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
    assert scenario.results(order) == [("complete-when-shipped", "recovered")]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_write_that_never_reached_the_store_is_made_after_two_looks(
    scenario: Scenario, status: int
) -> None:
    order = shipped(scenario)
    began_at = scenario.clock.now()
    scenario.fault("status", method="PUT", status=status, times=1)

    scenario.run()

    [line] = scenario.lines(order)
    assert line.result is Result.APPLIED
    assert line.at - began_at >= timedelta(seconds=60)
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_a_write_that_commits_late_is_not_made_twice(scenario: Scenario) -> None:
    order = shipped(scenario)
    scenario.fault("timeout", method="PUT", effect="late", late_s=20.0, times=1)

    scenario.run()

    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
    assert scenario.results(order) == [("complete-when-shipped", "recovered")]


@pytest.mark.parametrize("answer", ["throttled", "bare_throttled", "odd_throttled"])
def test_a_throttled_write_was_not_made_and_is_tried_again(
    scenario: Scenario, answer: str
) -> None:
    order = shipped(scenario)
    scenario.fault(answer, method="PUT", times=2)

    scenario.run()

    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
    assert scenario.results(order) == [("complete-when-shipped", "applied")]


@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_a_refused_write_fails_once_and_a_person_is_told(scenario: Scenario, status: int) -> None:
    order = shipped(scenario)
    scenario.fault("status", method="PUT", status=status)

    scenario.run()

    assert scenario.results(order) == [("complete-when-shipped", "failed")]
    assert [review.kind for review in scenario.reviews()] == ["refused"]
    assert len(scenario.puts()) == 1


def test_a_person_who_changes_the_order_while_the_answer_is_lost_is_respected(
    scenario: Scenario,
) -> None:
    order = shipped(scenario)
    scenario.adapter.once_before("PUT", die)
    scenario.crash(scenario.run)
    scenario.clock.advance(10)
    scenario.sim.staff.edit(order, status="Disputed")

    scenario.run()

    assert scenario.our_writes(order) == []
    assert scenario.status_of(order) == DISPUTED
    assert scenario.results(order) == [("complete-when-shipped", "unconfirmed")]
    assert [review.kind for review in scenario.reviews()] == ["unconfirmed"]


def test_a_change_made_by_a_person_is_not_claimed_for_a_write_never_tried(
    scenario: Scenario,
) -> None:
    order = shipped(scenario)
    once_before_a_line(scenario, die)  # after the decision was stored
    scenario.crash(scenario.run)
    scenario.sim.staff.edit(order, status="Completed")

    scenario.run()

    assert scenario.our_writes(order) == []
    assert scenario.lines(order) == []


def test_rules_published_meanwhile_do_not_make_it_forget_what_it_began(
    scenario: Scenario,
) -> None:
    order = shipped(scenario)
    die_at_the_put(scenario)
    scenario.crash(scenario.run)
    scenario.publish(COMPLETE.replace("complete-when-shipped", "another-rule"))

    scenario.run()

    assert scenario.results(order) == [("complete-when-shipped", "recovered")]
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_a_signal_that_kills_its_worker_five_times_is_given_to_a_person(
    scenario: Scenario,
) -> None:
    order = shipped(scenario)
    scenario.adapter.before = lambda method, _: die() if method == "PUT" else None

    run_with_deaths(scenario)

    reviews = {review.kind for review in scenario.reviews()}
    assert "killed_workers" in reviews
    assert scenario.our_writes(order) == []
    assert all(line.result is not Result.INTENDED for line in scenario.lines(order))
    assert scenario.queue.depth().queued == 0


def test_a_worker_frozen_past_its_lease_does_not_write_when_it_wakes(
    scenario: Scenario,
) -> None:
    order = shipped(scenario)
    once_before_a_line(scenario, lambda: scenario.clock.advance(100))  # the lease is 30 s

    scenario.deliver()
    first = scenario.work_once()

    assert first is not None
    assert first.again_s is not None
    assert scenario.puts() == []
    scenario.run()
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_two_workers_never_hold_one_signal(scenario: Scenario) -> None:
    order = shipped(scenario)
    scenario.deliver()
    [delivery] = scenario.queue.receive(limit=1, visibility_s=30)
    signal = Signal.from_json(delivery.body)
    other = scenario.new_process()
    outcomes: list[Outcome] = []

    scenario.adapter.once_before("GET", lambda: outcomes.append(other.handle(signal, 1)))

    scenario.process.handle(signal, 1)

    assert [(x.kind, x.reason) for x in outcomes] == [("again", "held")]
    assert len(scenario.our_writes(order)) <= 1


def test_an_order_paid_while_its_worker_was_dead_is_put_back(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_marked())
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)
    die_at_the_put(scenario)
    scenario.crash(scenario.run)
    scenario.sim.shopper.pay(order, moves_status=False)

    scenario.run()

    assert scenario.our_writes(order) == [(12, 5), (5, 12)]
    assert scenario.results(order)[0] == ("cancel-marked", "recovered")


def test_a_store_that_is_down_for_three_hours_loses_nothing(scenario: Scenario) -> None:
    order = shipped(scenario)
    down = scenario.fault("status", status=503)
    scenario.run(for_s=2 * 3600)
    parked = scenario.state.count_parked(STORE)
    receives = [outcome for _, outcome in scenario.outcomes if outcome.kind == "again"]

    scenario.clock.advance(3600)
    scenario.sim.faults.remove(down)
    for _ in range(5):
        scenario.unpark()
        scenario.run()
        scenario.clock.advance(900)

    assert parked >= 1
    assert len(receives) < 100
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_a_change_hidden_by_our_write_is_shown_to_a_person(scenario: Scenario) -> None:
    order = shipped(scenario)

    def dispute() -> None:
        scenario.sim.staff.edit(order, status="Disputed")

    scenario.adapter.once_before("PUT", dispute)

    scenario.run()

    assert scenario.our_writes(order) == [(DISPUTED, COMPLETED)]
    assert "overwritten" in {review.kind for review in scenario.reviews()}
