"""Guards of what comes after a first write, or must not come again; each test misses one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from bigcommerce_sim.world.paying import Payment, add_transaction
from builders import a_decision, a_line
from happenings import first_signal, reconcile, requests_of, shipped
from orderwarden.domain.line import Line, Result
from orderwarden.errors import ConfigurationError
from orderwarden.services.process_steps.case import Case
from orderwarden.services.process_steps.claim import Claimed, claim
from orderwarden.services.process_steps.read import Reading
from orderwarden.services.process_steps.record import record
from rule_files import READY, WITH_MONEY, cancel_marked, for_each_parcel, rule_file
from scenario import COMPLETE, STORE, Scenario

SHIPPED, CANCELLED, AWAITING_PAYMENT, COMPLETED, AWAITING_FULFILLMENT = 2, 5, 7, 10, 11
VERIFY = 12
TAKE_ONCE = "{name: take, on: shipment_created, when: {total: {over: 0}}, do: [capture]}"
TAKE = (
    "{name: take, on: [order_updated, status_updated], when: {status: Awaiting Payment}, "
    "do: [capture, {set_status: Awaiting Fulfillment}]}"
)


def authorised(folder: Path, rules: str) -> tuple[Scenario, int]:
    """Have an order whose payment is authorised; its webhooks are still to come."""
    scenario = Scenario(folder, rules)
    order = scenario.sim.shopper.place(status="Awaiting Payment", quantity=2)
    scenario.sim.shopper.authorise(order)
    return scenario, order


# Once per order


def test_money_is_taken_once_for_an_order_whatever_its_rule_repeats_for(tmp_path: Path) -> None:
    each = (
        "{name: take, on: shipment_created, when: {total: {over: 0}}, repeat: each_shipment, "
        "do: [capture]}"
    )
    scenario, order = authorised(tmp_path, rule_file(TAKE_ONCE, head=WITH_MONEY))
    with suppress(ConfigurationError):  # such a rule is refused
        scenario.publish(rule_file(each, head=WITH_MONEY))

    for _ in range(2):
        scenario.clock.advance(60)
        scenario.sim.staff.ship(order, pieces=1)
        scenario.run()

    assert requests_of(scenario, "POST", "/payment_actions/capture") == 1
    assert scenario.results(order) == [("take", "applied")]


def test_money_that_was_taken_is_not_taken_again_with_a_status_that_is_set_again(
    tmp_path: Path,
) -> None:
    scenario, order = authorised(tmp_path, rule_file(TAKE, head=WITH_MONEY))
    scenario.run()
    scenario.clock.advance(60)

    scenario.sim.staff.edit(order, status="Awaiting Payment")
    scenario.run()

    assert requests_of(scenario, "POST", "/payment_actions/capture") == 1
    assert scenario.status_of(order) == AWAITING_FULFILLMENT


def test_what_the_store_refused_for_a_body_is_not_tried_again_for_it_the_same_day(
    scenario: Scenario,
) -> None:
    shipped(scenario)
    scenario.deliver()
    first = first_signal(scenario)
    scenario.fault("status", method="PUT", status=422, times=1)
    scenario.process.handle(first, 1)
    scenario.clock.advance(60)

    again = scenario.process.handle(replace(first, receipt_key="another"), 1)

    assert (again.kind, len(scenario.puts())) == ("had_already", 1)


def test_a_parcel_whose_part_failed_keeps_no_other_parcel_from_its_own(tmp_path: Path) -> None:
    do = "[{metafield: {namespace: erp, key: sent, value: 'yes'}}, {notify: parcel}]"
    scenario = Scenario(tmp_path, for_each_parcel(do))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment", quantity=2)
    for _ in range(2):
        scenario.sim.staff.ship(order, pieces=1)
    scenario.fault("status", method="POST", path="*/metafields", status=422, times=1)

    reconcile(scenario, order)
    scenario.clock.advance(60)
    reconcile(scenario, order, number=2)

    assert [(line.action, line.result.value) for line in scenario.lines(order)] == [
        ("metafield", "failed"),
        ("metafield", "applied"),
        ("notify", "applied"),
    ]


# Money


def test_the_transactions_are_read_before_a_change_is_put_back(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_marked(when="payment_status: ''"))
    order = scenario.sim.shopper.place(total="40.00")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    scenario.run()
    assert scenario.status_of(order) == CANCELLED

    scenario.clock.advance(30)
    add_transaction(scenario.sim.world, scenario.sim.order(order), "purchase", Payment())
    scenario.sim.staff.edit(order, customer_message="I have paid.")
    scenario.run()

    assert scenario.our_writes(order) == [(VERIFY, CANCELLED), (CANCELLED, VERIFY)]


def test_a_status_that_rests_on_money_waits_until_the_money_is_there(tmp_path: Path) -> None:
    scenario, order = authorised(tmp_path, rule_file(TAKE, head=WITH_MONEY))
    scenario.sim.settings.capture_moves_status = False
    scenario.sim.settings.payment_delay_s = 100.0
    shown: list[object] = []
    scenario.adapter.once_before(
        "PUT", lambda: shown.append(scenario.sim.order(order).payment_status)
    )

    scenario.run()

    assert shown == ["captured"]
    assert scenario.status_of(order) == AWAITING_FULFILLMENT


# What a replica shows from before a parcel


PARCEL = f"{{name: send, {READY}, do: [create_shipment]}}"
LATE = f"{{name: late, {READY}, do: [{{set_status: Disputed}}]}}"


def lag_after_the_parcel(scenario: Scenario) -> None:
    def lag() -> None:
        scenario.sim.settings.read_lag_s = 1.0

    scenario.adapter.once_after("POST", lag, "/shipments")


def test_after_a_parcel_the_rules_are_not_asked_about_a_body_from_before_it(
    tmp_path: Path,
) -> None:
    scenario = Scenario(tmp_path, rule_file(PARCEL, LATE))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.clock.advance(5)
    lag_after_the_parcel(scenario)

    scenario.run()

    assert scenario.status_of(order) == SHIPPED
    assert scenario.results(order) == [("send", "applied")]


def test_another_signal_is_not_decided_on_a_body_from_before_our_parcel(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, rule_file(PARCEL, LATE))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.clock.advance(0.5)
    scenario.deliver()
    signal = first_signal(scenario)
    scenario.process.handle(signal, 1)
    scenario.clock.advance(0.1)
    scenario.sim.settings.read_lag_s = 0.3

    outcome = scenario.process.handle(replace(signal, receipt_key="another"), 1)

    assert (outcome.kind, outcome.reason) == ("again", "reading_lags")
    assert scenario.status_of(order) == SHIPPED


# Lines and looks


def test_a_line_that_was_settled_is_not_settled_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, COMPLETE)
    order = shipped(scenario)
    scenario.deliver()
    signal = first_signal(scenario)
    restoring = a_line(store=STORE, order_id=order, rule="undo", id="back", restores="gone")
    gone = a_line(store=STORE, order_id=order, rule="cancel-unpaid", id="gone")
    for line in (gone, restoring):
        scenario.changelog.replace(line, None)

    scenario.process.handle(signal, 1)

    assert scenario.state.holds(STORE, order) == frozenset()  # a person lifted what it brought


def a_case(scenario: Scenario, order: int, *lines: Line) -> Case:
    """Return a claimed signal of an order with these lines."""
    for line in lines:
        scenario.changelog.replace(line, None)
    scenario.deliver()
    signal = first_signal(scenario)
    ports = scenario.process._ports
    claimed = claim(ports, replace(signal, order_id=order))
    assert isinstance(claimed, Claimed)
    rules = ports.rules(STORE)
    assert rules is not None
    case = Case(ports, signal, claimed.receipt, rules, ports.state.controls(STORE))
    case.load()
    return case


@pytest.mark.parametrize("result", [Result.APPLIED, Result.RECOVERED, Result.UNCONFIRMED])
def test_the_line_of_a_write_that_was_made_is_not_written_over(
    scenario: Scenario, result: Result
) -> None:
    order = shipped(scenario)
    made = a_line(store=STORE, order_id=order, result=result)
    case = a_case(scenario, order, made)
    now = scenario.clock.now()
    reading = Reading(case.store.order(order).value, now, now)

    record(case, reading, a_decision().write, Result.BLOCKED, "hold")

    assert [line for line in scenario.lines(order) if line.id == made.id] == [made]


def test_a_look_in_between_does_not_put_the_second_look_off(scenario: Scenario) -> None:
    order = shipped(scenario)
    scenario.deliver()
    signal = first_signal(scenario)
    scenario.fault("timeout", method="PUT", times=1)
    waits = []

    for _ in range(3):
        waits.append(scenario.process.handle(signal, 1).again_s)
        scenario.clock.advance(30.5)

    assert waits == [60.0, 29.5, None]
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
