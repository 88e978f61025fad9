"""`timeline`: what is known of one order, on the embedded backend and the simulated store."""

from __future__ import annotations

from datetime import timedelta

from catching_up import lose_webhooks
from happenings import shipped
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.ports import Parked, Review
from orderwarden.services.timeline import Timeline, timeline
from rule_files import rule_file
from scenario import STORE, Scenario

NEVER = rule_file(
    "{name: never, on: status_updated, when: {previous_status: Declined}, "
    "do: [{set_status: Completed}]}"
)


def told(scenario: Scenario, order: int) -> Timeline:
    return timeline(scenario.receipts, scenario.changelog, scenario.state, STORE, order)


def test_a_changed_order_tells_what_was_received_and_what_was_made_of_it(
    scenario: Scenario,
) -> None:
    order = shipped(scenario)
    scenario.run()

    found = told(scenario, order)

    kinds = [entry.kind for entry in found.entries]
    assert kinds[0] == "received"
    assert {"received", "change", "seen"} == set(kinds)
    assert [entry.at for entry in found.entries] == sorted(entry.at for entry in found.entries)
    [change] = [entry for entry in found.entries if entry.kind == "change"]
    assert change.what.startswith("complete-when-shipped applied, Shipped → Completed: ")
    received = [entry.what for entry in found.entries if entry.kind == "received"]
    assert any("echo" in str(entry.ids.get("outcome")) for entry in found.entries)
    assert any("it told of our own change" in what for what in received)
    assert "Its last change of ours was made by rule complete-when-shipped." in found.answer


def test_an_order_that_no_rule_could_match_says_so(scenario: Scenario) -> None:
    scenario.publish(NEVER)
    order = scenario.sim.shopper.place(status="Pending")
    scenario.run()

    found = told(scenario, order)

    assert found.answer[-1].endswith("no rule could be true of it, so nothing was read.")


def test_an_order_of_which_nothing_was_received_says_where_to_look(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(status="Pending")
    lose_webhooks(scenario)

    found = told(scenario, order)

    assert found.entries == []
    assert "reconcile run" in found.answer[0]


def test_what_an_order_waits_for_comes_first(scenario: Scenario) -> None:
    now = scenario.clock.now()
    scenario.state.stop(STORE, "paused_by_hand")
    signal = Signal(STORE, 100, Trigger.ORDER_UPDATED, now, "k1")
    other = Signal(STORE, 101, Trigger.ORDER_UPDATED, now, "k2")
    scenario.state.park(Parked(signal, "paused_by_hand", now, waits_for="store"))
    scenario.state.park(Parked(other, "paused_by_hand", now, waits_for="store"))
    late = Signal(STORE, 100, Trigger.ORDER_UPDATED, now, "k3")
    scenario.state.park(Parked(late, "timeout", now, until=now + timedelta(hours=1)))
    scenario.state.open_review(Review("r1", STORE, "refused", now, "It said 400.", order_id=100))
    scenario.state.hold(STORE, 100, "cancel-unpaid", "undone")

    found = told(scenario, 100)

    assert [entry.kind for entry in found.entries] == ["review", "parked", "parked"]
    assert list(found.answer[:5]) == [
        "The store is stopped (paused_by_hand): its signals wait until it runs.",
        "A signal is parked (paused_by_hand); it waits for store.",
        "A signal is parked (timeout); its time comes at 2026-11-21 13:00 UTC.",
        "A review waits for a person: r1.",
        "Rules are held off this order by a person: cancel-unpaid.",
    ]
