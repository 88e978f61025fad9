"""Each test misses one guard of `process`, in a story in which no other one stands behind it."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from bigcommerce_sim.world.paying import Payment, add_transaction
from happenings import die_at_the_put, first_signal
from orderwarden.domain.line import Line, Result
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden.domain.signal import Signal
from orderwarden.errors import ConfigurationError
from orderwarden.ports import Parked, Store
from orderwarden.services.process import Process
from orderwarden.services.process_steps.claim import claim
from requests import PreparedRequest, Response
from scenario import COMPLETE, STORE, Died, Scenario
from urllib3 import HTTPResponse

SHIPPED, COMPLETED, DISPUTED = 2, 10, 13
AWAITING_PAYMENT, AWAITING_FULFILLMENT = 7, 11
HEAD = "version: 1\nmode: live\ntime_zone: UTC\nrules:\n"
NOTE_COMPLETED = """  - name: note-completed
    on: [status_updated]
    when: {status: Completed}
    do: [{staff_note: "Done."}]
"""
TWO_WRITES = f"""{HEAD}
  - name: sent
    on: [shipment_created, status_updated]
    when: {{status: Shipped}}
    do: [{{set_status: Completed}}, {{metafield: {{namespace: erp, key: sent, value: "yes"}}}}]
"""
PAID = f"""{HEAD}
  - name: paid
    on: [transaction_created]
    when: {{status: Awaiting Payment, paid: true}}
    do: [{{set_status: Awaiting Fulfillment}}]
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return Scenario(tmp_path)


def shipped(scenario: Scenario) -> int:
    """Ship an order and let its webhooks come; nobody works on them yet."""
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.ship(order)
    scenario.deliver()
    return order


def test_a_duplicate_is_looked_at_while_its_order_was_never_seen(scenario: Scenario) -> None:
    scenario.publish(HEAD + NOTE_COMPLETED)
    order = shipped(scenario)
    deliveries = scenario.queue.receive(limit=10, visibility_s=30)
    signals = [Signal.from_json(delivery.body) for delivery in deliveries]
    [signal] = [each for each in signals if each.new_status_id == SHIPPED]
    first = scenario.process.handle(signal, 1)
    scenario.publish(COMPLETE)

    again = scenario.process.handle(signal, 1)

    assert (first.kind, again.kind) == ("no_rule", "applied")
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_a_later_write_whose_line_was_blocked_before_is_owed_after_a_death(
    tmp_path: Path,
) -> None:
    scenario = Scenario(tmp_path, TWO_WRITES)
    order = shipped(scenario)
    intend = scenario.changelog.replace

    def die(line: Line, expected: Line | None) -> Line | None:
        if line.action != "metafield":
            return intend(line, expected)
        scenario.changelog.replace = intend  # type: ignore[method-assign]
        intend(replace(line, result=Result.BLOCKED, attempt="", reason="hold"), None)
        raise Died

    scenario.changelog.replace = die  # type: ignore[method-assign]
    scenario.crash(scenario.run)
    scenario.clock.advance(31)  # the lease is 30 s
    scenario.run()

    assert len(list(scenario.sim.world.metafields.of(order))) == 1


def test_a_payment_that_the_event_tells_of_is_waited_for(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, PAID, scopes=["store/order/transaction/created"])
    order = scenario.sim.shopper.place(total="40.00")
    scenario.run()
    scenario.clock.advance(30)
    send = scenario.adapter.send

    def none_yet(request: PreparedRequest, *more: object, **named: object) -> Response:
        response = send(request, *more, **named)
        if "/transactions" in str(request.url):
            scenario.adapter.send = send  # type: ignore[method-assign]
            told = json.dumps({"data": [], "meta": {}}).encode()
            response.raw = HTTPResponse(io.BytesIO(told), status=200, preload_content=False)
        return response

    scenario.adapter.send = none_yet  # type: ignore[method-assign]
    add_transaction(scenario.sim.world, scenario.sim.order(order), "purchase", Payment())
    scenario.run()

    assert scenario.our_writes(order) == [(AWAITING_PAYMENT, AWAITING_FULFILLMENT)]


def test_an_echo_that_a_rule_could_match_costs_no_call(scenario: Scenario) -> None:
    scenario.publish(COMPLETE + NOTE_COMPLETED)
    shipped(scenario)

    scenario.run()

    echo = [x for signal, x in scenario.outcomes if signal.new_status_id == COMPLETED]
    assert [(x.kind, x.api_calls) for x in echo] == [("echo", 0)]


def test_no_lower_status_rule_takes_the_place_of_a_held_one(scenario: Scenario) -> None:
    lower = COMPLETE.partition("rules:\n")[2].replace("complete-when-shipped", "lower")
    scenario.publish(COMPLETE + lower.replace("Completed", "Disputed"))
    order = shipped(scenario)
    scenario.state.hold(STORE, order, "complete-when-shipped", "by hand")

    scenario.run()

    assert scenario.our_writes(order) == []


def in_six_steps(folder: Path) -> tuple[Scenario, int]:
    """Have rules that move an order on five times, one after the other; begin with the first."""
    way = (
        *("Awaiting Fulfillment", "Awaiting Shipment", "Awaiting Pickup", "Shipped"),
        *("Partially Shipped", "Manual Verification Required"),
    )
    rules = "".join(
        f"""  - name: step-{n}
    on: [status_updated]
    when: {{status: {before}}}
    do: [{{set_status: {after}}}, {{metafield: {{namespace: erp, key: k{n}, value: "yes"}}}}]
"""
        for n, (before, after) in enumerate(pairwise(way))
    )
    scenario = Scenario(folder, HEAD + rules)
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Awaiting Fulfillment")
    scenario.deliver()
    return scenario, order


def changes_of(scenario: Scenario, order: int) -> list[tuple[int | None, int | None]]:
    return [write for write in scenario.our_writes(order) if write[0] != write[1]]


def test_one_event_brings_about_four_changes_at_most(tmp_path: Path) -> None:
    scenario, order = in_six_steps(tmp_path)

    outcome = scenario.process.handle(first_signal(scenario), 1)

    assert len(changes_of(scenario, order)) == 4
    assert outcome.reason == "too_many_writes"
    assert [review.kind for review in scenario.reviews()] == ["too_many_writes"]


def test_a_stopped_store_settles_what_was_begun_and_begins_nothing_new(
    scenario: Scenario,
) -> None:
    scenario.publish(COMPLETE + NOTE_COMPLETED)
    order = shipped(scenario)
    die_at_the_put(scenario)
    scenario.crash(scenario.run)
    scenario.state.stop(STORE, "by_hand")

    scenario.run()

    assert scenario.results(order) == [("complete-when-shipped", "recovered")]
    assert len(scenario.puts()) == 1


def test_four_changes_are_the_most_with_a_death_in_between(tmp_path: Path) -> None:
    scenario, order = in_six_steps(tmp_path)
    signal, made = first_signal(scenario), []

    def die_at_the_third(method: str, path: str) -> None:
        if method == "PUT":
            made.append(path)
            if len(made) == 3:
                raise Died

    scenario.adapter.after = die_at_the_third
    scenario.crash(lambda: scenario.process.handle(signal, 1))
    scenario.clock.advance(31)  # the lease is 30 s
    scenario.process.handle(signal, 2)

    assert len(changes_of(scenario, order)) == 4


def test_a_renewal_in_the_middle_of_a_write_waits_for_it(scenario: Scenario) -> None:
    order = shipped(scenario)
    process, write = scenario.process, scenario.receipts.replace
    renewals: list[threading.Thread] = []

    def renew_meanwhile(receipt: Receipt, expected: Receipt | None) -> Receipt | None:
        if receipt.decision and not renewals:
            renewals.append(threading.Thread(target=process.renew_leases))
            renewals[0].start()
            renewals[0].join(timeout=0.2)  # it waits for us: nothing else ends it
        return write(receipt, expected)

    scenario.receipts.replace = renew_meanwhile  # type: ignore[method-assign]
    outcome = scenario.work_once()
    renewals[0].join()

    assert outcome is not None
    assert outcome.kind == "applied"
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_a_signal_that_is_done_with_is_not_renewed(scenario: Scenario) -> None:
    shipped(scenario)
    signal = first_signal(scenario)
    scenario.process.handle(signal, 1)
    [before] = scenario.receipts.look_up([signal.receipt_key]).values()

    scenario.process.renew_leases()

    assert list(scenario.receipts.look_up([signal.receipt_key]).values()) == [before]


def test_what_was_recovered_is_told_as_applied(scenario: Scenario) -> None:
    shipped(scenario)
    signal = first_signal(scenario)
    die_at_the_put(scenario)
    scenario.crash(lambda: scenario.process.handle(signal, 1))
    scenario.clock.advance(31)  # the lease is 30 s

    outcome = scenario.process.handle(signal, 2)

    assert (outcome.kind, len(outcome.lines)) == ("applied", 1)


def test_a_line_that_another_signal_left_is_settled_with_what_is_owed(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, TWO_WRITES)
    order = shipped(scenario)
    signal = first_signal(scenario)
    die_at_the_put(scenario)
    scenario.crash(lambda: scenario.process.handle(signal, 1))
    [line] = scenario.lines(order)
    lost = replace(line, id="lost", action="staff_note", to_status_id=None, attempt="lost")
    scenario.changelog.replace(lost, None)
    scenario.clock.advance(31)  # the lease is 30 s

    scenario.process.handle(signal, 2)
    scenario.clock.advance(61)  # the second look
    scenario.process.handle(signal, 3)

    results = {line.id: line.result for line in scenario.lines(order)}
    assert results["lost"] is Result.NOT_APPLIED
    assert len(list(scenario.sim.world.metafields.of(order))) == 1


def cancelling(folder: Path) -> tuple[Scenario, int, Signal]:
    """Have a rule that cancels and one for what is cancelled, and an event for the first."""
    scenario = Scenario(
        folder,
        f"""{HEAD}
  - name: cancel-flagged
    on: [status_updated]
    when: {{status: Manual Verification Required, paid: false}}
    do: [{{set_status: Cancelled}}]
  - name: note-cancelled
    on: [status_updated]
    when: {{status: Cancelled}}
    do: [{{staff_note: "Cancelled."}}]
""",
    )
    order = scenario.sim.shopper.place(total="40.00")
    scenario.run()
    scenario.clock.advance(30)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    scenario.deliver()
    return scenario, order, first_signal(scenario)


def test_after_a_dangerous_change_only_money_is_asked_about(tmp_path: Path) -> None:
    scenario, order, signal = cancelling(tmp_path)

    scenario.process.handle(signal, 1)

    assert scenario.results(order) == [("cancel-flagged", "applied")]


def test_after_a_dangerous_change_that_was_recovered_only_money_is_asked_about(
    tmp_path: Path,
) -> None:
    scenario, order, signal = cancelling(tmp_path)
    die_at_the_put(scenario)
    scenario.crash(lambda: scenario.process.handle(signal, 1))
    scenario.clock.advance(31)  # the lease is 30 s

    scenario.process.handle(signal, 2)

    assert scenario.results(order) == [("cancel-flagged", "recovered")]


def test_a_death_while_a_signal_is_parked_leaves_it_in_hand(scenario: Scenario) -> None:
    shipped(scenario)
    signal = first_signal(scenario)
    scenario.state.pause_rule(STORE, "complete-when-shipped")

    def die(parked: Parked) -> None:  # noqa: ARG001
        raise Died

    scenario.state.park = die  # type: ignore[method-assign]
    scenario.crash(lambda: scenario.process.handle(signal, 1))

    [receipt] = scenario.receipts.look_up([signal.receipt_key]).values()
    assert receipt.state is ReceiptState.HELD


def test_a_store_that_is_not_configured_claims_nothing(scenario: Scenario) -> None:
    shipped(scenario)
    signal = first_signal(scenario)
    ports = scenario.process._ports

    def unknown(store: str) -> Store:
        raise ConfigurationError(f"store {store}: not configured")

    outcome = Process(replace(ports, stores=unknown)).handle(signal, 1)

    assert outcome.kind == "again"
    assert scenario.receipts.look_up([signal.receipt_key]) == {}


def test_what_another_worker_has_in_hand_is_not_called_a_duplicate(scenario: Scenario) -> None:
    shipped(scenario)
    deliveries = scenario.queue.receive(limit=10, visibility_s=30)
    signals = [Signal.from_json(delivery.body) for delivery in deliveries]
    [signal] = [each for each in signals if each.new_status_id == SHIPPED]
    claim(scenario.new_process()._ports, signal)
    scenario.publish(HEAD + NOTE_COMPLETED)

    outcome = scenario.process.handle(signal, 1)

    assert (outcome.kind, outcome.reason) == ("again", "held")
