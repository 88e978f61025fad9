"""What keeps a rule from acting, and what takes back a cancellation that money overtook."""

from __future__ import annotations

from pathlib import Path

import pytest
from happenings import mark
from orderwarden.services.unpark import unpark_waiting
from rule_files import cancel_marked, rule_file
from scenario import STORE, Scenario

CANCELLED, MARKED, AWAITING_PAYMENT, AWAITING_FULFILLMENT = 5, 12, 7, 11


def cancel_rule(when: str = "", approve_after: str = "none", per_hour: str = "none") -> str:
    limit = f"approve_after: {approve_after}, per_hour: {per_hour}"
    return cancel_marked(when=when, limit=limit)


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return Scenario(tmp_path, cancel_rule())


def blocked_reason(scenario: Scenario, order: int) -> str:
    [line] = scenario.lines(order)
    assert line.result.value == "blocked"
    assert scenario.our_writes(order) == []
    return line.reason


def test_an_unpaid_order_is_cancelled(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)

    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]


def test_a_paid_order_is_never_cancelled(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    scenario.sim.shopper.pay(order)
    mark(scenario, order)

    scenario.run()

    assert blocked_reason(scenario, order) == "money_taken_or_authorised"


def test_an_authorised_order_is_never_cancelled(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    scenario.sim.shopper.authorise(order)
    mark(scenario, order)

    scenario.run()

    assert blocked_reason(scenario, order) == "money_taken_or_authorised"


def test_a_part_payment_is_money(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    scenario.sim.shopper.pay(order, "10.00", moves_status=False)
    mark(scenario, order)

    scenario.run()

    assert blocked_reason(scenario, order) == "money_taken_or_authorised"


def test_a_declined_attempt_is_no_money(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    scenario.sim.shopper.fail_payment(order)
    mark(scenario, order)

    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]


@pytest.mark.parametrize(
    ("method", "reason"),
    [("Bank Deposit", "offline_method"), ("Pay in Beads", "unknown_method")],
)
def test_a_method_that_leaves_no_transactions_blocks_unless_named(
    tmp_path: Path, method: str, reason: str
) -> None:
    scenario = Scenario(tmp_path / "a", cancel_rule())
    order = scenario.sim.shopper.place(total="640.00", payment_method=method)
    mark(scenario, order)
    scenario.run()
    named = Scenario(tmp_path / "b", cancel_rule(when=f"payment_method: {method}"))
    other = named.sim.shopper.place(total="640.00", payment_method=method)
    mark(named, other)
    named.run()

    assert blocked_reason(scenario, order) == reason
    assert named.our_writes(other) == [(MARKED, CANCELLED)]


def test_transactions_that_may_not_be_read_block_and_a_person_hears_of_it(
    scenario: Scenario,
) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    scenario.fault("status", path="/v3/orders/*/transactions", status=403)
    mark(scenario, order)

    scenario.run()

    assert blocked_reason(scenario, order) == "transactions_unreadable"
    (review,) = scenario.reviews()
    assert review.kind == "missing_scope"
    assert review.detail.endswith("are widened. The store said: Injected fault")


def test_transactions_that_fail_for_now_are_read_again(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)
    scenario.fault("status", path="/v3/orders/*/transactions", status=503, times=3)

    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]


def test_a_test_order_is_left_alone(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="64.00", payment_method="Test Payment Gateway")
    mark(scenario, order)

    scenario.run()

    assert blocked_reason(scenario, order) == "test_order"


def test_a_hold_keeps_the_rule_off_the_order(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="64.00")
    scenario.state.hold(STORE, order, "cancel-marked", "undone by a person")
    mark(scenario, order)

    scenario.run()

    assert blocked_reason(scenario, order) == "hold"


def test_a_completed_order_is_protected_unless_the_rule_names_it(tmp_path: Path) -> None:
    rules = rule_file(
        "{name: reopen, on: order_updated, when: {total: {over: 1}}, "
        "do: [{set_status: Awaiting Shipment}]}"
    )
    scenario = Scenario(tmp_path, rules)
    order = scenario.sim.shopper.place(total="64.00", status="Completed")

    scenario.run()

    assert blocked_reason(scenario, order) == "protected_status"


def test_a_payment_between_look_and_write_is_put_back(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)

    def pay_at_the_worst_moment() -> None:
        scenario.sim.shopper.pay(order, moves_status=False)

    scenario.adapter.once_before("PUT", pay_at_the_worst_moment)
    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED), (CANCELLED, MARKED)]
    first, second, wanted_again = scenario.lines(order)
    assert (first.result.value, first.undone_by) == ("applied", second.id)
    assert (second.rule, second.result.value) == ("paid_in_window", "applied")
    assert (wanted_again.result.value, wanted_again.reason) == (
        "blocked",
        "money_taken_or_authorised",
    )
    assert [review.kind for review in scenario.reviews()] == ["paid_in_window"]
    assert "paid_in_window" in scenario.notices.kinds


def test_a_payment_seen_on_the_last_look_stops_the_write(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)
    reads = []

    def pay_before_the_last_look(method: str, path: str) -> None:
        if method == "GET" and path.endswith("/transactions"):
            reads.append(path)
            if len(reads) == 2:
                scenario.sim.shopper.pay(order, moves_status=False)

    scenario.adapter.before = pay_before_the_last_look
    scenario.run()

    assert scenario.our_writes(order) == []
    assert blocked_reason(scenario, order) in {"changed", "money_taken_or_authorised"}


def test_money_that_comes_days_later_puts_the_order_back(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)
    scenario.run()
    scenario.clock.advance(3 * 86400)

    scenario.sim.shopper.pay(order, moves_status=False)
    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED), (CANCELLED, MARKED)]
    assert [review.kind for review in scenario.reviews()] == ["paid_in_window"]


def test_what_the_gateway_moved_on_is_left_where_it_is(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)
    scenario.run()
    scenario.clock.advance(600)

    scenario.sim.staff.edit(order, status="Awaiting Payment")
    scenario.sim.shopper.pay(order)
    scenario.run()

    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]
    assert scenario.status_of(order) == AWAITING_FULFILLMENT


def test_after_so_many_changes_a_person_is_asked_once(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_rule(approve_after="2"))
    orders = [scenario.sim.shopper.place(total="640.00") for _ in range(4)]
    for order in orders:
        mark(scenario, order)

    scenario.run()

    assert sum(len(scenario.our_writes(order)) for order in orders) == 2
    assert [review.kind for review in scenario.reviews()] == ["approval"]
    assert scenario.notices.kinds == ["approval"]
    assert scenario.state.count_parked(STORE) >= 2
    assert scenario.queue.depth().queued == 0


def test_an_approved_rule_goes_on_and_does_not_ask_again(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_rule(approve_after="1"))
    orders = [scenario.sim.shopper.place(total="640.00") for _ in range(3)]
    for order in orders:
        mark(scenario, order)
    scenario.run()
    fingerprint = scenario.reviews()[0].id.removeprefix("approval-cancel-marked-")

    scenario.state.approve(STORE, "cancel-marked", fingerprint)
    unpark_waiting(scenario.state, scenario.queue, STORE, "approval:cancel-marked", 100)
    scenario.run()

    assert [scenario.status_of(order) for order in orders] == [CANCELLED] * 3
    assert scenario.state.count_parked(STORE) == 0


def test_the_hourly_cap_parks_the_rest_until_the_next_hour(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_rule(per_hour="1"))
    orders = [scenario.sim.shopper.place(total="640.00") for _ in range(2)]
    for order in orders:
        mark(scenario, order)
    scenario.run()
    written = sum(len(scenario.our_writes(order)) for order in orders)

    scenario.clock.advance(3600)
    scenario.unpark()
    scenario.run()

    assert written == 1
    assert [scenario.status_of(order) for order in orders] == [CANCELLED] * 2
    assert "per_hour" in scenario.notices.kinds


def test_a_paused_rule_parks_and_its_signals_come_back(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    scenario.state.pause_rule(STORE, "cancel-marked")
    mark(scenario, order)
    scenario.run()
    parked = scenario.state.count_parked(STORE)

    scenario.clock.advance(30 * 86400)
    scenario.state.resume_rule(STORE, "cancel-marked")
    unpark_waiting(scenario.state, scenario.queue, STORE, "rule:cancel-marked", 100)
    scenario.run()

    assert parked >= 1
    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]


def test_a_stopped_store_parks_everything_and_loses_nothing(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)
    scenario.state.stop(STORE, "by_hand")
    scenario.run()
    before = (scenario.puts(), scenario.queue.depth().queued)

    scenario.state.resume(STORE)
    unpark_waiting(scenario.state, scenario.queue, STORE, "store", 100)
    scenario.run()

    assert before == ([], 0)
    assert scenario.our_writes(order) == [(MARKED, CANCELLED)]


def test_a_revoked_token_stops_the_store_with_one_alarm(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    mark(scenario, order)
    revoked = scenario.fault("status", status=401)
    scenario.run()
    stopped = scenario.state.controls(STORE).stopped
    calls = len(scenario.sim.journal.requests)

    scenario.sim.faults.remove(revoked)
    scenario.run()

    assert stopped == "unauthorised_401"
    assert scenario.notices.kinds == ["store_stopped"]
    assert scenario.notices.details == [{"said": "Injected fault"}]
    assert len(scenario.sim.journal.requests) == calls
    assert scenario.state.count_parked(STORE) >= 1


def test_an_order_that_the_merchant_keeps_is_not_cancelled_by_a_webhook(
    scenario: Scenario,
) -> None:
    order = scenario.sim.shopper.place(total="640.00")
    scenario.sim.staff.set_metafield(order, "orderwarden", "keep_until", "2026-12-01")
    mark(scenario, order)

    scenario.run()

    assert blocked_reason(scenario, order) == "keep_until"
