"""A store, its webhooks and Orderwarden in one process, on one clock that tests turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from bigcommerce_sim import (
    Answer,
    Attempt,
    Effect,
    FaultRule,
    Request,
    Settings,
    SimulatedStore,
)
from fakes import TurnableClock
from in_process import InProcessAdapter
from orderwarden.adapters.bigcommerce_pacing import PATIENCE_S, Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceStore
from orderwarden.domain.line import Line
from orderwarden.domain.signal import Signal
from orderwarden.ports import Changelog, HookSecrets, Receipts, Review, State
from orderwarden.services.ingest import Ingest, Ingested
from orderwarden.services.process import Process
from orderwarden.services.process_steps.outcome import Outcome
from orderwarden.services.process_steps.ports import ProcessPorts
from orderwarden.services.publish import publish
from orderwarden.services.rules_in_force import RulesInForce
from orderwarden.services.unpark import unpark_due
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local.sqlite_changelog import SqliteChangelog
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.sqlite_state import SqliteState
from orderwarden_local.workers import LEASE_S

STORE = "abc123"
SECRET = "client-secret-of-the-test"
TOKEN = "token-of-the-test"
SCOPES = ("store/order/*", "store/shipment/*")
COMPLETE = """
version: 1
mode: live
time_zone: UTC
rules:
  - name: complete-when-shipped
    on: [shipment_created, status_updated]
    when:
      status: [Awaiting Fulfillment, Awaiting Shipment, Partially Shipped, Shipped]
      fully_shipped: true
    do:
      - set_status: Completed
"""


class Died(BaseException):
    """The process is gone; nothing of ours may catch it."""


def die() -> NoReturn:
    """End the process."""
    raise Died


class FollowingClock:
    """The simulator's clock: follows the test's."""

    def __init__(self, clock: TurnableClock) -> None:
        self._clock = clock
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return self._clock.now() + self.ahead

    def turn(self, seconds: float) -> datetime:
        self._clock.advance(seconds)
        return self.now()


@dataclass
class Notices:
    """A notifier that remembers."""

    kinds: list[str] = field(default_factory=list)
    details: list[Mapping[str, object]] = field(default_factory=list)

    def notify(self, store: str, kind: str, notice_id: str, detail: Mapping[str, object]) -> None:  # noqa: ARG002
        self.kinds.append(kind)
        self.details.append(detail)


class KnownSecrets:
    """The secrets of the one store."""

    def __init__(self, clock: TurnableClock) -> None:
        self._clock = clock

    def hook_secrets(self, store: str, *, newer_than: datetime | None = None) -> HookSecrets:  # noqa: ARG002
        return HookSecrets((SECRET,), (), needs_both=False, fetched_at=self._clock.now())


class Tables(NamedTuple):
    """What `process` writes to besides the store."""

    receipts: Receipts
    changelog: Changelog
    state: State


class Scenario:
    """Everything at hand; `run()` lets webhooks come and workers work until all is quiet."""

    def __init__(
        self,
        folder: Path,
        rules: str = COMPLETE,
        settings: Settings | None = None,
        tables: Callable[[TurnableClock], Tables] | None = None,
        orders: int = 0,
        *,
        scopes: Iterable[str] = SCOPES,
    ) -> None:
        self.clock = TurnableClock()
        self.sim_clock = FollowingClock(self.clock)
        self.sim = SimulatedStore(
            STORE,
            clock=self.sim_clock,
            settings=settings or Settings(plain_http_destinations=True, quota_requests=100_000),
            token=TOKEN,
            client_secret=SECRET,
            orders=orders,
        )
        self.database = Database(folder / "orderwarden.sqlite3")
        self.queue = SqliteQueue(self.database, self.clock)
        self.receipts, self.changelog, self.state = (tables or self._sqlite_tables)(self.clock)
        self.notices = Notices()
        self.adapter = InProcessAdapter(self.sim)
        self.outcomes: list[tuple[Signal, Outcome]] = []
        self.ingested: list[Ingested] = []
        self._ids = count(1)
        self.process = self.new_process()
        self.ingest = Ingest(self.queue, KnownSecrets(self.clock), self.clock, [STORE])
        self.publish(rules)
        for scope in scopes:
            self._hook(scope)

    def _sqlite_tables(self, clock: TurnableClock) -> Tables:
        return Tables(
            SqliteReceipts(self.database, clock),
            SqliteChangelog(self.database),
            SqliteState(self.database),
        )

    def new_process(self) -> Process:
        """Return the use case as a process started anew would have it."""
        pacer = Pacer(self.clock, jitter=lambda: 0.0)
        store = BigCommerceStore(
            STORE, TOKEN, "https://api.example.com", pacer, self.clock, adapter=self.adapter
        )
        ports = ProcessPorts(
            clock=self.clock,
            receipts=self.receipts,
            changelog=self.changelog,
            state=self.state,
            notifier=self.notices,
            stores=lambda _: store,
            patience=lambda _: pacer.patience(PATIENCE_S),
            rules=RulesInForce(self.state, self.clock, kept_s=0.0).of,
            new_id=lambda: f"{next(self._ids):032x}",
            jitter=lambda: 0.0,
            lease_s=LEASE_S,
        )
        return Process(ports)

    def publish(self, rules: str) -> None:
        """Put rules in force."""
        compiled = read_rules(rules, "rules.yaml")
        publish(self.state, self.clock, STORE, compiled, source=rules, author="test")

    def _hook(self, scope: str) -> None:
        body = {"scope": scope, "destination": f"https://hooks.example.com/webhooks/{STORE}"}
        headers = {"x-auth-token": TOKEN, "content-type": "application/json"}
        answer = self.sim.handle(
            Request("POST", f"/stores/{STORE}/v3/hooks", "", headers, json.dumps(body).encode())
        )
        assert answer.status in {200, 201}, answer.body

    def fault(self, answer: str, *, effect: str = "none", **more: Any) -> int:  # noqa: ANN401
        """Let calls to the store's API go wrong from now on; return the fault's number."""
        return self.sim.faults.add(FaultRule(Answer(answer), effect=Effect(effect), **more))

    def receive_webhook(self, attempt: Attempt) -> int:
        """Hand one webhook attempt to ingest; return the HTTP status."""
        ingested = self.ingest.handle("POST", STORE, attempt.headers, attempt.body)
        self.ingested.append(ingested)
        return ingested.http_status

    def deliver(self) -> int:
        """Let the store deliver every webhook that is due."""
        return self.sim.deliver(self.receive_webhook)

    def work_once(self) -> Outcome | None:
        """Process the oldest receivable signal, as a worker does; None where there is none."""
        deliveries = self.queue.receive(limit=1, visibility_s=LEASE_S)
        if not deliveries:
            return None
        delivery = deliveries[0]
        signal = Signal.from_json(delivery.body)
        outcome = self.process.handle(signal, delivery.receive_count)
        self.outcomes.append((signal, outcome))
        if outcome.again_s is None:
            self.queue.delete(delivery.receipt_handle)
        else:
            self.queue.give_back(delivery.receipt_handle, outcome.again_s)
        return outcome

    def run(self, for_s: float = 3600.0) -> None:
        """Deliver and work until all is quiet, turning the clock to whatever comes next."""
        end = self.clock.now() + timedelta(seconds=for_s)
        while True:
            self.deliver()
            if self.work_once() is not None:
                continue
            nexts = [self.queue.next_visible_at(), self._next_store_event()]
            due = [at for at in nexts if at is not None]
            if not due or min(due) > end:
                return
            self.clock.advance(max((min(due) - self.clock.now()).total_seconds(), 0.001))

    def _next_store_event(self) -> datetime | None:
        at = self.sim.next_due_at()
        return None if at is None else at - self.sim_clock.ahead

    def crash(self, act: Callable[[], object]) -> None:
        """Do something in which the process dies, then start it anew."""
        try:
            act()
        except Died:
            self.process = self.new_process()
            return
        raise AssertionError("the process did not die")

    def unpark(self) -> int:
        """Put parked signals whose time has come back on the queue."""
        return unpark_due(self.state, self.queue, self.clock, STORE, 100)

    # What is to be checked

    def status_of(self, order_id: int) -> int:
        """Return an order's status as the store has it."""
        return self.sim.order(order_id).status_id

    def our_writes(self, order_id: int) -> list[tuple[int | None, int | None]]:
        """Return (from, to) of every change that came through the API, as the store tells."""
        return [
            (write.before_status, write.after_status)
            for write in self.sim.journal.writes_of(order_id)
            if write.actor.startswith("api:")
        ]

    def puts(self) -> list[Mapping[str, object]]:
        """Return the body of every PUT that the store received."""
        requests = self.sim.journal.requests
        return [json.loads(request.body) for request in requests if request.method == "PUT"]

    def lines(self, order_id: int) -> list[Line]:
        """Return the changelog of an order."""
        return list(self.changelog.of_order(STORE, order_id))

    def results(self, order_id: int) -> list[tuple[str, str]]:
        """Return (rule, result) of every line of an order."""
        return [(line.rule, line.result.value) for line in self.lines(order_id)]

    def kinds(self) -> list[str]:
        """Return how every signal ended, in order."""
        return [outcome.kind for _, outcome in self.outcomes]

    def reviews(self) -> list[Review]:
        """Return what waits for a person."""
        return list(self.state.reviews(STORE))
