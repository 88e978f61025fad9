"""A sweep on a simulated store: what it finds, queues once, and makes of it."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from bigcommerce_sim import Settings
from catching_up import lose_the_queue
from orderwarden.domain.receipt import KEPT
from orderwarden.domain.seen import Seen
from orderwarden.errors import TryAgain
from rule_files import cancel_unpaid, rule_file
from scenario import STORE, Scenario
from sweeping import Sweeper

CANCELLED, AWAITING_PAYMENT, AWAITING_SHIPMENT, AWAITING_FULFILLMENT = 5, 7, 9, 11
CANCEL = cancel_unpaid()


class Rig:
    """A scenario and its sweeper."""

    def __init__(
        self, folder: Path, rules: str = CANCEL, settings: Settings | None = None
    ) -> None:
        self.scenario = Scenario(folder, rules, settings)
        self.sweeper = Sweeper(self.scenario)

    def reason(self, order: int) -> tuple[str, str]:
        line = self.scenario.lines(order)[-1]
        return line.result.value, line.reason


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def test_an_order_that_stayed_unpaid_for_long_is_cancelled(rig: Rig) -> None:
    order, young = rig.sweeper.place(hours=13), rig.sweeper.place(hours=11)

    run = rig.sweeper.sweep()

    assert rig.scenario.status_of(order) == CANCELLED
    assert rig.scenario.status_of(young) == AWAITING_PAYMENT
    [line] = rig.scenario.lines(order)
    assert (line.rule, line.trigger, line.run_id) == ("cancel-unpaid", "sweep", run.id)
    assert (run.summary["due"], run.summary["queued"], run.summary["ended"]) == (1, 1, "complete")


def test_an_order_is_due_to_the_second(rig: Rig) -> None:
    order = rig.sweeper.place(hours=12)
    rig.scenario.clock.advance(-1)

    early = rig.sweeper.queue()
    rig.scenario.clock.advance(1)
    due = rig.sweeper.queue()

    assert (early.summary["due"], due.summary["due"]) == (0, 1)
    assert rig.scenario.status_of(order) == AWAITING_PAYMENT  # nobody has worked yet


# Queued once


def test_three_runs_at_once_queue_each_order_once(rig: Rig) -> None:
    orders = [rig.sweeper.place() for _ in range(5)]
    others = [Sweeper(rig.scenario) for _ in range(2)]

    counts = [each.queue().summary["queued"] for each in (rig.sweeper, *others)]
    rig.scenario.run()

    assert counts == [5, 0, 0]
    assert [rig.scenario.our_writes(order) for order in orders] == [[(7, 5)]] * 5


def test_an_order_that_another_run_just_queued_is_skipped(rig: Rig) -> None:
    rig.sweeper.place()
    rig.sweeper.queue()

    run = rig.sweeper.queue()

    assert run.summary["skipped"] == {"queued_already": 1}


def test_what_a_run_died_on_is_queued_again_after_six_hours(rig: Rig) -> None:
    order = rig.sweeper.place()

    class Dying(Exception):
        pass

    def die(_: object) -> None:
        raise Dying

    queue, put = rig.scenario.queue, rig.scenario.queue.put
    queue.put = die  # type: ignore[method-assign,assignment]
    with pytest.raises(Dying):
        rig.sweeper.queue()
    queue.put = put  # type: ignore[method-assign]

    soon = rig.sweeper.sweep()
    rig.scenario.clock.advance(6 * 3600 + 1)
    later = rig.sweeper.sweep()

    assert (soon.summary["queued"], later.summary["queued"]) == (0, 1)
    assert rig.scenario.status_of(order) == CANCELLED


def test_no_more_is_queued_than_the_quota_can_handle_until_the_next_run(tmp_path: Path) -> None:
    settings = Settings(plain_http_destinations=True, quota_requests=150)
    rig = Rig(tmp_path, settings=settings)
    for _ in range(250):
        rig.sweeper.place()

    first = rig.sweeper.queue()
    second = rig.sweeper.queue()

    # 150 requests in 30 s, a fifth of them kept in reserve: 1200 in 5 minutes, 6 an order.
    assert (first.summary["queued"], first.summary["left"]) == (200, 50)
    assert first.summary["ended"] == "no_room"
    assert second.summary["queued"] == 0


# Looked into again


def test_a_blocked_order_is_looked_into_once_a_day(rig: Rig) -> None:
    order = rig.sweeper.place(payment_method="Bank Deposit")
    rig.scenario.publish(cancel_unpaid(when=""))
    rig.sweeper.sweep()

    soon = rig.sweeper.sweep()
    rig.scenario.clock.advance(24 * 3600)
    next_day = rig.sweeper.sweep()

    assert rig.reason(order) == ("blocked", "offline_method")
    assert soon.summary["skipped"] == {"blocked: offline_method": 1}
    assert next_day.summary["queued"] == 1


def test_a_changed_order_is_looked_into_at_once(rig: Rig) -> None:
    order = rig.sweeper.place(payment_method="Bank Deposit")
    rig.scenario.publish(cancel_unpaid(when=""))
    rig.sweeper.sweep()
    rig.scenario.sim.staff.edit(order, staff_notes="called the shopper")

    run = rig.sweeper.sweep()

    assert run.summary["queued"] == 1


def test_a_changed_rule_looks_at_every_order_anew(rig: Rig) -> None:
    rig.sweeper.place(payment_method="Bank Deposit")
    rig.sweeper.sweep()
    rig.scenario.publish(cancel_unpaid(age="11h"))

    assert rig.sweeper.sweep().summary["queued"] == 1


def test_unreadable_transactions_block_their_order_and_are_tried_again(rig: Rig) -> None:
    stuck, other = rig.sweeper.place(), rig.sweeper.place()
    rig.scenario.publish(cancel_unpaid(when=""))
    rig.scenario.fault("status", path=f"/v3/orders/{stuck}/transactions", status=403)

    rig.sweeper.sweep()
    rig.scenario.clock.advance(15 * 60)
    again = rig.sweeper.sweep()
    rig.scenario.clock.advance(15 * 60)
    too_soon = rig.sweeper.sweep()
    rig.scenario.clock.advance(45 * 60)
    hourly = rig.sweeper.sweep()

    assert rig.scenario.status_of(other) == CANCELLED
    assert rig.reason(stuck) == ("blocked", "transactions_unreadable")
    queued = [run.summary["queued"] for run in (again, too_soon, hourly)]
    assert queued == [1, 0, 1]


# What stops it


def test_a_store_that_ignores_the_filter_stops_the_sweep_with_an_alarm(rig: Rig) -> None:
    rig.sweeper.place()
    rig.sweeper.place(status="Shipped")
    rig.sweeper.ignore_status()

    run = rig.sweeper.sweep()

    assert (run.summary["ended"], run.summary["queued"]) == ("outside_window", 0)
    assert [review.kind for review in rig.scenario.reviews()] == ["outside_window"]
    assert rig.scenario.notices.kinds == ["outside_window"]


def test_a_stopped_store_is_not_swept(rig: Rig) -> None:
    rig.sweeper.place()
    rig.scenario.state.stop(STORE, "by hand")

    run = rig.sweeper.sweep()

    assert (run.summary["ended"], run.summary["why"]) == ("stopped", "by hand")
    assert rig.scenario.queue.depth().queued == 0


def test_a_paused_rule_finds_its_orders_once_it_is_resumed(rig: Rig) -> None:
    order = rig.sweeper.place()
    rig.scenario.state.pause_rule(STORE, "cancel-unpaid")

    paused = rig.sweeper.sweep()
    rig.scenario.state.resume_rule(STORE, "cancel-unpaid")
    resumed = rig.sweeper.sweep()

    assert (paused.summary["due"], resumed.summary["queued"]) == (0, 1)
    assert rig.scenario.status_of(order) == CANCELLED


def test_a_store_out_of_reach_ends_the_run_and_says_so(rig: Rig) -> None:
    rig.sweeper.place()
    rig.scenario.fault("status", path="/v2/orders", status=503)

    run = rig.sweeper.queue()

    assert (run.summary["ended"], run.summary["why"]) == ("again", "store_error")


# Money


def test_money_that_no_webhook_told_of_moves_the_order_on(tmp_path: Path) -> None:
    release = """
  - name: release-captured
    on: transaction_created
    when: {status: Awaiting Payment, paid: true}
    do: [set_status: Awaiting Fulfillment]
"""
    rig = Rig(tmp_path, cancel_unpaid(when="") + release)
    rig.scenario.sim.settings.webhook_loss_probability = 1.0
    order = rig.sweeper.place()
    rig.scenario.sim.shopper.pay(order, moves_status=False)
    rig.scenario.clock.advance(60)

    rig.sweeper.sweep()

    assert rig.scenario.status_of(order) == AWAITING_FULFILLMENT
    assert rig.scenario.results(order) == [
        ("cancel-unpaid", "blocked"),
        ("release-captured", "applied"),
    ]


@pytest.mark.parametrize(("hours", "more"), [(0.5, 1.0), (2.0, 22.5)])
def test_late_money_that_no_webhook_told_of_is_found_after_an_hour_and_a_day(
    rig: Rig, hours: float, more: float
) -> None:
    order = rig.sweeper.place()
    rig.sweeper.sweep()
    rig.scenario.clock.advance(hours * 3600)
    rig.sweeper.sweep()
    rig.scenario.sim.settings.webhook_loss_probability = 1.0
    rig.scenario.sim.shopper.pay(order, moves_status=False)
    rig.scenario.clock.advance(more * 3600)

    run = rig.sweeper.sweep()

    assert run.summary["late_looks"] == 1
    assert rig.scenario.status_of(order) == AWAITING_PAYMENT
    assert [review.kind for review in rig.scenario.reviews()] == ["paid_in_window"]


def test_after_two_late_looks_nothing_is_looked_at_any_more(rig: Rig) -> None:
    rig.sweeper.place()
    rig.sweeper.sweep()

    looks = []
    for _ in range(60):
        rig.scenario.clock.advance(3600)
        looks.append(rig.sweeper.sweep().summary["late_looks"])

    assert sum(int(str(count)) for count in looks) == 2


def test_a_payment_days_after_the_cancellation_opens_a_review_at_once(rig: Rig) -> None:
    rig.scenario._hook("store/order/transaction/created")
    order = rig.sweeper.place()
    rig.sweeper.sweep()
    rig.scenario.clock.advance(5 * 86_400)

    rig.scenario.sim.shopper.pay(order, moves_status=False)
    rig.scenario.run()

    assert [review.kind for review in rig.scenario.reviews()] == ["paid_in_window"]
    assert rig.scenario.status_of(order) == AWAITING_PAYMENT


# Kept by the merchant


@pytest.mark.parametrize(
    ("value", "is_cancelled"),
    [
        ("2026-11-21", False),  # through the day; it is noon
        ("2026-11-20", True),
        ("2026-11-21T12:30:00Z", False),
        ("2026-11-21T11:59:00", True),
        ("until Anna calls", False),
    ],
)
def test_an_order_that_the_merchant_keeps_is_not_cancelled_until_then(
    rig: Rig, value: str, is_cancelled: bool
) -> None:
    order, other = rig.sweeper.place(), rig.sweeper.place()
    rig.scenario.sim.staff.set_metafield(order, "orderwarden", "keep_until", value)

    run = rig.sweeper.sweep()

    assert (rig.scenario.status_of(order) == CANCELLED) is is_cancelled
    assert run.summary["skipped"] == ({} if is_cancelled else {"keep_until": 1})
    assert rig.scenario.status_of(other) == CANCELLED


def test_metafields_are_read_in_one_batch_a_run(rig: Rig) -> None:
    for _ in range(20):
        rig.sweeper.place()

    rig.sweeper.queue()

    paths = [x.path for x in rig.scenario.sim.journal.requests if "metafields" in x.path]
    assert len(paths) == 1


def test_a_sweep_that_waits_for_the_store_holds_up_no_other(rig: Rig) -> None:
    """Of another store, say; this one's second sweeper has a store client of its own."""
    rig.sweeper.place()
    other = Sweeper(rig.scenario)
    ended: list[bool] = []

    def sweep_beside(_method: str, path: str) -> None:
        if "metafields" in path and not ended:
            beside = threading.Thread(target=other.queue, daemon=True)
            beside.start()
            beside.join(10)
            ended.append(not beside.is_alive())

    rig.sweeper.adapter.before = sweep_beside
    rig.sweeper.queue()

    assert ended == [True]


def test_what_a_run_died_on_is_forgotten_where_the_order_is_not_due_any_more(rig: Rig) -> None:
    order = rig.sweeper.place()
    rig.sweeper.queue()
    lose_the_queue(rig.scenario)
    rig.scenario.sim.staff.edit(order, status="Awaiting Shipment")
    assert [each.state for each in rig.scenario.receipts.of_order(STORE, order)] == ["queued"]

    rig.scenario.clock.advance(KEPT.total_seconds() + 1)

    assert rig.scenario.receipts.of_order(STORE, order) == ()


# Times other than the age


LATE = rule_file(
    "{name: late, on: sweep, when: {status: Awaiting Shipment, status_for: {at_least: 2d}}, "
    "do: [{staff_note: Late.}]}"
)


def test_status_for_counts_from_what_was_seen(tmp_path: Path) -> None:
    rig = Rig(tmp_path, LATE)
    order = rig.sweeper.place(hours=72, status="Awaiting Shipment")
    rig.scenario.sim.staff.edit(order, staff_notes="packed")  # so unchanged_for says nothing
    rig.scenario.run()
    modified = rig.scenario.sim.order(order).date_modified
    since = rig.scenario.clock.now() - timedelta(hours=49)
    found = rig.scenario.state.seen(STORE, order)
    seen = Seen(STORE, order, modified, modified, AWAITING_SHIPMENT, status_since=since)

    before = rig.sweeper.queue()
    assert rig.scenario.state.replace_seen(seen, found)
    after = rig.sweeper.sweep()

    assert (before.summary["due"], after.summary["due"]) == (0, 1)
    assert rig.scenario.sim.order(order).staff_notes.endswith("Late.")


def test_a_note_is_written_once_however_often_the_sweep_comes_by(tmp_path: Path) -> None:
    rig = Rig(tmp_path, LATE)
    order = rig.sweeper.place(hours=72, status="Awaiting Shipment")

    for _ in range(4):
        rig.sweeper.sweep()
        rig.scenario.clock.advance(30 * 3600)

    assert rig.scenario.sim.order(order).staff_notes == "Late."


# Runs


def test_a_run_by_the_clock_that_finds_nothing_is_not_kept(rig: Rig) -> None:
    run = rig.sweeper.begin(is_asked_for=False)
    run.sweep_once()
    run.finish()

    assert rig.scenario.state.runs(STORE, 10) == ()


def test_a_run_says_what_cancelling_does_to_the_stock(rig: Rig) -> None:
    rig.sweeper.place()

    assert rig.sweeper.queue().summary["stock"] == "returns"


def test_a_run_that_died_shows_no_end(rig: Rig) -> None:
    rig.sweeper.begin()

    [run] = rig.scenario.state.runs(STORE, 10)
    assert run.ended_at is None


def test_a_queue_out_of_reach_ends_the_run(rig: Rig) -> None:
    rig.sweeper.place()
    queue, put = rig.scenario.queue, rig.scenario.queue.put

    def fail(_: object) -> None:
        raise TryAgain("database_busy")

    queue.put = fail  # type: ignore[method-assign,assignment]
    run = rig.sweeper.queue()
    queue.put = put  # type: ignore[method-assign]

    assert (run.summary["ended"], run.summary["why"]) == ("again", "database_busy")


# Warn first


WARN = cancel_unpaid(more="warn_before: 4h")


@pytest.fixture
def warning(tmp_path: Path) -> Rig:
    return Rig(tmp_path, WARN)


def test_an_order_is_warned_of_before_it_is_cancelled(warning: Rig) -> None:
    scenario, order = warning.scenario, warning.sweeper.place(hours=8)

    warning.sweeper.sweep()
    told = scenario.sim.order(order).staff_notes
    status_when_told = scenario.status_of(order)
    scenario.clock.advance(3.9 * 3600)
    warning.sweeper.sweep()
    status_just_before = scenario.status_of(order)
    scenario.clock.advance(0.1 * 3600)
    warning.sweeper.sweep()

    assert told == (
        "This order is set to Cancelled in 4 h by rule cancel-unpaid, unless it is paid."
    )
    assert "rule" in scenario.notices.kinds
    assert (status_when_told, status_just_before) == (AWAITING_PAYMENT, AWAITING_PAYMENT)
    assert scenario.status_of(order) == CANCELLED


def test_an_order_paid_after_the_warning_is_left_alone(warning: Rig) -> None:
    scenario, order = warning.scenario, warning.sweeper.place(hours=8)
    warning.sweeper.sweep()
    scenario.sim.shopper.pay(order, moves_status=False)
    scenario.clock.advance(5 * 3600)

    warning.sweeper.sweep()

    assert scenario.status_of(order) == AWAITING_PAYMENT


def test_an_order_found_late_has_its_full_time_after_the_warning(warning: Rig) -> None:
    scenario, order = warning.scenario, warning.sweeper.place(hours=100)

    seen = []
    for _ in range(6):
        warning.sweeper.sweep()
        seen.append(scenario.status_of(order))
        scenario.clock.advance(3600)

    assert seen == [AWAITING_PAYMENT] * 4 + [CANCELLED] * 2


def test_a_paid_order_is_not_warned_of(warning: Rig) -> None:
    order = warning.sweeper.place(hours=9)
    warning.scenario.sim.shopper.pay(order, "5.00", moves_status=False)

    warning.sweeper.sweep()

    assert warning.scenario.sim.order(order).staff_notes == ""


def test_a_paused_rule_does_not_warn_either(warning: Rig) -> None:
    order = warning.sweeper.place(hours=9)
    warning.scenario.state.pause_rule(STORE, "cancel-unpaid")

    warning.sweeper.sweep()

    assert warning.scenario.sim.order(order).staff_notes == ""


@pytest.mark.parametrize("status", [401, 403])
def test_a_sweep_whose_token_is_refused_stops_the_store_with_one_alarm(
    rig: Rig, status: int
) -> None:
    rig.scenario.fault("status", status=status, path="/v2/orders")

    ended = [rig.sweeper.queue().summary["ended"] for _ in range(2)]

    assert ended == ["stopped", "stopped"]
    assert rig.scenario.state.controls(STORE).stopped == f"unauthorised_{status}"
    assert rig.scenario.notices.kinds == ["store_stopped"]
