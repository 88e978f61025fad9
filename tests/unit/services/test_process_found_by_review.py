"""Scenarios that readers of the code found, each once a bug."""

from __future__ import annotations

from pathlib import Path

from orderwarden.services.probe import probe
from scenario import STORE, Scenario

MARKED, CANCELLED, AWAITING_PAYMENT, COMPLETED, SHIPPED = 12, 5, 7, 10, 2

CANCEL = """
version: 1
mode: live
time_zone: UTC
rules:
  - name: cancel-marked
    on: [order_updated, status_updated]
    when: {status: Manual Verification Required}
    do: [{set_status: Cancelled}]
    limit: {approve_after: 1, per_hour: none}
"""


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
        """
version: 1
mode: live
time_zone: UTC
rules:
  - name: back-to-payment
    on: [order_updated, status_updated]
    when: {status: Manual Verification Required, payment_method: Bank Deposit}
    do: [{set_status: Awaiting Payment}]
  - name: cancel
    on: [order_updated, status_updated]
    when: {status: Awaiting Payment, previous_status: Manual Verification Required}
    do: [{set_status: Cancelled}]
""",
    )
    order = scenario.sim.shopper.place(total="20.00", payment_method="Bank Deposit")
    scenario.run()
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, status="Manual Verification Required")

    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, AWAITING_PAYMENT)]
    assert ("cancel", "blocked") in scenario.results(order)


def test_a_cancellation_that_a_person_made_anew_is_left_alone(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CANCEL)
    order = scenario.sim.shopper.place(total="20.00")
    scenario.run()
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
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
    scenario.run()
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
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
    scenario = Scenario(
        tmp_path,
        """
version: 1
mode: live
time_zone: UTC
rules:
  - name: note
    on: [order_created, order_updated]
    when: {total: {over: 1}}
    do: [{staff_note: "Seen."}]
  - name: reopen
    on: [order_created, order_updated]
    when: {status: Completed}
    do: [{set_status: Awaiting Shipment}]
""",
    )
    order = scenario.sim.shopper.place(total="20.00", status="Completed")

    scenario.run()

    assert (10, 9) in scenario.our_writes(order)


def test_a_note_without_room_is_not_claimed(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        """
version: 1
mode: live
time_zone: UTC
rules:
  - name: note
    on: order_updated
    when: {total: {over: 1}}
    do: [{staff_note: "Seen."}]
""",
    )
    order = scenario.sim.shopper.place(total="20.00")
    scenario.sim.staff.edit(order, staff_notes="x" * 65_535)

    scenario.run()

    [line] = scenario.lines(order)
    assert (line.result.value, line.reason) == ("blocked", "no_room_for_note")
    assert scenario.puts() == []
