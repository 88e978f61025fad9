"""`SweepFunction` and `ReconcileFunction`: what is done by the clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from bigcommerce_sim import Answer, FaultRule, RealClock, Settings, SimulatedStore
from bigcommerce_sim.web.server import running
from builders import a_signal
from functions.handlers import HOOK_SECRET, STORE, TOKEN, Context, Deployed, deployed, event, lines
from orderwarden.adapters.system_clock import SystemClock
from orderwarden.domain.signal import Signal
from orderwarden.ports import Parked, Review
from orderwarden.services.publish import publish
from orderwarden_cli.rules_yaml import read_rules
from rule_files import cancel_unpaid

NOW = SystemClock().now()


@pytest.fixture
def sim() -> SimulatedStore:
    return SimulatedStore(
        STORE, settings=Settings(quota_requests=100_000), token=TOKEN, client_secret="-"
    )


@pytest.fixture
def aws(sim: SimulatedStore) -> Iterator[Deployed]:
    with running(sim) as url, deployed(url) as here:
        yield here


def park(aws: Deployed, order: int, *, until_s: float | None = None, waits_for: str = "") -> None:
    until = None if until_s is None else NOW + timedelta(seconds=until_s)
    signal = replace(a_signal(), order_id=order, receipt_key=f"wh-{order}")
    aws.state.park(Parked(signal, "why", NOW, until, waits_for))


def test_a_sweep_puts_back_parked_signals_whose_time_has_come(aws: Deployed) -> None:
    handle = aws.handler("sweep")
    park(aws, 1, until_s=-1)
    park(aws, 2, until_s=3600)

    answer = handle(event("sweep-schedule"), Context())

    assert answer == {"stores": 1, "failed": 0}
    assert len(aws.waiting()) == 1
    assert aws.state.count_parked(STORE) == 1


def test_a_sweep_counts_what_needs_a_person(
    aws: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("sweep")
    aws.state.stop(STORE, "paused_by_hand")
    aws.state.open_review(Review("approval-1", STORE, "approval", NOW, "may it?"))
    aws.state.open_review(Review("refused-1", STORE, "refused", NOW, "it was not taken"))

    handle(event("sweep-schedule"), Context())

    [of_store, ended] = lines(capsys.readouterr().out)
    assert (of_store["StoresStopped"], of_store["OpenReviews"]) == (1, 2)
    assert of_store["ApprovalsWaiting"] == 1
    assert (ended["event"], ended["SweepRuns"]) == ("sweep_ended", 1)


def test_a_sweep_leaves_the_signals_of_a_stopped_store_parked(aws: Deployed) -> None:
    handle = aws.handler("sweep")
    park(aws, 1, until_s=-1)
    aws.state.stop(STORE, "paused_by_hand")

    handle(event("sweep-schedule"), Context())

    assert not aws.waiting()


def test_a_sweep_queues_an_order_for_which_time_has_made_a_rule_due() -> None:
    settings = Settings(quota_requests=100_000)
    clock = SystemClock()
    sim = SimulatedStore(
        STORE, clock=RealClock(), settings=settings, token=TOKEN, client_secret="-"
    )
    order = sim.shopper.place(total="640.00", created_at=NOW - timedelta(hours=13))
    sim.shopper.place(total="640.00", created_at=NOW - timedelta(hours=1))
    with running(sim) as url, deployed(url) as aws:
        source = cancel_unpaid()
        rules = read_rules(source, "rules.yaml")
        publish(aws.state, clock, STORE, rules, source=source, author="test")
        handle = aws.handler("sweep")

        answers = [handle(event("sweep-schedule"), Context()) for _ in range(2)]
        signals = [Signal.from_json(message["Body"]) for message in aws.waiting()]
        [run] = aws.state.runs(STORE, 10)

    assert answers == [{"stores": 1, "failed": 0}] * 2
    assert [signal.order_id for signal in signals] == [order]
    assert (run.id, run.summary["queued"]) == (signals[0].run_id, 1)


def test_a_reconciliation_lets_a_store_run_whose_token_works_again(aws: Deployed) -> None:
    handle = aws.handler("reconcile")
    aws.state.stop(STORE, "unauthorised_401")
    park(aws, 1, waits_for="store")

    answer = handle(event("reconcile-schedule"), Context())

    assert answer == {"stores": 1, "failed": 0}
    assert aws.state.controls(STORE).stopped == ""
    assert len(aws.waiting()) == 1


def test_a_store_out_of_reach_is_told_and_counts_as_no_run(
    aws: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.environment["ORDERWARDEN_API_URL"] = "http://127.0.0.1:9"
    handle = aws.handler("reconcile")

    answer = handle(event("reconcile-schedule"), Context())

    [of_store, ended] = lines(capsys.readouterr().out)
    assert answer == {"stores": 1, "failed": 1}
    assert (of_store["error"], of_store["level"]) == ("again: no_connection", "ERROR")
    assert "ReconcileRuns" not in ended


def test_a_reconciliation_makes_hooks_and_revives_those_that_were_switched_off(
    aws: Deployed, sim: SimulatedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.environment["ORDERWARDEN_PUBLIC_URL"] = "https://hooks.example.com"
    handle = aws.handler("reconcile")

    handle(event("reconcile-schedule"), Context())
    made = {hook.scope: hook for hook in sim.hooks}
    assert made.keys() == {
        "store/hook/deliveryException",
        "store/order/statusUpdated",
        "store/shipment/created",
    }
    assert made["store/shipment/created"].headers == {"X-Orderwarden-Secret": HOOK_SECRET}
    sim.hooks.deactivate(made["store/shipment/created"].id, sim.clock.now())
    handle(event("reconcile-schedule"), Context())

    assert all(hook.is_active for hook in sim.hooks)
    first, _, second, _ = lines(capsys.readouterr().out)
    assert (first["hooks_changed"], "HooksRepaired" in first) == (3, False)
    assert (second["hooks_changed"], second["HooksRepaired"]) == (1, 1)


def test_hooks_that_cannot_be_seen_to_do_not_keep_orders_waiting(
    aws: Deployed, sim: SimulatedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.environment["ORDERWARDEN_PUBLIC_URL"] = "https://hooks.example.com"
    sim.faults.add(FaultRule(Answer("status"), path="/v3/hooks", status=403))

    aws.handler("reconcile")(event("reconcile-schedule"), Context())

    of_store, ended = lines(capsys.readouterr().out)
    assert of_store["hooks_failed"].startswith("403")
    assert (of_store["orders"], ended["ReconcileRuns"]) == (0, 1)
