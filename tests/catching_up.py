"""Reconciling the store of a scenario, and ways to lose what a reconciliation finds again."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from orderwarden.adapters.bigcommerce_pacing import Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceReader
from orderwarden.services.reconcile import AS_ALWAYS, Reconciliation, Wanted, reconcile
from orderwarden.services.reconcile_rows import ReconcilePorts
from orderwarden.services.rules_in_force import RulesInForce
from scenario import STORE, TOKEN, Scenario

API_URL = "https://api.example.com"


class CatchingUp:
    """Runs reconciliations over the store of a scenario, as the server's timer does."""

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._ids = count(1)
        pacer = Pacer(scenario.clock, jitter=lambda: 0.0)
        self.reader = BigCommerceReader(
            STORE, TOKEN, API_URL, pacer, scenario.clock, adapter=scenario.adapter
        )

    def run(self, wanted: Wanted = AS_ALWAYS) -> Reconciliation:
        """Do one run; its signals stay on the queue."""
        one = self._scenario
        ports = ReconcilePorts(
            clock=one.clock,
            state=one.state,
            receipts=one.receipts,
            changelog=one.changelog,
            queue=one.queue,
            notifier=one.notices,
            rules=RulesInForce(one.state, one.clock, kept_s=0.0).of,
            new_id=lambda: f"{next(self._ids):032x}",
        )
        return reconcile(ports, STORE, self.reader, wanted)

    def sums(self, wanted: Wanted = AS_ALWAYS) -> Mapping[str, object]:
        """Do one run; return what it counted, zeros left out, and how it ended."""
        summary = self.run(wanted).run.summary
        return {name: value for name, value in summary.items() if value and name in NAMES}


NAMES = frozenset(
    {
        "orders",
        "received",
        "missed",
        "already_handled",
        "waiting",
        "rechecked",
        "recovered",
        "unmatched",
        "opted_out",
        "ended",
        "why",
    }
)


def lose_webhooks(scenario: Scenario) -> int:
    """Let every webhook that is due vanish, as if it had been delivered; return how many."""
    attempts = scenario.sim.due()
    for attempt in attempts:
        scenario.sim.record_result(attempt, 200)
    return len(attempts)


def lose_the_queue(scenario: Scenario) -> None:
    """Let everything on the queue vanish."""
    with scenario.database.writing() as connection:
        connection.execute("DELETE FROM queue_messages")
        connection.execute("DELETE FROM queue_groups")
