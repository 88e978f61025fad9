"""Scenarios of actions that readers of the code found, each once a bug."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from bigcommerce_sim import Settings
from happenings import reconcile, requests_of, touch
from orderwarden.services.process_steps.limits import changes_name
from orderwarden.services.rules_in_force import RulesInForce
from orderwarden.services.unpark import unpark_all
from orderwarden.services.verdict import approve
from rule_files import READY, WITH_MONEY, cancel_and_void, for_each_parcel, rule_file
from scenario import STORE, Scenario, die

PARTIALLY_SHIPPED, SHIPPED, CANCELLED, COMPLETED, AWAITING_FULFILMENT = 3, 2, 5, 10, 11
AWAITING_PAYMENT, AWAITING_SHIPMENT = 7, 9


def acts(scenario: Scenario, order: int) -> list[tuple[str, str, str]]:
    return [(line.rule, line.action, line.result.value) for line in scenario.lines(order)]


def test_a_shadow_rule_below_one_that_continues_writes_nothing(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        rule_file(
            f"{{name: first, {READY}, continue: true, do: [{{staff_note: one}}]}}",
            f"{{name: tried, {READY}, mode: shadow, do: [{{staff_note: two}}, create_shipment]}}",
            f"{{name: last, {READY}, do: [{{notify: three}}]}}",
        ),
    )

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()

    assert scenario.sim.order(order).staff_notes == "one"
    assert scenario.sim.world.shipments_of(order).of(order) == []
    assert sorted(scenario.results(order)) == [
        ("first", "applied"),
        ("last", "applied"),
        ("tried", "would"),
    ]


def test_what_another_signal_made_meanwhile_is_not_made_again_as_owed(tmp_path: Path) -> None:
    when = "on: order_updated, when: {status: Partially Refunded}"
    scenario = Scenario(
        tmp_path,
        rule_file(
            f"{{name: tell, {when}, continue: true, do: [{{staff_note: seen}}]}}",
            f"{{name: back, {when}, do: [{{refund: {{amount: 5}}}}]}}",
            head=WITH_MONEY,
        ),
    )
    order = scenario.sim.shopper.place(total="40.00", status="Awaiting Payment")
    scenario.sim.shopper.pay(order)
    scenario.run()
    throttled = scenario.fault("bare_throttled", method="POST", path="*payment_actions/refunds")
    scenario.sim.staff.refund(order, 10)
    scenario.run(for_s=2 * 3600)  # the event is parked, and owes the refund
    scenario.sim.faults.remove(throttled)

    touch(scenario, order)
    scenario.clock.advance(3600)
    scenario.unpark()
    scenario.run()

    assert acts(scenario, order)[-1] == ("back", "refund", "applied")
    assert [refund.total_amount for refund in scenario.sim.world.refunds.of(order)] == [10, 5]


def test_a_failed_part_leaves_the_rest_to_the_order_as_it_is_now(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        rule_file(
            f"{{name: first, {READY}, "
            "do: [{set_status: Awaiting Shipment}, "
            "{metafield: {namespace: a, key: b, value: c}}]}",
            f"{{name: second, {READY}, do: [{{set_status: Completed}}]}}",
        ),
    )
    scenario.fault("status", status=422, method="POST", path="*metafields")

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()

    assert scenario.our_writes(order) == [(AWAITING_FULFILMENT, AWAITING_SHIPMENT)]


def test_money_after_a_cancellation_is_seen_though_a_later_part_failed(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        rule_file(
            "{name: end, on: [order_updated], when: {status: Awaiting Payment}, "
            "do: [{set_status: Cancelled}, {metafield: {namespace: a, key: b, value: c}}]}",
        ),
    )
    scenario.fault("status", status=422, method="POST", path="*metafields")
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, customer_message="now")

    def pay() -> None:
        scenario.sim.shopper.pay(order, moves_status=False)

    scenario.adapter.once_before("PUT", pay, f"/orders/{order}")
    scenario.run()

    assert scenario.status_of(order) == AWAITING_PAYMENT


@pytest.mark.parametrize("lag_s", [1.0, 3.0])
def test_a_note_upon_a_lagging_body_never_takes_the_stores_own_status_back(
    tmp_path: Path, lag_s: float
) -> None:
    scenario = Scenario(
        tmp_path, rule_file(f"{{name: go, {READY}, do: [create_shipment, {{staff_note: sent}}]}}")
    )
    order = scenario.sim.shopper.place(
        status="Awaiting Fulfillment", items=[("SKU-202", 1), ("SKU-203", 2)], addresses=2
    )

    def slow(method: str, path: str) -> None:
        if method == "POST" and path.endswith("/shipments"):
            scenario.clock.advance(1.5)
            if len(scenario.sim.world.shipments_of(order).of(order)) == 1:
                scenario.sim.settings.read_lag_s = lag_s

    scenario.clock.advance(10)
    scenario.adapter.before = slow
    scenario.run()

    assert scenario.status_of(order) == SHIPPED
    assert scenario.sim.order(order).staff_notes == "sent"


def voiding(tmp_path: Path) -> tuple[Scenario, int]:
    scenario = Scenario(tmp_path, cancel_and_void())
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.sim.shopper.authorise(order)
    scenario.run()
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, staff_notes="ask")
    return scenario, order


def after_the_void(scenario: Scenario, act: Callable[[], object]) -> None:
    """Do something once, when the money is looked at again after the void."""
    adapter = scenario.adapter
    adapter.once_after("POST", lambda: adapter.once_before("GET", act, "/transactions"), "/void")


def test_a_voided_order_that_a_person_edits_just_then_is_cancelled_all_the_same(
    tmp_path: Path,
) -> None:
    scenario, order = voiding(tmp_path)

    after_the_void(scenario, lambda: scenario.sim.staff.edit(order, staff_notes="hurry"))
    scenario.run()

    assert scenario.status_of(order) == CANCELLED
    assert requests_of(scenario, "POST", "/void") == 1


def test_money_between_void_and_cancellation_keeps_the_order(tmp_path: Path) -> None:
    scenario, order = voiding(tmp_path)

    after_the_void(scenario, lambda: scenario.sim.shopper.pay(order, moves_status=False))
    scenario.run()

    assert scenario.status_of(order) == AWAITING_PAYMENT
    last = scenario.lines(order)[-1]
    assert (last.action, last.reason) == ("set_status", "money_taken_or_authorised")
    assert scenario.kinds()[-1] == "blocked"


def test_a_status_does_not_keep_a_repeated_notice_from_later_parcels(tmp_path: Path) -> None:
    do = "[{set_status: Awaiting Shipment}, {notify: parcel}]"
    scenario = Scenario(tmp_path, for_each_parcel(do, when="status: [Partially Shipped, Shipped]"))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment", quantity=2)
    for number in (1, 2):
        scenario.clock.advance(60)
        scenario.sim.staff.ship(order, pieces=1)
        reconcile(scenario, order, number)

    assert [line[1] for line in acts(scenario, order)].count("notify") == 2


def changes_of(scenario: Scenario, name: str) -> int:
    """Return how many changes of a rule were counted towards its `approve_after`."""
    rule_set = RulesInForce(scenario.state, scenario.clock, kept_s=0.0).of(STORE)
    assert rule_set is not None
    rule = next(rule for rule in rule_set.rules if rule.name == name)
    return scenario.state.counted(STORE, changes_name(rule))


def test_waiting_is_not_counted_towards_the_limit_of_a_lower_rule(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        rule_file(
            f"{{name: first, {READY}, continue: true, do: [{{set_status: Completed}}]}}",
            f"{{name: second, {READY}, do: [{{notify: done}}], limit: {{approve_after: 3}}}}",
        ),
    )
    scenario.fault("bare_throttled", method="PUT", times=6)

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()

    assert scenario.results(order) == [("first", "applied"), ("second", "applied")]
    assert changes_of(scenario, "second") == 1


@pytest.mark.parametrize(("answer", "status"), [("status", 422), ("bare_throttled", 429)])
def test_a_refund_without_a_quote_is_no_change_that_counts(
    tmp_path: Path, answer: str, status: int
) -> None:
    scenario = Scenario(
        tmp_path,
        rule_file(
            "{name: back, on: order_updated, when: {status: Disputed}, do: [{refund: all}], "
            "limit: {approve_after: 9}}",
            head=WITH_MONEY,
        ),
    )
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.sim.shopper.pay(order)
    scenario.run()
    scenario.fault(answer, method="POST", path="*/refund_quotes", status=status)
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, status="Disputed")

    scenario.run(for_s=600)

    assert requests_of(scenario, "POST", "/refund_quotes") > 0
    assert changes_of(scenario, "back") == 0


def test_a_lower_rule_at_its_limit_waits_for_approval_and_then_acts(tmp_path: Path) -> None:
    when = "on: order_updated, when: {status: [Disputed, Manual Verification Required]}"
    scenario = Scenario(
        tmp_path,
        rule_file(
            f"{{name: back, {when}, continue: true, do: [{{refund: {{amount: 5}}}}]}}",
            f"{{name: tell, {when}, do: [{{notify: given}}], limit: {{approve_after: 1}}}}",
            head=WITH_MONEY,
        ),
        Settings(plain_http_destinations=True, quota_requests=100_000, payment_delay_s=900.0),
    )
    orders = [scenario.sim.shopper.place(status="Awaiting Payment") for _ in range(2)]
    for order in orders:
        scenario.sim.shopper.pay(order)
        scenario.run()
        scenario.clock.advance(60)
        scenario.sim.staff.edit(order, status="Disputed")
        scenario.run(for_s=600)

    assert scenario.results(orders[1]) == [("back", "applied"), ("tell", "blocked")]
    [review] = scenario.reviews()
    approve(scenario.state, scenario.queue, STORE, review.id)
    scenario.run(for_s=100)

    assert scenario.results(orders[1]) == [("back", "applied"), ("tell", "applied")]


def test_a_reconciliation_makes_up_for_more_parcels_than_rules_in_order_change(
    tmp_path: Path,
) -> None:
    scenario = Scenario(tmp_path, for_each_parcel("[{notify: parcel}]"))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment", quantity=6)
    for _ in range(6):
        scenario.sim.staff.ship(order, pieces=1)

    reconcile(scenario, order)

    assert scenario.results(order) == [("tell", "applied")] * 6
    assert scenario.reviews() == []


def test_a_paused_rule_makes_nothing_that_it_owes_until_it_goes_on(tmp_path: Path) -> None:
    scenario, order = voiding(tmp_path)

    scenario.adapter.once_after("POST", lambda: scenario.state.pause_rule(STORE, "end"), "/void")
    scenario.run()
    paused_at = scenario.status_of(order)
    scenario.state.resume_rule(STORE, "end")
    unpark_all(scenario.state, scenario.queue, STORE, "rule:end")
    scenario.run()

    assert paused_at == AWAITING_PAYMENT
    assert scenario.status_of(order) == CANCELLED


def test_what_is_owed_names_the_version_that_decided_it(tmp_path: Path) -> None:
    do = "do: [{staff_note: a}, {metafield: {namespace: a, key: b, value: c}}]"
    scenario = Scenario(tmp_path, rule_file(f"{{name: act, {READY}, {do}}}"))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.adapter.once_after("PUT", die, f"/orders/{order}")

    scenario.crash(scenario.run)
    scenario.publish(rule_file(f"{{name: act, {READY}, do: [{{notify: other}}]}}"))
    scenario.run()

    assert [(line.action, line.rules_version) for line in scenario.lines(order)] == [
        ("staff_note", 1),
        ("metafield", 1),
        ("notify", 2),
    ]


def test_an_order_that_two_rules_hold_is_held_until_both_are_approved(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        rule_file(
            f"{{name: one, {READY}, continue: true, do: [{{hold: a}}]}}",
            f"{{name: two, {READY}, do: [{{hold: b}}]}}",
        ),
    )
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    first, second = scenario.reviews()

    approve(scenario.state, scenario.queue, STORE, first.id)
    held = scenario.state.holds(STORE, order)
    approve(scenario.state, scenario.queue, STORE, second.id)

    assert held == {"*"}
    assert scenario.state.holds(STORE, order) == set()


def test_where_an_order_came_from_is_known_after_a_notice(tmp_path: Path) -> None:
    moved = "on: status_updated, when: {previous_status: Awaiting Payment}"
    scenario = Scenario(
        tmp_path,
        rule_file(
            f"{{name: tell, {moved}, do: [{{notify: moved}}]}}",
            f"{{name: write, {moved}, do: [{{staff_note: moved}}]}}",
        ),
    )
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.run()
    scenario.clock.advance(60)

    scenario.sim.staff.edit(order, status="Awaiting Fulfillment")
    scenario.run()

    assert scenario.results(order) == [("tell", "applied"), ("write", "applied")]


@pytest.mark.parametrize(("fails", "status"), [(1.0, AWAITING_PAYMENT), (0.0, AWAITING_SHIPMENT)])
def test_a_status_that_rests_on_a_capture_waits_until_it_went_through(
    tmp_path: Path, fails: float, status: int
) -> None:
    settings = Settings(
        plain_http_destinations=True,
        quota_requests=100_000,
        payment_failure_probability=fails,
        capture_moves_status=False,
    )
    when = "on: order_updated, when: {status: Awaiting Payment}"
    do = "do: [capture, {set_status: Awaiting Shipment}]"
    scenario = Scenario(
        tmp_path, rule_file(f"{{name: take, {when}, {do}}}", head=WITH_MONEY), settings
    )
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.sim.shopper.authorise(order)

    scenario.run()
    touch(scenario, order)

    assert scenario.status_of(order) == status
    assert requests_of(scenario, "POST", "/capture") == 1
    assert [review.kind for review in scenario.reviews()] == ["not_captured"] * int(fails)
