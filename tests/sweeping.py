"""Sweeps in a scenario: orders placed some hours ago, runs, and what they tell."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count

from in_process import InProcessAdapter
from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceReader
from orderwarden.domain.rules.canonical import from_json
from orderwarden.ports import Run
from orderwarden.services.sweep import SweepPorts, Target
from orderwarden.services.sweep_run import EVERY_S, SweepRun
from requests import PreparedRequest, Response
from scenario import STORE, TOKEN, Scenario


class Sweeper:
    """Sweeps the store of a scenario."""

    def __init__(self, scenario: Scenario, period_s: float = EVERY_S) -> None:
        """Sweep with a client of its own, as the server does."""
        self._scenario = scenario
        self._period_s = period_s
        self._numbers = count(1)
        self.adapter = InProcessAdapter(scenario.sim)
        self.pacer = Pacer(scenario.clock, jitter=lambda: 0.0)
        self.reader = BigCommerceReader(
            STORE,
            TOKEN,
            "https://api.example.com",
            self.pacer,
            scenario.clock,
            adapter=self.adapter,
        )

    def place(self, *, hours: float = 13, total: str = "640.00", **order: object) -> int:
        """Place an order so many hours ago, awaiting payment by credit card."""
        created_at = self._scenario.clock.now() - timedelta(hours=hours)
        return self._scenario.sim.shopper.place(
            total=total,
            created_at=created_at,
            **order,  # type: ignore[arg-type]
        )

    def ignore_status(self) -> None:
        """Let the store list orders of every status, whatever it is asked for."""

        def send(request: PreparedRequest, *more: object, **named: object) -> Response:
            request.url = re.sub(r"status_id=\d+&?", "", str(request.url))
            return InProcessAdapter.send(self.adapter, request, *more, **named)

        self.adapter.send = send  # type: ignore[method-assign]

    def begin(self, *, is_asked_for: bool = True) -> SweepRun:
        """Begin a run."""
        scenario = self._scenario
        published = scenario.state.current(STORE)
        assert published is not None
        ports = SweepPorts(
            clock=scenario.clock,
            receipts=scenario.receipts,
            changelog=scenario.changelog,
            state=scenario.state,
            queue=scenario.queue,
            notifier=scenario.notices,
        )
        target = Target(
            store=STORE,
            reader=self.reader,
            rules=from_json(published.compiled, published.version),
            run_id=f"run-{next(self._numbers)}",
            period_s=self._period_s,
        )
        return SweepRun(ports, target, is_asked_for=is_asked_for)

    def queue(self) -> Run:
        """Make one pass and let nobody work yet."""
        run = self.begin()
        run.sweep_once()
        return run.finish()

    def sweep(self, for_s: float = 3600.0) -> Run:
        """Make one pass, and let workers work until all is quiet."""
        run = self.queue()
        self._scenario.run(for_s)
        return run
