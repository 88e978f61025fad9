"""Scenarios that readers of the code found, each once a bug."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from happenings import mark
from orderwarden.errors import ConfigurationError
from orderwarden.ports import Store
from orderwarden.services.probe import probe
from orderwarden.services.process import Process
from orderwarden.services.verdict import reject
from rule_files import cancel_marked, rule_file
from scenario import STORE, Scenario

MARKED, CANCELLED, AWAITING_PAYMENT, COMPLETED, SHIPPED = 12, 5, 7, 10, 2

CANCEL = cancel_marked(limit="approve_after: 1, per_hour: none")
CREATED_OR_UPDATED = "on: [order_created, order_updated]"
NOTE = (
    f"{{name: note, {CREATED_OR_UPDATED}, when: {{total: {{over: 1}}}}, do: [staff_note: Seen.]}}"
)
RELEASE = (
    f"{{name: release, {CREATED_OR_UPDATED}, when: {{status: Awaiting Payment}}, "
    "do: [{set_status: Awaiting Fulfillment}]}"
)


def test_a_change_just_after_an_edit_is_not_taken_for_seen_by_a_lagging_reading(
    tmp_path: Path,
) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    order = scenario.sim.shopper.place(total="20.00")
    scenario.run()
    scenario.clock.advance(60)
    scenario.sim.settings.read_lag_s = 2.0
    scenario.sim.staff.edit(order, customer_message="hello")
    scenario.clock.advance(1.5)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    scenario.clock.advance(1.2)

    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]


def test_an_order_that_may_not_be_read_for_a_while_is_read_later(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    refused = scenario.fault("status", method="GET", path="/v2/orders/*", status=422)
    scenario.run(for_s=1800)

    scenario.sim.faults.remove(refused)
    scenario.run()

    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
    assert scenario.reviews() == []


def test_waiting_never_ends_in_the_dead_letters(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    put = scenario.fault("throttled", method="PUT")  # every PUT waits for the next window

    for _ in range(6):
        scenario.run()
        scenario.clock.advance(900)
        scenario.unpark()
    scenario.sim.faults.remove(put)
    scenario.run()

    assert scenario.queue.depth().dead_letters == 0
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_each_rule_of_a_chain_keeps_its_own_safeguards(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        rule_file(
            "{name: back-to-payment, on: [order_updated, status_updated], "
            "when: {status: Manual Verification Required, payment_method: Bank Deposit}, "
            "do: [{set_status: Awaiting Payment}]}",
            "{name: cancel, on: [order_updated, status_updated], "
            "when: {status: Awaiting Payment, previous_status: Manual Verification Required}, "
            "do: [{set_status: Cancelled}]}",
        ),
    )
    order = scenario.sim.shopper.place(total="20.00", payment_method="Bank Deposit")
    mark(scenario, order)

    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, AWAITING_PAYMENT)]
    assert ("cancel", "blocked") in scenario.results(order)


def test_a_cancellation_that_a_person_made_anew_is_left_alone(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    order = scenario.sim.shopper.place(total="20.00")
    mark(scenario, order)
    scenario.run()
    for act in (
        lambda: scenario.sim.staff.edit(order, status="Awaiting Payment"),
        lambda: scenario.sim.shopper.pay(order, moves_status=False),
        lambda: scenario.sim.staff.edit(order, status="Cancelled"),
    ):
        scenario.clock.advance(600)
        act()
        scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]
    assert scenario.status_of(order) == CANCELLED


def test_a_token_that_may_not_write_stops_the_store_once(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    scenario.fault("status", method="PUT", status=403)
    scenario.run()
    reader = scenario.process._ports.stores(STORE)

    for _ in range(5):
        probe(scenario.state, scenario.queue, STORE, reader, 100)
        scenario.run()

    assert scenario.state.controls(STORE).stopped == "unauthorised_403"
    assert scenario.notices.kinds == ["store_stopped"]
    assert len(scenario.puts()) == 1


def test_a_change_that_was_not_made_is_not_counted(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    order = scenario.sim.shopper.place(total="20.00")
    mark(scenario, order)
    reads = []

    def edit_before_the_last_look(method: str, path: str) -> None:
        if method == "GET" and path.endswith(f"/orders/{order}"):
            reads.append(path)
            if len(reads) == 2:
                scenario.clock.advance(1)
                scenario.sim.staff.edit(order, customer_message="wait")

    scenario.adapter.before = edit_before_the_last_look
    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]
    assert scenario.reviews() == []


def test_a_blocked_note_does_not_keep_a_status_rule_from_acting(tmp_path: Path) -> None:
    do = "do: [{set_status: Awaiting Shipment}]"
    reopen = f"{{name: reopen, {CREATED_OR_UPDATED}, when: {{status: Completed}}, {do}}}"
    scenario = Scenario(tmp_path, rule_file(NOTE, reopen))
    order = scenario.sim.shopper.place(total="20.00", status="Completed")

    scenario.run()

    assert (10, 9) in scenario.our_writes(order)


def test_a_note_without_room_is_not_claimed(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, rule_file(NOTE.replace(CREATED_OR_UPDATED, "on: order_updated")))
    order = scenario.sim.shopper.place(total="20.00")
    scenario.sim.staff.edit(order, staff_notes="x" * 65_535)

    scenario.run()

    [line] = scenario.lines(order)
    assert (line.result.value, line.reason) == ("blocked", "no_room_for_note")
    assert scenario.puts() == []


def cancel_in_one_second(scenario: Scenario) -> int:
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)
    scenario.run()
    return order


def test_money_after_an_edit_of_a_cancelled_order_is_still_found(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    order = cancel_in_one_second(scenario)
    scenario.clock.advance(600)
    scenario.sim.staff.edit(order, staff_notes="called the customer")
    scenario.run()
    scenario.clock.advance(600)

    scenario.sim.shopper.pay(order, moves_status=False)
    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED), (CANCELLED, MARKED)]


def test_a_put_back_that_nobody_can_vouch_for_is_tried_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    order = cancel_in_one_second(scenario)
    scenario.clock.advance(600)
    scenario.fault("status", method="PUT", status=502, times=1)
    scenario.sim.shopper.pay(order, moves_status=False)
    scenario.deliver()
    scenario.work_once()
    scenario.clock.advance(10)
    scenario.sim.staff.edit(order, staff_notes="called the customer")

    scenario.run()

    assert scenario.status_of(order) == MARKED


def test_the_last_look_at_the_order_comes_after_the_look_at_the_money(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)
    reads = []

    def move_on_while_the_money_is_read(method: str, path: str) -> None:
        if method == "GET" and path.endswith("/transactions"):
            reads.append(path)
            if len(reads) == 2:
                scenario.clock.advance(7)
                scenario.sim.staff.edit(order, status="Awaiting Shipment")

    scenario.adapter.before = move_on_while_the_money_is_read
    scenario.run()

    assert scenario.our_writes(order) == []


def test_a_store_that_is_gone_for_a_while_counts_as_no_death(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    ports = scenario.process._ports

    def gone(_: str) -> Store:
        raise ConfigurationError("not configured")

    scenario.process = Process(replace(ports, stores=gone))
    scenario.run(for_s=900)
    scenario.process = Process(ports)
    scenario.run()

    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_a_change_that_another_app_reverts_at_once_is_not_fought_for_ever(
    tmp_path: Path,
) -> None:
    scenario = Scenario(tmp_path)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)

    def revert(method: str, _: str) -> None:
        if method == "PUT":
            scenario.sim.staff.edit(order, status="Shipped")

    scenario.adapter.after = revert
    scenario.run(for_s=6 * 3600)

    assert len(scenario.puts()) <= 4
    assert "tug_of_war" in {review.kind for review in scenario.reviews()}


def test_a_refused_change_does_not_hide_the_rules_below(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, rule_file(RELEASE, NOTE))
    scenario.fault("status", method="PUT", status=422, times=1)
    order = scenario.sim.shopper.place(total="20.00")

    scenario.run()

    assert sorted(scenario.results(order)) == [("note", "applied"), ("release", "failed")]


def test_a_paused_rule_does_not_hide_the_notes_below(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, rule_file(RELEASE, NOTE))
    scenario.state.pause_rule(STORE, "release")
    order = scenario.sim.shopper.place(total="20.00")

    scenario.run()

    assert scenario.results(order) == [("note", "applied")]
    assert scenario.state.count_parked(STORE) >= 1


def test_after_a_rejection_orders_are_blocked_and_not_parked(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    for _ in range(2):
        cancel_in_one_second(scenario)
    [review] = scenario.reviews()
    reject(scenario.state, STORE, review.id)

    order = cancel_in_one_second(scenario)

    assert scenario.state.count_parked(STORE) == 0
    assert [line.reason for line in scenario.lines(order)] == ["rejected"]


def test_many_signals_over_the_hourly_cap_raise_one_alarm(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_marked(limit="approve_after: none, per_hour: 1"))

    for _ in range(3):
        cancel_in_one_second(scenario)

    assert scenario.notices.kinds.count("per_hour") == 1


def test_an_event_of_the_readings_own_second_is_not_taken_for_seen_by_what_it_left(
    tmp_path: Path,
) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    scenario.sim.settings.read_lag_s = 2.0
    order = scenario.sim.shopper.place(total="20.00")
    scenario.clock.advance(0.2)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    scenario.clock.advance(1.9)

    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]


def test_a_payment_moves_no_order_that_lags_behind_it(tmp_path: Path) -> None:
    rules = rule_file(
        "{name: release, on: [order_updated, status_updated], "
        "when: {status: Awaiting Payment, paid: true}, do: [{set_status: Awaiting Fulfillment}], "
        "limit: {approve_after: 1, per_hour: none}}"
    )
    scenario = Scenario(tmp_path, rules)
    scenario.sim.settings.read_lag_s = 2.0
    order = scenario.sim.shopper.place(total="20.00")
    scenario.clock.advance(0.2)
    scenario.sim.shopper.pay(order)
    scenario.sim.staff.ship(order)
    scenario.clock.advance(1.9)

    scenario.run()

    assert scenario.our_writes(order) == []
    assert scenario.status_of(order) == SHIPPED


def test_a_failure_after_scheduled_looks_waits_no_longer_than_a_first_one(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    scenario.sim.settings.fresh_order_404_s = 100.0
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run(for_s=90)
    looks = len(scenario.outcomes)
    scenario.fault("status", method="GET", path="/v2/orders/*", status=503, times=3)

    scenario.run()

    failed = [x.again_s for _, x in scenario.outcomes if x.reason == "store_error"]
    assert looks > 5
    assert failed == [1.0, 2.0, 4.0]
    assert scenario.status_of(order) == 11
