"""What happens between a look and a write, or between a write and its answer, is respected."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from happenings import once_before_a_line, requests_of, shipped, touch
from orderwarden.domain.signal import Signal
from rule_files import READY, cancel_and_void, cancel_marked, cancel_unpaid, rule_file
from scenario import Scenario, die
from sweeping import Sweeper

SHIPPED, CANCELLED, AWAITING_PAYMENT, DISPUTED = 2, 5, 7, 13
NOTE = rule_file(
    "{name: note, on: [status_updated], when: {status: Shipped}, do: [{staff_note: Sent.}]}"
)
PARCEL = rule_file(f"{{name: send, {READY}, do: [create_shipment]}}")

Act = Callable[[Scenario, int], None]


def dispute(scenario: Scenario, order: int) -> None:
    scenario.sim.staff.edit(order, status="Disputed")


def write_a_note(scenario: Scenario, order: int) -> None:
    scenario.sim.staff.edit(order, staff_notes="Call first.")


@pytest.mark.parametrize("act", [dispute, write_a_note])
def test_what_a_person_does_within_the_second_of_the_look_is_not_undone(
    tmp_path: Path, act: Act
) -> None:
    scenario = Scenario(tmp_path, NOTE)
    order = shipped(scenario)
    scenario.deliver()
    once_before_a_line(scenario, lambda: act(scenario, order))

    scenario.work_once()

    found = scenario.sim.order(order)
    assert (found.status_id == DISPUTED) == (act is dispute)
    assert ("Call first." in found.staff_notes) == (act is write_a_note)


def test_an_order_that_changed_otherwise_is_decided_on_anew(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, NOTE)
    order = shipped(scenario)
    scenario.deliver()

    edited_at: list[datetime] = []

    def edit() -> None:
        scenario.clock.advance(1.5)
        scenario.sim.staff.edit(order, customer_message="Thank you")
        edited_at.append(scenario.sim.order(order).date_modified.replace(microsecond=0))

    once_before_a_line(scenario, edit)
    scenario.work_once()

    assert [line.read_modified for line in scenario.lines(order)] == edited_at


def test_a_change_is_put_back_only_while_its_status_is_still_ours(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_marked(when="paid: false"))
    order = scenario.sim.shopper.place(total="40.00")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    scenario.run()
    assert scenario.status_of(order) == CANCELLED
    scenario.clock.advance(60)
    scenario.sim.shopper.pay(order, moves_status=False)
    scenario.deliver()

    def move_on() -> None:
        scenario.clock.advance(5)
        scenario.sim.staff.edit(order, status="Disputed")

    once_before_a_line(scenario, move_on)
    scenario.run()

    assert scenario.status_of(order) == DISPUTED


def test_nothing_dangerous_is_owed_for_a_rule_that_was_taken_away(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_and_void())
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.sim.shopper.authorise(order)
    scenario.clock.advance(120)
    scenario.adapter.once_after("POST", die, "/void")
    scenario.crash(lambda: touch(scenario, order))
    scenario.publish(NOTE)
    scenario.clock.advance(31)  # the lease is 30 s

    scenario.run()

    assert scenario.status_of(order) != CANCELLED


def test_a_parcel_of_which_the_store_tells_nothing_is_not_sent_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, PARCEL)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    parcels = f"/orders/{order}/shipments"
    scenario.fault("timeout", effect="done", method="POST", path=f"*{parcels}", times=1)
    scenario.fault("status", method="GET", path=f"*{parcels}", status=403, times=99)

    scenario.run()

    assert requests_of(scenario, "POST", parcels) == 1
    assert [line.result.value for line in scenario.lines(order)] == ["unconfirmed"]


def test_a_parcel_of_which_only_the_line_is_left_is_not_sent_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, PARCEL)
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment", quantity=2)
    scenario.deliver()
    [delivery, *_] = scenario.queue.receive(limit=1, visibility_s=30)
    signal = Signal.from_json(delivery.body)
    scenario.adapter.once_after("POST", die, "/shipments")
    scenario.crash(lambda: scenario.process.handle(signal, 1))
    scenario.queue.delete(delivery.receipt_handle)  # with it, the decision is lost
    scenario.clock.advance(31)  # the lease is 30 s

    scenario.run()
    touch(scenario, order)

    assert requests_of(scenario, "POST", "/shipments") == 1
    assert [line.result.value for line in scenario.lines(order)] == ["unconfirmed"]


def test_a_put_back_that_was_recovered_is_told_to_a_person(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_marked(when="paid: false"))
    order = scenario.sim.shopper.place(total="40.00")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    scenario.run()
    scenario.clock.advance(60)
    scenario.sim.shopper.pay(order, moves_status=False)
    scenario.adapter.once_after("PUT", die, f"/orders/{order}")
    scenario.crash(scenario.run)
    scenario.clock.advance(31)  # the lease is 30 s

    scenario.run()

    assert [review.kind for review in scenario.reviews()] == ["paid_in_window"]
    assert scenario.lines(order)[0].undone_by


TWO_RULES = rule_file(
    "{name: tell, on: [status_updated], when: {status: Shipped}, do: [{notify: Sent.}],"
    " continue: true}",
    "{name: note, on: [status_updated], when: {status: Shipped}, do: [{staff_note: Sent.}]}",
)


def archive(scenario: Scenario, order: int) -> None:
    scenario.sim.staff.archive(order)


@pytest.mark.parametrize("act", [dispute, archive])
def test_a_later_write_is_not_made_upon_an_order_that_somebody_moved(
    tmp_path: Path, act: Act
) -> None:
    scenario = Scenario(tmp_path, TWO_RULES)
    order = shipped(scenario)
    notify = scenario.notices.notify

    def act_first(*told: Any) -> None:  # noqa: ANN401
        act(scenario, order)
        notify(*told)

    scenario.notices.notify = act_first  # type: ignore[method-assign,assignment]
    scenario.clock.advance(5)
    scenario.deliver()
    scenario.work_once()

    assert scenario.puts() == []


def test_nothing_is_written_upon_an_order_that_was_archived_in_the_meantime(
    tmp_path: Path,
) -> None:
    scenario = Scenario(tmp_path, NOTE)
    order = shipped(scenario)
    scenario.deliver()
    once_before_a_line(scenario, lambda: archive(scenario, order))

    scenario.work_once()

    assert scenario.puts() == []


def test_a_sweep_reads_the_money_and_then_the_order(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_unpaid())
    sweeper = Sweeper(scenario)
    order = sweeper.place()
    sweeper.queue()

    def meanwhile(_: str, path: str) -> None:
        if path.endswith("/transactions"):
            scenario.adapter.after = lambda _m, _p: None
            dispute(scenario, order)

    scenario.adapter.after = meanwhile
    scenario.run()

    assert scenario.status_of(order) == DISPUTED
    assert scenario.puts() == []


def test_a_put_back_that_the_store_refused_is_not_sent_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_marked(when="paid: false"))
    order = scenario.sim.shopper.place(total="40.00")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    scenario.run()
    scenario.clock.advance(60)
    scenario.fault("status", method="PUT", status=422, times=9)
    scenario.sim.shopper.pay(order, moves_status=False)
    scenario.run()
    touch(scenario, order)

    assert [line.result.value for line in scenario.lines(order)] == ["applied", "failed"]
    assert len(scenario.puts()) == 2


def test_an_order_that_the_store_refuses_to_show_is_not_called_gone(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, NOTE)
    order = shipped(scenario)
    scenario.fault("status", method="GET", path=f"*/orders/{order}", status=422)

    scenario.run(for_s=2 * 3600)

    assert "gone" not in scenario.kinds()
    assert "parked" in scenario.kinds()
