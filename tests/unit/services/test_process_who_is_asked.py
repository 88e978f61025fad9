"""Which rules have a say, in stories in which one guard alone keeps a rule from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from happenings import mark, shipped
from orderwarden.domain.line import Result
from orderwarden.domain.receipt import Receipt
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.services.undo import UndoPorts, ask_to_undo, changes_of_run
from orderwarden.services.verdict import approve
from rule_files import HEAD, cancel_marked, cancel_unpaid, rule_file
from scenario import STORE, Died, Scenario
from sweeping import Sweeper

SHIPPED, CANCELLED, AWAITING_PAYMENT, COMPLETED, MARKED = 2, 5, 7, 10, 12
AWAITING_SHIPMENT, AWAITING_FULFILLMENT = 9, 11
FIRST = "{name: first, on: [status_updated], when: {status: Shipped}, do: [{set_status: %s}]%s}"
ON_SHIPPED = "on: [status_updated], when: {status: Shipped}"


def taken(scenario: Scenario) -> Signal:
    """Take the oldest signal off the queue."""
    scenario.deliver()
    [delivery, *_] = scenario.queue.receive(limit=1, visibility_s=30)
    return Signal.from_json(delivery.body)


def changes_of(scenario: Scenario, order: int) -> list[tuple[int | None, int | None]]:
    return [write for write in scenario.our_writes(order) if write[0] != write[1]]


def test_a_shadow_rule_below_one_that_is_held_writes_nothing(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        rule_file(
            FIRST % ("Completed", ""),
            f"{{name: tried, mode: shadow, {ON_SHIPPED}, do: [{{staff_note: Sent.}}]}}",
        ),
    )
    order = shipped(scenario)
    scenario.state.hold(STORE, order, "first", "by hand")

    scenario.run()

    assert scenario.puts() == []


def chained(mode: str) -> str:
    second = "on: [status_updated], when: {status: Completed}, do: [{set_status: Disputed}]"
    return rule_file(FIRST % ("Completed", ""), f"{{name: second{mode}, {second}}}")


def test_a_shadow_rule_is_no_part_of_a_chain(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, chained(", mode: shadow"))
    order = shipped(scenario)

    scenario.run()

    assert changes_of(scenario, order) == [(SHIPPED, COMPLETED)]


def test_a_paused_rule_is_no_part_of_a_chain(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, chained(""))
    order = shipped(scenario)
    scenario.state.pause_rule(STORE, "second")

    scenario.run()

    assert changes_of(scenario, order) == [(SHIPPED, COMPLETED)]


def test_an_order_that_moved_on_does_not_come_from_where_the_event_says(tmp_path: Path) -> None:
    when = "status: Awaiting Pickup, previous_status: Awaiting Fulfillment"
    rule = f"{{name: r, on: [status_updated], when: {{{when}}}, do: [{{staff_note: Here.}}]}}"
    scenario = Scenario(tmp_path, rule_file(rule), scopes=[])
    order = scenario.sim.shopper.place(status="Awaiting Shipment")
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Awaiting Pickup")
    event = Signal(
        store=STORE,
        order_id=order,
        trigger=Trigger.STATUS_UPDATED,
        occurred_at=scenario.clock.now() - timedelta(seconds=20),
        receipt_key="wh-1",
        previous_status_id=AWAITING_FULFILLMENT,
        new_status_id=AWAITING_SHIPMENT,
    )
    scenario.clock.advance(900)  # an event so old excludes no status

    scenario.process.handle(event, 1)

    assert scenario.puts() == []


def test_what_a_dangerous_change_left_was_not_seen_by_every_rule(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_marked(when="paid: false"))
    order = scenario.sim.shopper.place(total="40.00")
    mark(scenario, order)

    scenario.process.handle(taken(scenario), 1)

    seen = scenario.state.seen(STORE, order)
    assert scenario.status_of(order) == CANCELLED
    assert seen is not None
    assert seen.status_id == MARKED


def test_what_a_sweep_read_was_not_seen_by_every_rule(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_unpaid(), scopes=[])
    sweeper = Sweeper(scenario)
    order = sweeper.place()
    sweeper.queue()
    scenario.state.hold(STORE, order, "cancel-unpaid", "by hand")

    scenario.run()

    assert [outcome.reason for _, outcome in scenario.outcomes] == ["hold"]
    assert scenario.state.seen(STORE, order) is None


def test_lines_of_one_second_are_dated_in_the_order_of_their_writes(tmp_path: Path) -> None:
    field = '{metafield: {namespace: erp, key: sent, value: "yes"}}'
    do = f"do: [{{set_status: Completed}}, {field}, {{notify: Sent.}}]"
    scenario = Scenario(tmp_path, rule_file(f"{{name: r, {ON_SHIPPED}, {do}}}"))
    order = shipped(scenario)

    scenario.run()

    lines = scenario.lines(order)
    assert [line.action for line in lines] == ["set_status", "metafield", "notify"]
    assert lines[0].at < lines[1].at < lines[2].at


def a_cancelled_order(folder: Path) -> tuple[Scenario, int]:
    """Have a sweep cancel an order, and a person ask for it to be undone."""
    scenario = Scenario(folder, cancel_unpaid())
    sweeper = Sweeper(scenario)
    order = sweeper.place()
    run_id = sweeper.sweep().id
    scenario.clock.advance(60)
    ports = UndoPorts(scenario.clock, scenario.changelog, scenario.queue)
    ask_to_undo(ports, changes_of_run(scenario.changelog, STORE, run_id), "undo-1")
    return scenario, order


def test_an_undo_needs_no_rule(tmp_path: Path) -> None:
    scenario, order = a_cancelled_order(tmp_path)
    scenario.publish(cancel_unpaid(age="99h"))  # asked by no webhook
    for line in scenario.lines(order):
        scenario.changelog.replace(replace(line, is_dangerous=False), line)

    scenario.run()

    assert scenario.status_of(order) == AWAITING_PAYMENT


def test_an_undo_that_was_made_before_a_death_is_told_as_made(tmp_path: Path) -> None:
    scenario, order = a_cancelled_order(tmp_path)

    def die(method: str, _: str) -> None:
        if method == "PUT":
            scenario.adapter.after = lambda _m, _p: None
            raise Died

    scenario.adapter.after = die
    scenario.crash(scenario.run)
    scenario.clock.advance(31)  # the lease is 30 s
    scenario.run()

    [outcome] = [x for signal, x in scenario.outcomes if signal.run_id == "undo-1"][-1:]
    assert (outcome.kind, outcome.rule) == ("applied", "undo")
    assert [line.result for line in scenario.lines(order)][-1] is Result.RECOVERED


def test_an_order_kept_while_its_signal_waited_is_not_cancelled(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_unpaid())
    sweeper = Sweeper(scenario)
    order = sweeper.place()
    sweeper.queue()
    scenario.sim.staff.set_metafield(order, "orderwarden", "keep_until", "2027-01-01")
    scenario.clock.advance(11 * 60)

    scenario.run()

    assert scenario.status_of(order) == AWAITING_PAYMENT


def test_a_refund_that_could_not_be_prepared_is_not_counted(tmp_path: Path) -> None:
    rule = "{name: back, on: order_updated, when: {status: Disputed}, do: [{refund: all}]}"
    scenario = Scenario(tmp_path, rule_file(rule, head=HEAD + "allow_payment_actions: true\n"))
    order = scenario.sim.shopper.place(total="40.00", status="Awaiting Payment")
    scenario.sim.shopper.pay(order)
    scenario.run()
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, status="Disputed")
    scenario.fault("status", method="POST", path="*refund_quotes", status=429, times=1)

    outcome = scenario.process.handle(taken(scenario), 1)

    assert outcome.kind == "again"
    assert scenario.state.counted(STORE, f"hour:back:{scenario.clock.now():%Y-%m-%dT%H}") == 0


def test_a_lower_rule_that_is_held_does_not_act_with_the_one_above(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        rule_file(
            f"{{name: tell, {ON_SHIPPED}, do: [{{notify: Sent.}}], continue: true}}",
            f"{{name: note, {ON_SHIPPED}, do: [{{staff_note: Sent.}}]}}",
        ),
    )
    order = shipped(scenario)
    scenario.state.hold(STORE, order, "note", "by hand")

    scenario.run()

    assert scenario.notices.kinds == ["rule"]
    assert scenario.puts() == []


def test_what_a_lower_rule_may_not_do_yet_waits_for_approval(tmp_path: Path) -> None:
    marked = "on: [status_updated], when: {status: Manual Verification Required, paid: false}"
    limit = "limit: {approve_after: 0, per_hour: none}"
    scenario = Scenario(
        tmp_path,
        rule_file(
            f"{{name: end, {marked}, do: [{{set_status: Cancelled}}], continue: true}}",
            f"{{name: note, {marked}, do: [{{staff_note: Unpaid.}}], {limit}}}",
        ),
    )
    order = scenario.sim.shopper.place(total="40.00")
    mark(scenario, order)

    outcome = scenario.process.handle(taken(scenario), 1)

    assert (outcome.kind, outcome.rule) == ("applied", "end")
    assert len(scenario.state.waiting_for(STORE, "approval:note", 9)) == 1


def test_an_order_kept_while_it_waited_for_an_approval_is_not_cancelled(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_unpaid(approve_after="0"))
    sweeper = Sweeper(scenario)
    order = sweeper.place()
    sweeper.sweep(for_s=1)
    [review] = scenario.reviews()
    scenario.sim.staff.set_metafield(order, "orderwarden", "keep_until", "2027-01-01")

    judged = approve(scenario.state, scenario.queue, STORE, review.id)
    scenario.run()

    assert judged.signals == 1
    assert scenario.status_of(order) == AWAITING_PAYMENT


def test_a_rule_that_must_warn_first_does_not_act_because_another_one_is_due(
    tmp_path: Path,
) -> None:
    note = "when: {status: Awaiting Payment, age: {at_least: 21h}}, do: [{staff_note: Unpaid.}]"
    other = rule_file(f"{{name: note, on: sweep, {note}}}").partition("rules:\n")[2]
    scenario = Scenario(tmp_path, cancel_unpaid(more="warn_before: 4h") + other)
    sweeper = Sweeper(scenario)
    order = sweeper.place(hours=20)

    sweeper.sweep(for_s=60)
    scenario.clock.advance(3700)  # the note is due now, the warning not old enough
    sweeper.sweep(for_s=60)

    assert len(scenario.puts()) == 2
    assert scenario.status_of(order) == AWAITING_PAYMENT


def test_nobody_is_warned_of_an_order_that_was_paid(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_unpaid(when="", more="warn_before: 4h"), scopes=[])
    sweeper = Sweeper(scenario)
    order = sweeper.place(hours=9)
    scenario.sim.shopper.pay(order, moves_status=False)

    sweeper.sweep(for_s=60)

    assert scenario.puts() == []


def test_an_order_that_was_warned_of_is_not_queued_for_that_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_unpaid(more="warn_before: 4h"), scopes=[])
    sweeper = Sweeper(scenario)
    sweeper.place(hours=9)

    runs = [sweeper.sweep(for_s=60), sweeper.sweep(for_s=60)]

    assert [run.summary["queued"] for run in runs] == [1, 0]
    assert len(scenario.puts()) == 1


def test_late_looks_wait_for_room_on_the_queue(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_unpaid(), scopes=[])
    sweeper = Sweeper(scenario)
    sweeper.place()
    sweeper.sweep()
    scenario.clock.advance(3700)
    sweeper._period_s = 0.0  # nothing can be handled until the next run

    full = sweeper.queue()
    sweeper._period_s = 300.0
    free = sweeper.queue()

    assert [run.summary["late_looks"] for run in (full, free)] == [0, 1]


def test_of_two_sweeps_that_found_an_order_together_one_queues_it(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_unpaid(), scopes=[])
    one, other = Sweeper(scenario), Sweeper(scenario)
    one.place()
    look_up = scenario.receipts.look_up

    def meanwhile(keys: Iterable[str]) -> Mapping[str, Receipt]:
        found = look_up(keys)
        scenario.receipts.look_up = look_up  # type: ignore[method-assign]
        other.queue()
        return found

    scenario.receipts.look_up = meanwhile  # type: ignore[method-assign]
    one.queue()

    assert scenario.queue.depth().queued == 1
