"""`reconcile` on the embedded backend and the simulated store: what was missed is found."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest
from bigcommerce_sim import Attempt, Request, Response
from catching_up import CatchingUp, lose_the_queue, lose_webhooks
from orderwarden.domain.statuses import IDS
from orderwarden.services.reconcile import Reconciliation, Wanted
from rule_files import for_each_parcel, rule_file
from scenario import STORE, Died, Scenario

COMPLETED, SHIPPED, CANCELLED = IDS["Completed"], IDS["Shipped"], IDS["Cancelled"]
MARKED = IDS["Manual Verification Required"]
FRESH_ONLY = (
    "{name: fresh-only, on: order_updated, catch_up: false, "
    "when: {status: Manual Verification Required}, do: [{set_status: Awaiting Fulfillment}]}"
)
TWO_RULES = rule_file(
    "{name: complete-when-shipped, on: [shipment_created, status_updated], "
    "when: {status: Shipped, total: {over: 10}}, do: [{set_status: Completed}]}",
    FRESH_ONLY,
)


def renumber(scenario: Scenario) -> None:
    """Let the store call status 5 Declined and status 6 Cancelled."""
    right = scenario.sim.handle

    def handle(request: Request) -> Response:
        response = right(request)
        if not request.path.endswith("/order_statuses"):
            return response
        rows = json.loads(response.body)
        rows[5]["system_label"], rows[6]["system_label"] = "Declined", "Cancelled"
        return replace(response, body=json.dumps(rows).encode())

    scenario.sim.handle = handle  # type: ignore[method-assign]


def a_shipped_order(scenario: Scenario) -> int:
    """Return an order that the rules want completed; its webhooks are still on their way."""
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    return order


def a_missed_order(scenario: Scenario) -> int:
    """Return an order that the rules want completed, of which no webhook told two minutes ago."""
    order = a_shipped_order(scenario)
    lose_webhooks(scenario)
    scenario.clock.advance(120)
    return order


def come_late(scenario: Scenario, webhooks: Iterable[Attempt]) -> None:
    """Let webhooks come after all, and work."""
    for attempt in webhooks:
        scenario.receive_webhook(attempt)
    scenario.run()


def test_an_order_whose_webhooks_were_lost_is_found_and_brought_where_the_rules_want_it(
    scenario: Scenario,
) -> None:
    catching_up = CatchingUp(scenario)
    order = a_missed_order(scenario)

    sums = catching_up.sums()
    scenario.run()

    assert sums == {"orders": 1, "missed": 1, "recovered": 1, "ended": "complete"}
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
    [line] = scenario.lines(order)
    assert (line.trigger, line.result.value) == ("reconcile", "applied")
    assert line.run_id is not None
    assert line.run_id.startswith("reconcile-")


def test_an_order_whose_webhooks_came_costs_nothing_more(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    a_shipped_order(scenario)
    scenario.run()
    scenario.clock.advance(120)
    calls = len(scenario.sim.journal.requests)

    sums = catching_up.sums()

    assert sums == {"orders": 1, "received": 1, "already_handled": 1, "ended": "complete"}
    assert len(scenario.sim.journal.requests) == calls + 2  # the statuses, one page of orders
    assert scenario.queue.depth().queued == 0


def test_what_a_run_found_is_not_found_again(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    order = a_missed_order(scenario)

    first, while_it_waits = catching_up.sums(), catching_up.sums()
    scenario.run()
    scenario.clock.advance(70)
    after_it = catching_up.sums()

    assert first["recovered"] == 1
    assert while_it_waits == {"orders": 1, "received": 1, "waiting": 1, "ended": "complete"}
    assert after_it == {"orders": 1, "received": 1, "already_handled": 1, "ended": "complete"}
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_an_order_that_no_rule_could_match_is_noted_as_seen(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    scenario.sim.shopper.place(status="Pending")
    lose_webhooks(scenario)
    scenario.clock.advance(120)

    sums = [catching_up.sums(), catching_up.sums()]

    assert sums[0] == {"orders": 1, "unmatched": 1, "ended": "complete"}
    assert sums[1] == {"orders": 1, "received": 1, "already_handled": 1, "ended": "complete"}
    assert scenario.queue.depth().queued == 0


def test_what_is_younger_than_a_minute_is_left_to_its_webhook(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    a_shipped_order(scenario)
    lose_webhooks(scenario)
    scenario.clock.advance(59)

    too_early = catching_up.sums()
    scenario.clock.advance(60)
    in_time = catching_up.sums()

    assert too_early == {"ended": "complete"}
    assert in_time["recovered"] == 1


def test_the_first_run_looks_back_as_far_as_it_is_told_to(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    a_shipped_order(scenario)
    lose_webhooks(scenario)
    scenario.clock.advance(13 * 3600)

    sums = catching_up.sums(Wanted(look_back=timedelta(hours=12)))

    assert sums == {"ended": "complete"}


def test_after_an_outage_of_any_length_every_order_is_where_the_rules_want_it(
    scenario: Scenario,
) -> None:
    catching_up = CatchingUp(scenario)
    catching_up.run()
    orders = []
    for _ in range(20):
        scenario.clock.advance(12 * 3600)
        orders.append(a_shipped_order(scenario))
        lose_webhooks(scenario)
    scenario.clock.advance(120)

    sums = catching_up.sums()
    scenario.run()

    assert sums == {"orders": 20, "missed": 20, "recovered": 20, "ended": "complete"}
    assert {scenario.status_of(order) for order in orders} == {COMPLETED}


def test_a_thousand_orders_of_one_second_are_taken_in_room_by_room(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    scenario.publish(TWO_RULES)
    totals = ["20" if number % 5 == 0 else "5" for number in range(1000)]
    orders = [scenario.sim.shopper.place(status="Shipped", total=total) for total in totals]
    lose_webhooks(scenario)
    scenario.clock.advance(120)
    recovered: list[int] = []

    while sum(recovered) < 200:
        done = catching_up.run(Wanted(period_s=0.08))  # 100,000 calls in 30 s, less the reserve
        recovered.append(len(done.keys))
        scenario.run()

    assert done.is_complete
    assert recovered == [71, 71, 58]
    due = [order for order, total in zip(orders, totals, strict=True) if total == "20"]
    assert {tuple(scenario.our_writes(order)) for order in due} == {((SHIPPED, COMPLETED),)}
    assert len(scenario.puts()) == 200


def test_a_live_webhook_never_waits_behind_more_than_there_is_room_for(
    scenario: Scenario,
) -> None:
    catching_up = CatchingUp(scenario)
    for _ in range(5):
        a_shipped_order(scenario)
    lose_webhooks(scenario)
    scenario.clock.advance(120)

    done = catching_up.run(Wanted(period_s=0.0))

    assert (done.ended, done.keys) == ("no_room", [])
    assert scenario.queue.depth().queued == 0
    assert done.run.summary["next_id"] == scenario.sim.order(100).id


def test_a_lost_queue_is_made_up_for_within_a_day(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    order = a_missed_order(scenario)
    catching_up.run()
    lose_the_queue(scenario)

    for _ in range(25 * 4):
        scenario.clock.advance(900)
        catching_up.run()
    scenario.run()

    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_a_person_brings_back_what_a_lost_queue_held(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    catching_up.run()
    began_at = scenario.clock.now()
    order = a_shipped_order(scenario)
    scenario.deliver()
    lose_the_queue(scenario)
    scenario.clock.advance(3600)
    catching_up.run()
    lose_the_queue(scenario)
    scenario.clock.advance(7 * 3600)
    catching_up.run()

    done = catching_up.run(Wanted(since=began_at))
    scenario.run()

    assert done.run.summary["recovered"] == 1
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_a_table_restored_to_what_it_was_leaves_no_gap(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    order = a_shipped_order(scenario)
    scenario.run()
    scenario.clock.advance(120)
    catching_up.run()
    with scenario.database.writing() as connection:
        connection.execute("DELETE FROM seen_orders")
        connection.execute("DELETE FROM bookmarks")
        connection.execute("DELETE FROM receipts")

    sums = catching_up.sums()
    scenario.run()

    assert sums["orders"] == 1
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
    assert catching_up.sums()["already_handled"] == 1


def test_a_rule_that_does_not_catch_up_keeps_the_order_unseen(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    scenario.publish(TWO_RULES)
    order = scenario.sim.shopper.place(status="Manual Verification Required")
    late = scenario.sim.due()
    scenario.clock.advance(120)

    sums = catching_up.sums()
    scenario.run()
    writes_of_the_run = scenario.our_writes(order)
    come_late(scenario, late)

    assert sums == {"orders": 1, "missed": 1, "opted_out": 1, "ended": "complete"}
    assert writes_of_the_run == []
    assert scenario.our_writes(order) == [(MARKED, IDS["Awaiting Fulfillment"])]


def test_what_a_rule_that_does_not_catch_up_was_not_asked_about_is_not_seen(
    scenario: Scenario,
) -> None:
    catching_up = CatchingUp(scenario)
    scenario.publish(
        rule_file(
            "{name: complete-paid, on: [shipment_created, status_updated], "
            "when: {status: Manual Verification Required, paid: true}, "
            "do: [{set_status: Completed}]}",
            FRESH_ONLY,
        )
    )
    order = scenario.sim.shopper.place(status="Pending")
    lose_webhooks(scenario)
    scenario.clock.advance(5)
    scenario.sim.staff.edit(order, status="Manual Verification Required")
    lose_webhooks(scenario)
    scenario.clock.advance(5)
    scenario.sim.staff.edit(order, customer_message="Where is it?")
    late = scenario.sim.due()
    scenario.clock.advance(120)

    sums = catching_up.sums()
    scenario.run()
    come_late(scenario, late)

    assert sums["recovered"] == 1
    assert scenario.our_writes(order) == [(MARKED, IDS["Awaiting Fulfillment"])]


def test_money_that_came_for_an_order_we_cancelled_is_found_though_no_rule_asks(
    scenario: Scenario,
) -> None:
    catching_up = CatchingUp(scenario)
    scenario.publish(
        rule_file(
            "{name: cancel, on: order_created, when: {status: Awaiting Payment}, "
            "do: [{set_status: Cancelled}]}",
            FRESH_ONLY,
        )
    )
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.run()
    assert scenario.status_of(order) == CANCELLED
    scenario.clock.advance(120)
    scenario.sim.shopper.pay(order)
    scenario.sim.staff.edit(order, status="Cancelled", customer_message="paid?")
    lose_webhooks(scenario)
    scenario.clock.advance(120)

    catching_up.run()
    scenario.run()

    assert scenario.status_of(order) == IDS["Awaiting Payment"]
    assert [rule for rule, _ in scenario.results(order)][-1] == "paid_in_window"


def test_a_stopped_store_is_left_alone_and_caught_up_afterwards(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    a_missed_order(scenario)
    scenario.state.stop(STORE, "paused_by_hand")
    calls = len(scenario.sim.journal.requests)

    while_stopped = catching_up.run()
    calls_while_stopped = len(scenario.sim.journal.requests) - calls
    scenario.state.resume(STORE)
    afterwards = catching_up.run()

    assert (while_stopped.ended, calls_while_stopped) == ("stopped", 0)
    assert len(afterwards.keys) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_stops_the_store_with_one_alarm(scenario: Scenario, status: int) -> None:
    catching_up = CatchingUp(scenario)
    scenario.fault("status", status=status, path="/v2/orders")

    ended = [catching_up.run().ended, catching_up.run().ended]

    assert ended == ["stopped", "stopped"]
    assert scenario.state.controls(STORE).stopped == f"unauthorised_{status}"
    assert scenario.notices.kinds == ["store_stopped"]
    assert scenario.notices.details == [{"said": "Injected fault"}]


def test_statuses_that_are_not_ours_stop_the_store_and_ask_a_person(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    a_missed_order(scenario)
    renumber(scenario)

    done = catching_up.run()

    assert (done.ended, done.keys) == ("status_mismatch", [])
    assert scenario.state.controls(STORE).stopped == "status_mismatch"
    assert [review.kind for review in scenario.reviews()] == ["status_mismatch"]


def test_labels_that_the_store_gave_its_statuses_are_only_noted(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    scenario.sim.staff.rename_status("Awaiting Fulfillment", "Picking")

    done = catching_up.run()

    assert done.run.summary["renamed"] == {"11": "Picking"}
    assert (done.ended, scenario.reviews()) == ("complete", [])


@pytest.mark.parametrize("path", ["/v2/order_statuses", "/v2/orders"])
@pytest.mark.parametrize("answer", ["reset", "html", "empty", "half_json", "throttled"])
def test_a_store_that_does_not_answer_is_asked_again_and_nothing_is_skipped(
    scenario: Scenario, path: str, answer: str
) -> None:
    catching_up = CatchingUp(scenario)
    a_missed_order(scenario)
    fault = scenario.fault(answer, path=path)

    away = catching_up.run()
    scenario.sim.faults.remove(fault)
    scenario.clock.advance(120)
    back = catching_up.run()

    assert (away.ended, away.keys) == ("again", [])
    assert (back.ended, len(back.keys)) == ("complete", 1)
    assert scenario.state.controls(STORE).stopped == ""
    assert scenario.reviews() == []


def test_a_list_without_a_single_status_is_no_mismatch(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    right = scenario.sim.handle
    empty = lambda request: replace(right(request), body=b"[]")  # noqa: E731
    scenario.sim.handle = empty  # type: ignore[method-assign]

    done = catching_up.run()

    assert done.ended == "again"
    assert scenario.state.controls(STORE).stopped == ""


def test_a_store_that_ignores_the_dates_ends_the_run_and_a_person_is_told(
    scenario: Scenario,
) -> None:
    catching_up = CatchingUp(scenario)
    a_shipped_order(scenario)
    lose_webhooks(scenario)
    scenario.clock.advance(100 * 3600)
    right = scenario.sim.handle
    deaf = lambda request: right(replace(request, query="limit=250&sort=id"))  # noqa: E731
    scenario.sim.handle = deaf  # type: ignore[method-assign]

    ended = [catching_up.run().ended, catching_up.run().ended]

    assert ended == ["outside_window", "outside_window"]
    assert [review.kind for review in scenario.reviews()] == ["outside_window"]
    assert scenario.notices.kinds == ["outside_window"]
    assert scenario.queue.depth().queued == 0


def test_a_run_that_died_between_queue_and_bookmark_is_taken_up_without_a_double(
    scenario: Scenario,
) -> None:
    catching_up = CatchingUp(scenario)
    order = a_missed_order(scenario)
    move = scenario.state.replace_bookmark
    moves = iter([True, False])

    def die_at_the_second(store: str, name: str, text: str, before: str | None) -> bool:
        if not next(moves):
            raise Died
        return move(store, name, text, before)

    scenario.state.replace_bookmark = die_at_the_second  # type: ignore[method-assign]
    with pytest.raises(Died):
        catching_up.run()
    scenario.state.replace_bookmark = move  # type: ignore[method-assign]
    sums = catching_up.sums()
    scenario.run()

    assert sums == {"orders": 1, "received": 1, "waiting": 1, "ended": "complete"}
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_a_run_beside_another_goes_on_where_that_one_is(scenario: Scenario) -> None:
    catching_up, other = CatchingUp(scenario), CatchingUp(scenario)
    orders = [a_shipped_order(scenario) for _ in range(3)]
    lose_webhooks(scenario)
    scenario.clock.advance(120)
    others: list[Reconciliation] = []

    def meanwhile() -> bool:
        if not others:
            others.append(other.run())
        return True

    done = catching_up.run(Wanted(go_on=meanwhile))
    scenario.run()

    assert (done.ended, others[0].ended) == ("complete", "complete")
    assert len(others[0].keys) + len(done.keys) == 3
    assert {tuple(scenario.our_writes(order)) for order in orders} == {((SHIPPED, COMPLETED),)}


def test_a_run_that_is_told_to_stop_leaves_the_rest_to_the_next_one(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    a_missed_order(scenario)

    stopped = catching_up.run(Wanted(go_on=lambda: False))
    afterwards = catching_up.run()

    assert (stopped.ended, stopped.keys) == ("interrupted", [])
    assert len(afterwards.keys) == 1


def test_runs_are_kept_that_found_something_or_were_asked_for(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    catching_up.run()
    asked_for = catching_up.run(Wanted(is_asked_for=True))
    a_missed_order(scenario)
    found = catching_up.run()
    catching_up.run()

    kept = {run.id: run for run in scenario.state.runs(STORE, 10)}

    assert kept.keys() == {asked_for.run.id, found.run.id}
    assert kept[found.run.id].summary["recovered"] == 1
    assert kept[found.run.id].ended_at == scenario.clock.now()


def test_without_rules_nothing_is_taken_for_seen(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    order = a_missed_order(scenario)
    with scenario.database.writing() as connection:
        connection.execute("DELETE FROM rules")

    done = catching_up.run()

    assert (done.ended, done.keys) == ("no_rules", [])
    assert scenario.state.seen(STORE, order) is None


def test_a_parcel_whose_webhook_alone_was_lost_is_noted_once(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    do = "[{staff_note: A parcel went out.}]"
    scenario.publish(for_each_parcel(do, when="status: [Partially Shipped, Shipped]"))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment", quantity=3)
    scenario.run()
    scenario.clock.advance(60)
    scenario.sim.staff.ship(order, pieces=1)
    scenario.run()
    scenario.clock.advance(60)
    scenario.sim.staff.ship(order, pieces=1)
    for attempt in scenario.sim.due():
        if attempt.scope.startswith("store/shipment"):
            scenario.sim.record_result(attempt, 200)  # lost
        else:
            scenario.sim.record_result(attempt, scenario.receive_webhook(attempt))
    scenario.run()
    heard = scenario.sim.order(order).staff_notes.count("A parcel went out.")
    scenario.clock.advance(120)

    first = catching_up.sums()
    scenario.run()
    scenario.clock.advance(120)
    second = catching_up.sums()
    scenario.run()

    assert heard == 1
    assert first["rechecked"] == 1
    assert scenario.sim.order(order).staff_notes.count("A parcel went out.") == 2
    assert second.get("missed", 0) == 0
