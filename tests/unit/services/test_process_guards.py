"""Guards that matter only when several things go wrong at once; each test misses one."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from bigcommerce_sim.world.paying import Payment, add_transaction
from happenings import die_at_the_put, mark, once_before_a_line, shipped
from orderwarden.domain.receipt import ReceiptState
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.services.process_steps.claim import claim
from orderwarden.services.unpark import unpark_waiting
from requests import PreparedRequest, Response
from rule_files import cancel_marked, rule_file
from scenario import STORE, Scenario
from urllib3 import HTTPResponse

SHIPPED, AWAITING_PICKUP, COMPLETED, DISPUTED = 2, 8, 10, 13
CANCELLED, VERIFY = 5, 12
AWAITING_PAYMENT, AWAITING_FULFILLMENT = 7, 11
CANCEL = cancel_marked(when="paid: false")
PAID = rule_file(
    "{name: paid, on: transaction_created, when: {status: Awaiting Payment, paid: true}, "
    "do: [{set_status: Awaiting Fulfillment}]}"
)
SENT = "name: sent, on: [shipment_created, status_updated], when: {status: Shipped}"
MARK_SENT = "{metafield: {namespace: erp, key: sent, value: 'yes'}}"
NOTE = rule_file(
    "{name: note-large, on: [order_created, order_updated], when: {total: {over: 500}}, "
    "do: [{staff_note: 'Large order {order}.'}]}"
)


def told_of_a_parcel(scenario: Scenario) -> int:
    order = shipped(scenario)
    scenario.deliver()
    return order


def test_a_worker_whose_signal_was_taken_over_writes_nothing_however_it_renews(
    scenario: Scenario,
) -> None:
    told_of_a_parcel(scenario)
    [delivery] = scenario.queue.receive(limit=1, visibility_s=30)
    signal = Signal.from_json(delivery.body)
    sleeper, other = scenario.process, scenario.new_process()

    def taken_over() -> None:
        scenario.clock.advance(31)  # the lease is 30 s
        claim(other._ports, signal)
        sleeper.renew_leases()

    scenario.adapter.once_before("GET", taken_over)
    outcome = sleeper.handle(signal, 1)

    assert outcome.reason == "receipt_taken_over"
    assert scenario.puts() == []
    [receipt] = scenario.receipts.look_up([signal.receipt_key]).values()
    assert receipt.state is ReceiptState.HELD


def test_a_line_that_a_lost_signal_left_intended_is_settled_by_the_next_one(
    scenario: Scenario,
) -> None:
    order = told_of_a_parcel(scenario)
    die_at_the_put(scenario)
    scenario.crash(scenario.run)
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
    order = told_of_a_parcel(scenario)
    die_at_the_put(scenario)
    scenario.crash(scenario.run)
    scenario.state.stop(STORE, "by_hand")

    scenario.run()

    assert scenario.results(order) == [("complete-when-shipped", "recovered")]
    assert scenario.kinds()[-1] == "parked"


@pytest.mark.parametrize("port", ["receipts", "changelog"])
def test_a_call_that_a_library_sent_again_by_itself_finds_its_own(
    scenario: Scenario, port: str
) -> None:
    order = told_of_a_parcel(scenario)
    target = getattr(scenario, port)
    replace = target.replace

    def twice(*arguments: object) -> object:
        target.replace = replace
        replace(*arguments)
        return replace(*arguments)

    target.replace = twice
    outcome = scenario.work_once()

    assert outcome is not None
    assert outcome.kind == "applied"
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_two_signals_of_one_order_at_once_make_one_change(scenario: Scenario) -> None:
    order = told_of_a_parcel(scenario)
    first, second = (
        Signal.from_json(each.body) for each in scenario.queue.receive(limit=2, visibility_s=30)
    )
    other = scenario.new_process()
    scenario.adapter.once_after("GET", lambda: other.handle(second, 1))

    outcome = scenario.process.handle(first, 1)

    assert outcome.reason == "line_contended"
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
    assert len(scenario.puts()) == 1


def test_a_line_that_another_worker_settled_meanwhile_stays_as_it_is(scenario: Scenario) -> None:
    order = told_of_a_parcel(scenario)
    [delivery] = scenario.queue.receive(limit=1, visibility_s=30)
    signal = Signal.from_json(delivery.body)
    other = scenario.new_process()

    def take_over() -> None:
        scenario.clock.advance(31)  # the lease is 30 s
        other.handle(signal, 2)

    scenario.adapter.once_after("PUT", take_over)
    outcome = scenario.process.handle(signal, 1)

    assert outcome.reason == "line_settled_by_another"
    assert scenario.results(order) == [("complete-when-shipped", "recovered")]


def test_a_replica_that_lags_within_one_second_asks_for_no_second_write(
    scenario: Scenario,
) -> None:
    told_of_a_parcel(scenario)

    def lag() -> None:
        scenario.clock.advance(0.2)
        scenario.sim.settings.read_lag_s = 0.4  # shows the parcel, and not our change

    def later() -> None:
        scenario.clock.advance(0.4)
        scenario.adapter.once_after("PUT", lag)

    scenario.adapter.once_after("GET", later)
    scenario.run()

    assert len(scenario.puts()) == 1


def test_a_replica_that_stands_still_after_our_change_asks_for_no_second_write(
    scenario: Scenario,
) -> None:
    told_of_a_parcel(scenario)
    stood_at = scenario.clock.now()

    def stand_still(_method: str, _path: str) -> None:
        since_s = (scenario.clock.now() - stood_at).total_seconds()
        scenario.sim.settings.read_lag_s = since_s if since_s < 25 else 0.0

    def later() -> None:
        scenario.clock.advance(0.2)
        scenario.adapter.before = stand_still

    scenario.adapter.once_before("PUT", later)
    scenario.run()

    assert len(scenario.puts()) == 1


def test_a_second_look_from_before_the_first_changes_no_mind(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    order = scenario.sim.shopper.place(total="40.00")
    mark(scenario, order)
    scenario.clock.advance(10)
    scenario.deliver()
    [delivery, *_] = scenario.queue.receive(limit=1, visibility_s=30)
    signal = Signal.from_json(delivery.body)

    def lag() -> None:
        scenario.sim.settings.read_lag_s = 20.0

    scenario.adapter.once_after("GET", lag)
    first = scenario.process.handle(signal, 1)
    scenario.sim.settings.read_lag_s = 0.0
    scenario.clock.advance(30)
    scenario.process.handle(signal, 2)

    assert first.reason == "reading_lags"
    assert scenario.status_of(order) == CANCELLED


def test_a_worker_that_read_earlier_does_not_make_us_forget_what_another_saw(
    tmp_path: Path,
) -> None:
    scenario = Scenario(tmp_path, NOTE)
    order = scenario.sim.shopper.place(total="40.00")
    scenario.deliver()
    [delivery] = scenario.queue.receive(limit=1, visibility_s=30)
    signal = Signal.from_json(delivery.body)
    other = scenario.new_process()

    def meanwhile() -> None:
        scenario.clock.advance(10)
        scenario.sim.staff.edit(order, customer_message="Thank you")
        at = scenario.clock.now()
        edited = replace(
            signal, trigger=Trigger.ORDER_UPDATED, occurred_at=at, receipt_key="wh-other"
        )
        scenario.clock.advance(5)
        other.handle(edited, 1)

    scenario.adapter.once_after("GET", meanwhile)
    scenario.process.handle(signal, 1)

    seen = scenario.state.seen(STORE, order)
    assert seen is not None
    assert seen.seen_modified == scenario.sim.order(order).date_modified.replace(microsecond=0)


def test_money_is_looked_for_by_an_event_that_no_rule_asks_about(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_marked(when="previous_status: Awaiting Payment"))
    order = scenario.sim.shopper.place(total="40.00")
    mark(scenario, order)
    scenario.run()
    assert scenario.status_of(order) == CANCELLED

    scenario.clock.advance(30)
    add_transaction(scenario.sim.world, scenario.sim.order(order), "purchase", Payment())
    scenario.run()

    assert scenario.our_writes(order) == [(VERIFY, CANCELLED), (CANCELLED, VERIFY)]


@pytest.mark.parametrize("status", [400, 405, 422])
def test_a_refusal_to_tell_of_money_is_not_taken_for_an_answer(
    tmp_path: Path, status: int
) -> None:
    scenario = Scenario(tmp_path, PAID)
    order = scenario.sim.shopper.place(total="40.00")
    scenario.run()
    scenario.clock.advance(30)
    path = "/v3/orders/*/transactions"
    scenario.fault("status", method="GET", path=path, status=status, times=3)
    add_transaction(scenario.sim.world, scenario.sim.order(order), "purchase", Payment())

    scenario.run()

    assert scenario.our_writes(order) == [(AWAITING_PAYMENT, AWAITING_FULFILLMENT)]


def test_an_answer_that_shows_another_status_is_doubted(scenario: Scenario) -> None:
    order = told_of_a_parcel(scenario)
    send = scenario.adapter.send

    def another(request: PreparedRequest, *arguments: object, **named: object) -> Response:
        response = send(request, *arguments, **named)
        if request.method == "PUT":
            told = json.dumps(response.json() | {"status_id": SHIPPED}).encode()
            response.raw = HTTPResponse(io.BytesIO(told), status=200, preload_content=False)
        return response

    scenario.adapter.send = another  # type: ignore[method-assign]
    scenario.work_once()

    assert scenario.results(order) == [("complete-when-shipped", "recovered")]


def test_a_person_who_is_quicker_than_an_old_reading_is_not_overruled(scenario: Scenario) -> None:
    order = told_of_a_parcel(scenario)

    def dispute() -> None:
        scenario.clock.advance(5)
        scenario.sim.staff.edit(order, status="Disputed")

    once_before_a_line(scenario, dispute)
    scenario.run()

    assert scenario.puts() == []
    assert scenario.status_of(order) == DISPUTED


def test_a_person_who_is_quicker_than_a_slow_answer_is_not_overruled(scenario: Scenario) -> None:
    order = told_of_a_parcel(scenario)

    def dispute() -> None:
        scenario.clock.advance(5)
        scenario.sim.staff.edit(order, status="Disputed")

    scenario.adapter.once_after("GET", dispute)
    scenario.run()

    assert scenario.puts() == []
    assert scenario.status_of(order) == DISPUTED


def test_a_note_alone_moves_nothing_back(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, NOTE)
    order = scenario.sim.shopper.place(total="640.00")
    scenario.adapter.once_after(
        "GET", lambda: scenario.sim.staff.edit(order, status="Awaiting Pickup")
    )

    scenario.run()

    assert scenario.status_of(order) == AWAITING_PICKUP
    assert scenario.results(order) == [("note-large", "applied")]


def test_a_worker_frozen_past_its_lease_does_not_act_when_it_wakes(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, rule_file(f"{{{SENT}, do: [{MARK_SENT}]}}"))
    order = told_of_a_parcel(scenario)
    once_before_a_line(scenario, lambda: scenario.clock.advance(100))  # the lease is 30 s

    outcome = scenario.work_once()

    assert outcome is not None
    assert outcome.reason == "lease_ran_out"
    assert list(scenario.sim.world.metafields.of(order)) == []


def test_what_is_owed_of_a_decision_waits_while_its_store_is_stopped(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path, rule_file(f"{{{SENT}, do: [{{set_status: Completed}}, {MARK_SENT}]}}")
    )
    order = told_of_a_parcel(scenario)
    die_at_the_put(scenario)
    scenario.crash(scenario.run)
    scenario.state.stop(STORE, "by_hand")
    scenario.run()
    assert scenario.results(order) == [("sent", "recovered")]

    scenario.state.resume(STORE)
    unpark_waiting(scenario.state, scenario.queue, STORE, "store", 100)
    scenario.run()

    assert scenario.results(order) == [("sent", "recovered"), ("sent", "applied")]
