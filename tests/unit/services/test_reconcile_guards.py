"""Guards of `reconcile` that matter only beside others at work; each test misses one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

from bigcommerce_sim import Request, Response
from catching_up import CatchingUp, lose_the_queue, lose_webhooks
from orderwarden.domain.seen import Seen
from orderwarden.services.reconcile import Wanted
from rule_files import rule_file
from scenario import STORE, Scenario, die

SHIPPED, COMPLETED = 2, 10


def a_missed_order(scenario: Scenario) -> int:
    """Return an order that the rules want completed, of which no webhook told two minutes ago."""
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    lose_webhooks(scenario)
    scenario.clock.advance(120)
    return order


def test_what_changed_just_now_is_left_to_the_next_window(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    a_missed_order(scenario)
    right = scenario.sim.handle

    def changed_just_now(request: Request) -> Response:
        response = right(request)
        if not request.path.endswith("/v2/orders") or response.status != 200:
            return response
        now = format_datetime(scenario.clock.now())
        rows = [row | {"date_modified": now} for row in json.loads(response.body)]
        return replace(response, body=json.dumps(rows).encode())

    scenario.sim.handle = changed_just_now  # type: ignore[method-assign]
    sums = catching_up.sums()

    assert sums == {"ended": "complete"}
    assert scenario.queue.depth().queued == 0


def test_a_pass_that_another_run_began_meanwhile_is_read_and_not_called_done(
    scenario: Scenario,
) -> None:
    catching_up, other = CatchingUp(scenario), CatchingUp(scenario)
    a_missed_order(scenario)
    later: list[int] = []

    def meanwhile() -> bool:
        if not later:
            other.run()
            scenario.clock.advance(900)
            later.append(a_missed_order(scenario))
            scenario.clock.advance(900)  # the next window begins ten minutes before this one's end
            other.run(Wanted(go_on=lambda: False))
        return True

    catching_up.run(Wanted(go_on=meanwhile))
    other.run()
    scenario.run()

    assert scenario.our_writes(later[0]) == [(SHIPPED, COMPLETED)]


def test_what_a_worker_saw_after_the_list_was_read_stays(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    order = scenario.sim.shopper.place(status="Pending")
    lose_webhooks(scenario)
    scenario.clock.advance(120)
    now = scenario.clock.now()
    newer = Seen(STORE, order, now, now, SHIPPED)
    look_up = scenario.state.seen_many

    def worker_sees(store: str, order_ids: Iterable[int]) -> Mapping[int, Seen]:
        known = look_up(store, order_ids)
        assert scenario.state.replace_seen(newer, None)
        return known

    scenario.state.seen_many = worker_sees  # type: ignore[method-assign]
    catching_up.run()

    assert scenario.state.seen(STORE, order) == newer


def test_what_only_a_webhook_may_bring_about_is_not_noted_as_seen(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    fresh_only = (
        "{name: fresh-only, on: order_updated, catch_up: false, "
        "when: {status: Pending}, do: [{set_status: Awaiting Fulfillment}]}"
    )
    scenario.publish(rule_file(fresh_only))
    order = scenario.sim.shopper.place(status="Pending")
    lose_webhooks(scenario)
    scenario.clock.advance(120)

    catching_up.run()

    assert scenario.state.seen(STORE, order) is None


def test_what_was_decided_for_a_signal_that_was_begun_and_lost_stays(scenario: Scenario) -> None:
    catching_up = CatchingUp(scenario)
    began_at = scenario.clock.now()
    order = a_missed_order(scenario)
    [key] = catching_up.run().keys
    scenario.adapter.once_before("PUT", die)
    scenario.crash(scenario.run)
    lose_the_queue(scenario)
    [before] = scenario.receipts.look_up([key]).values()
    scenario.clock.advance(timedelta(hours=7).total_seconds())

    again = catching_up.run(Wanted(since=began_at))

    assert again.keys == [key]
    assert before.decision
    assert list(scenario.receipts.look_up([key]).values()) == [before]
    assert scenario.our_writes(order) == []
