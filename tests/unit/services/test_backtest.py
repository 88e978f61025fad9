"""A draft on real orders: what it would change, what nobody can say, and that it only reads."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from bigcommerce_sim import Answer, FaultRule, Settings, SimulatedStore
from bigcommerce_sim.clock import TurnableClock as StoreClock
from fakes import NOON, TurnableClock
from in_process import InProcessAdapter
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceReader
from orderwarden.domain.backtest import Finding, Found, Report
from orderwarden.errors import TryAgain
from orderwarden.services.backtest import BACK_OFF_S, Backtest, window_of
from orderwarden_cli.rules_yaml import read_rules

DAY = timedelta(days=1)
RULES = """
version: 1
mode: shadow
rules:
  - name: release-paid
    on: order_updated
    when: {status: Awaiting Payment, paid: true}
    do: [set_status: Awaiting Fulfillment]
  - name: cancel-unpaid
    on: sweep
    when: {status: Awaiting Payment, age: {at_least: 12h}, total: {over: 50}}
    do: [set_status: Cancelled]
  - name: reopened
    on: status_updated
    when: {previous_status: Cancelled, status: Awaiting Payment}
    do: [staff_note: "Back again."]
"""


class Trial:
    """A simulated store, and a backtest of it on a clock that tests turn."""

    def __init__(self, rules: str = RULES, days: int = 30) -> None:
        self.sim = SimulatedStore(
            clock=StoreClock(NOON), settings=Settings(quota_requests=100_000)
        )
        self.clock = TurnableClock()
        self.calls = 0
        self.reader = BigCommerceReader(
            "abc123",
            "token",
            "https://api.example.com",
            Pacer(self.clock, jitter=lambda: 0.0),
            self.clock,
            adapter=InProcessAdapter(self.sim),
        )
        self.rules = read_rules(rules, "rules.yaml")
        self.days = days

    def place(self, days_ago: float, **more: str | int) -> int:
        """Place an order so many days ago."""
        at = NOON - days_ago * DAY
        return self.sim.shopper.place(created_at=at, **more)  # type: ignore[arg-type]

    def run(self, next_id: int = 0) -> list[Finding]:
        window = window_of(self.reader, self.days)
        trial = Backtest(self.reader, self.clock, self.rules, window)
        return [finding for page in trial.pages(next_id) for finding in page.findings]

    def found(self) -> set[tuple[int, str, str]]:
        return {(each.order_id, each.rule, each.found.value) for each in self.run()}


def test_what_would_be_changed_is_found_with_its_money() -> None:
    trial = Trial()
    unpaid = trial.place(2, total="640.00")
    fresh = trial.place(0.1, total="640.00")
    paid = trial.place(3, total="20.00")
    trial.sim.shopper.pay(paid, moves_status=False)

    findings = trial.run()

    would = {each.order_id: each for each in findings if each.found is Found.WOULD}
    assert {order: each.rule for order, each in would.items()} == {
        unpaid: "cancel-unpaid",
        paid: "release-paid",
    }
    assert (would[unpaid].total, would[unpaid].currency) == (Decimal("640.0000"), "USD")
    assert (would[unpaid].from_status_id, would[unpaid].to_status_id) == (7, 5)
    assert fresh not in would


def test_a_backtest_sends_nothing_but_get() -> None:
    trial = Trial()
    for _ in range(3):
        trial.place(2, total="640.00")

    trial.run()

    requests = trial.sim.journal.requests
    assert {request.method for request in requests} == {"GET"}
    assert not list(trial.sim.journal.writes_of(100))[1:]  # the shopper's own


def test_only_orders_placed_in_the_window_are_judged() -> None:
    trial = Trial(days=7)
    trial.place(8, total="640.00")
    young = trial.place(6, total="640.00")

    assert {order for order, _, _ in trial.found()} == {young}


def test_what_only_the_past_knew_is_unknown_and_never_guessed() -> None:
    trial = Trial()
    waiting = trial.place(0.1, total="20.00")
    done = trial.place(2, total="640.00", status="Completed")

    found = trial.found()

    assert (waiting, "reopened", "unknown") in found
    assert (done, "cancel-unpaid", "earlier") in found
    assert (done, "cancel-unpaid", "would") not in found


def test_why_nobody_can_say_is_told() -> None:
    trial = Trial()
    trial.place(0.1, total="20.00", payment_method="Check")

    reasons = {each.rule: each.reasons for each in trial.run() if each.found is Found.UNKNOWN}

    assert reasons["reopened"] == ("previous_status: no event says it, as in a sweep",)
    assert reasons["release-paid"][0].startswith("paid: the payment method leaves no transaction")


def test_what_a_safeguard_holds_back_is_no_change() -> None:
    trial = Trial()
    by_check = trial.place(2, total="640.00", payment_method="Check")
    authorised = trial.place(2, total="640.00")
    trial.sim.shopper.authorise(authorised)

    held = {each.order_id: each.reasons for each in trial.run() if each.found is Found.BLOCKED}

    assert held == {by_check: ("offline_method",), authorised: ("money_taken_or_authorised",)}


def test_archived_orders_are_left_alone() -> None:
    trial = Trial()
    trial.sim.staff.archive(trial.place(2, total="640.00"))

    assert trial.found() == set()


def test_rules_that_are_not_asked_cost_no_call() -> None:
    trial = Trial()
    for _ in range(20):
        trial.place(2, total="20.00", status="Shipped")

    trial.run()

    paths = [request.path for request in trial.sim.journal.requests]
    assert [path for path in paths if "transactions" in path] == []
    assert len(paths) == 3  # the time, the page, and that there is no further one


def test_the_names_of_customer_groups_are_read_once() -> None:
    trial = Trial(RULES.replace("total: {over: 50}", "customer_group: {not_in: [Wholesale]}"))
    for _ in range(3):
        trial.place(2, total="20.00", customer_id=1)

    trial.run()

    paths = [request.path for request in trial.sim.journal.requests]
    assert len([path for path in paths if path.endswith("/v2/customer_groups")]) == 1
    assert len([path for path in paths if path.endswith("/v3/customers")]) == 3


def test_a_rule_on_webhooks_and_the_sweep_is_counted_once() -> None:
    trial = Trial(RULES.replace("on: order_updated", "on: [order_updated, sweep]"))
    paid = trial.place(2, total="20.00")
    trial.sim.shopper.pay(paid, moves_status=False)

    would = [each for each in trial.run() if each.found is Found.WOULD]

    assert [each.order_id for each in would] == [paid]


def test_it_goes_on_where_it_stopped() -> None:
    trial = Trial()
    first, second = trial.place(2, total="640.00"), trial.place(2, total="640.00")

    left = trial.run(next_id=first + 1)

    assert {each.order_id for each in left} == {second}


def test_a_failure_that_passes_is_waited_out() -> None:
    trial = Trial()
    order = trial.place(2, total="640.00")
    trial.sim.faults.add(FaultRule(Answer.STATUS, times=2, path="*transactions"))

    assert (order, "cancel-unpaid", "would") in trial.found()
    assert trial.clock.waits == (1.0, 2.0)


def test_a_store_that_stays_away_ends_it() -> None:
    trial = Trial()
    trial.place(2, total="640.00")
    window = window_of(trial.reader, 30)
    trial.sim.faults.add(FaultRule(Answer.STATUS))

    with pytest.raises(TryAgain):
        list(Backtest(trial.reader, trial.clock, trial.rules, window).pages())

    assert trial.clock.waits == BACK_OFF_S


def test_what_was_added_up_comes_back_from_json() -> None:
    trial = Trial()
    trial.place(2, total="640.00")
    trial.place(2, total="20.05", payment_method="Check")
    report = Report.of(rule.name for rule in trial.rules.rules)

    report.add(2, trial.run())

    fields = report.to_fields()
    assert Report.from_fields(fields).to_fields() == fields
    assert fields["orders"] == 2
    assert fields["rules"][1]["totals"] == {"USD": "640.0000"}
    assert fields["rules"][1]["samples"]["would"] == [100]
