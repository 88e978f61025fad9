"""How long a sweep takes to cancel what is due, on a simulated clock, in the quota that is left.

Time passes only while the store's quota is waited for, so the figure is about calls and nothing
else. Meanwhile shoppers have orders sent, and their webhooks must be handled within one period.

    python benchmarks/sweep.py [ORDERS]
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from bigcommerce_sim import Settings
from orderwarden.domain.hooks_wanted import wanted_scopes
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.services.process_steps.outcome import Outcome
from orderwarden_cli.rules_yaml import read_rules
from scenario import Scenario
from sweeping import Sweeper

QUOTA, WINDOW_S, RESERVE = 150, 30.0, 0.2
PERIOD_S, SOONER_S, LIVE_EVERY_S = 300.0, 60.0, 60.0
CALLS_A_CHANGE = 3
RULES = """
version: 1
mode: live
time_zone: UTC
rules:
  - name: cancel-unpaid
    on: sweep
    when:
      status: Awaiting Payment
      age: {at_least: 12h}
      payment_method: [Credit Card, PayPal]
    do:
      - set_status: Cancelled
    limit: {approve_after: none, per_hour: none}

  - name: complete-when-shipped
    on: [shipment_created, status_updated]
    when: {status: Shipped, fully_shipped: true}
    do:
      - set_status: Completed
"""


def main() -> None:
    """Run it and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    settings = Settings(
        plain_http_destinations=True,
        quota_requests=QUOTA,
        quota_window_s=WINDOW_S,
        journal_limit=1000,
    )
    in_memory = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
    with tempfile.TemporaryDirectory(dir=in_memory) as folder:
        began = time.perf_counter()
        scopes = wanted_scopes(read_rules(RULES, "rules.yaml"))  # as the server hooks them
        scenario = Scenario(Path(folder), RULES, settings, orders=count, scopes=scopes)
        running = Running(scenario)
        running.run()
        real_s = time.perf_counter() - began
    simulated_s, waits, answers = running.last_s, running.waits, running.answers
    applied = running.applied
    calls = sum(answers.values())
    best_s = applied * CALLS_A_CHANGE / (QUOTA * (1 - RESERVE)) * WINDOW_S
    own_s = calls / (QUOTA * (1 - RESERVE)) * WINDOW_S
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"orders                          {count:>10,}")
    print(f"cancelled                       {applied:>10,}")
    print(f"simulated time                  {simulated_s:>10,.0f} s")
    print(f"against 3 calls an order        {simulated_s / best_s:>10.2f}   (target: 1.05)")
    print(f"against the calls really made   {simulated_s / own_s:>10.2f}")
    print(f"calls an order, all included    {calls / applied:>10.2f}")
    print(f"429s                            {answers[429]:>10}")
    print(f"live webhooks, longest wait     {max(waits, default=0):>10.0f} s   (at most: 300)")
    print(f"peak memory                     {peak_mib:>10.0f} MiB")
    print(f"real time                       {real_s:>10.0f} s")


class Running:
    """Sweeps until nothing is due any more, with live webhooks in between.

    Attributes:
        waits: Simulated seconds from each live event to its change.
        last_s: When the last order was cancelled.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.answers: Counter[int] = Counter()
        self.waits: list[float] = []
        self.applied, self.last_s = 0, 0.0
        self._scenario = scenario
        self._sweeper = Sweeper(scenario, PERIOD_S)
        self._began_at = scenario.clock.now()
        self._next_sweep_s, self._next_live_s = 0.0, LIVE_EVERY_S
        self._sent: dict[int | None, float] = {}
        self._is_more = True
        for adapter in (scenario.adapter, self._sweeper.adapter):
            count_answers(adapter, self.answers)

    def run(self) -> None:
        """Go on until the last order is cancelled and nothing waits."""
        scenario = self._scenario
        while self._is_more or scenario.queue.depth().queued:
            if self._now_s() >= self._next_sweep_s:
                self._sweep()
            if self._is_more and self._now_s() >= self._next_live_s:
                self._ship_one()
            scenario.deliver()
            if scenario.work_once() is None:
                self._let_time_pass()
            else:
                self._note(*scenario.outcomes.pop())

    def _now_s(self) -> float:
        return (self._scenario.clock.now() - self._began_at).total_seconds()

    def _sweep(self) -> None:
        summary = self._sweeper.queue().summary
        self._is_more = summary["ended"] != "complete" or summary["queued"] != 0
        has_room = summary["ended"] == "complete"
        self._next_sweep_s = self._now_s() + (PERIOD_S if has_room else SOONER_S)

    def _ship_one(self) -> None:
        sim = self._scenario.sim
        order = sim.shopper.place(total="20.00", status="Awaiting Fulfillment")
        sim.staff.ship(order)
        self._sent[order] = self._now_s()
        self._next_live_s = self._now_s() + LIVE_EVERY_S

    def _note(self, signal: Signal, outcome: Outcome) -> None:
        if outcome.kind != "applied":
            return
        if signal.trigger is Trigger.SWEEP:
            self.applied, self.last_s = self.applied + 1, self._now_s()
        elif signal.order_id in self._sent:
            self.waits.append(self._now_s() - self._sent.pop(signal.order_id))

    def _let_time_pass(self) -> None:
        clock, queue = self._scenario.clock, self._scenario.queue
        nexts = [self._next_sweep_s, self._next_live_s] if self._is_more else []
        visible_at = queue.next_visible_at()
        if visible_at is not None:
            nexts.append((visible_at - self._began_at).total_seconds())
        clock.advance(max(min(nexts, default=0.0) - self._now_s(), 0.001))


def count_answers(adapter: object, answers: Counter[int]) -> None:
    """Count every answer that an adapter carries."""
    send = adapter.send  # type: ignore[attr-defined]

    def counted(*arguments: object, **named: object) -> object:
        response = send(*arguments, **named)
        answers[response.status_code] += 1
        return response

    adapter.send = counted  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
