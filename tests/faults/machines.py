"""Who acts on our side for every webhook: the workers, and the door that it comes through."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from boundaries import Crossing, Unexpected
from fakes import TurnableClock
from operators import NEXT_SECRET
from orderwarden.adapters.bigcommerce_pacing import PATIENCE_S, Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceStore
from orderwarden.errors import OrderwardenError
from orderwarden.ports import Clock, HookSecrets
from orderwarden.services.ingest import Ingest
from orderwarden.services.note_webhooks import WebhookNotes
from orderwarden.services.process import Process
from orderwarden.services.process_steps.ports import ProcessPorts
from orderwarden.services.rules_in_force import RulesInForce
from orderwarden_local.sqlite_queue import Delivery, SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.structured_log import StructuredLog
from orderwarden_local.workers import LEASE_S, PACE, Pace, Workers
from scenario import SECRET, STORE, TOKEN, Died
from scheduler import Scheduler
from store_faults import CrossingAdapter

if TYPE_CHECKING:
    from simulation import Simulation

OUT_OF_REACH_S: Final = 5.0
RESTART_S: Final = 1.0
RULES_KEPT_S: Final = 2.0
API_URL: Final = "https://api.example.com"


class MachineClock:
    """The clock of one machine, off by some seconds; whoever waits gives the baton back."""

    def __init__(self, clock: TurnableClock, scheduler: Scheduler, off_s: float) -> None:
        self._clock = clock
        self._scheduler = scheduler
        self._off = timedelta(seconds=off_s)

    def now(self) -> datetime:
        return self._clock.now() + self._off

    def wait(self, seconds: float) -> None:
        self._scheduler.pause(seconds)


def client(simulation: Simulation, name: str, clock: Clock) -> tuple[BigCommerceStore, Pacer]:
    """Return one machine's client of the store, every call of which is a boundary."""
    pacer = Pacer(clock, jitter=lambda: 0.0)
    adapter = CrossingAdapter(
        name, simulation.sim, simulation.boundaries, simulation.pause, simulation.dice.uniform
    )
    return BigCommerceStore(STORE, TOKEN, API_URL, pacer, clock, adapter=adapter), pacer


class Machine:
    """One process of ours: the real worker loop on its own clock; started anew when it dies.

    Attributes:
        is_dying: Its other thread, which renews leases, met its death: the worker follows.
    """

    def __init__(self, simulation: Simulation, name: str, off_s: float) -> None:
        self.name = name
        self.is_dying = False
        self._simulation = simulation
        self._clock = MachineClock(simulation.clock, simulation.scheduler, off_s)
        self._log = io.StringIO()
        self._start()

    @property
    def log(self) -> list[dict[str, Any]]:
        """Return what it logged: for a failing run's history, and to find bugs; no verdict."""
        return [json.loads(line) for line in self._log.getvalue().splitlines()]

    def work(self) -> None:
        """Take signals and process them, for ever."""
        simulation = self._simulation
        while True:
            simulation.scheduler.idle("workers", simulation.queue_due_at)
            try:
                self._work_once()
            except (Died, Unexpected):  # the second: of the queue itself, which ends a worker
                simulation.tell("   died")
                simulation.scheduler.pause(RESTART_S)
                self._start()

    def _work_once(self) -> None:
        simulation, workers = self._simulation, self._workers
        delivery = workers._receive()
        if delivery is None:
            simulation.scheduler.pause(OUT_OF_REACH_S)
            return
        simulation.tell(taken(delivery))
        workers._in_hand.add(delivery.receipt_handle)
        self._renew_later(delivery.receipt_handle)
        try:
            workers._handle(delivery)
        finally:
            workers._in_hand.discard(delivery.receipt_handle)
        simulation.tell(ended(json.loads(self._log.getvalue().splitlines()[-1])))

    def _renew_later(self, handle: str) -> None:
        """Renew what is in hand as the server's other thread does, unless all is frozen."""
        simulation, workers = self._simulation, self._workers

        def renew() -> None:
            if handle not in workers._in_hand or workers is not self._workers:
                return
            simulation.scheduler.after(PACE.renew_every_s, renew, background=True)
            if self.name not in simulation.frozen:
                try:
                    self._renew(handle)
                except Died:
                    self.is_dying = True

        simulation.scheduler.after(PACE.renew_every_s, renew, background=True)

    def _renew(self, handle: str) -> None:
        process, queue = self._workers._process, self._workers._queue
        # A write under way holds the case's lock; the real thread would wait for it.
        if not any(case._lock.locked() for case in process._cases):
            with suppress(OrderwardenError, Unexpected):
                process.renew_leases()
        with suppress(OrderwardenError, Unexpected):
            queue.change_visibility(handle, LEASE_S)

    def _start(self) -> None:
        simulation, clock = self._simulation, self._clock
        self.is_dying = False
        cross = partial(Crossing, self.name, boundaries=simulation.boundaries)
        state = cross("state", simulation.state)
        store, pacer = client(simulation, self.name, clock)
        ports = ProcessPorts(
            clock=clock,
            receipts=cast("SqliteReceipts", cross("receipts", simulation.receipts_by(clock))),
            changelog=cast("Any", cross("changelog", simulation.changelog)),
            state=cast("Any", state),
            notifier=cast("Any", cross("notifier", simulation.notices)),
            stores=lambda _: store,
            patience=lambda _: pacer.patience(PATIENCE_S),
            rules=RulesInForce(cast("Any", state), clock, RULES_KEPT_S).of,
            new_id=simulation.new_id,
            jitter=simulation.dice.random,
            lease_s=LEASE_S,
            note_webhook=WebhookNotes(cast("Any", state), clock).note,
        )
        queue = cast("SqliteQueue", cross("queue", simulation.queue))
        log = StructuredLog(clock, self._log)
        self._workers = Workers(queue, Process(ports), log, 0, Pace(out_of_reach_s=0.0))


class BothSecrets:
    """The secrets of the one store while they rotate: the present one and the next."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def hook_secrets(self, store: str, *, newer_than: datetime | None = None) -> HookSecrets:  # noqa: ARG002
        return HookSecrets((SECRET, NEXT_SECRET), (), False, self._clock.now())


def let_webhooks_in(simulation: Simulation) -> None:
    """Hand every webhook to ingest when it is due, for ever."""
    queue = Crossing("door", "queue", simulation.queue, simulation.boundaries)
    secrets = Crossing("door", "secrets", BothSecrets(simulation.clock), simulation.boundaries)
    ingest = Ingest(cast("Any", queue), cast("Any", secrets), simulation.clock, [STORE])
    simulation.receive = partial(_answer, ingest)
    while True:
        simulation.scheduler.idle("door", simulation.webhook_due_at)
        for attempt in simulation.sim.due():
            status = simulation.receive(attempt.headers, attempt.body)
            simulation.tell(f"webhook {attempt.scope} {attempt.event_seq}: {status}")
            simulation.sim.record_result(attempt, status)


def _answer(ingest: Ingest, headers: Any, body: bytes) -> int | None:  # noqa: ANN401
    try:
        return ingest.handle("POST", STORE, headers, body).http_status
    except Died:
        return None  # the connection breaks off
    except Unexpected:
        return 500  # as any web server answers


def taken(delivery: Delivery) -> str:
    """Return in one line what a worker took."""
    try:
        signal = json.loads(delivery.body)
        statuses = (signal.get("previous_status_id"), signal.get("new_status_id"))
        told = (
            f"{signal['trigger']} {signal['order_id']} {statuses} {signal['occurred_at'][11:19]}"
        )
    except (ValueError, KeyError):
        told = "no signal"
    return f"takes {told}, receive {delivery.receive_count}"


def ended(logged: dict[str, Any]) -> str:
    """Return in one line how a signal ended."""
    changes = [(c["rule"], c["to_status_id"], c["result"]) for c in logged.get("changes", ())]
    reason = str(logged.get("reason") or "").partition(" at /")[0]  # no path of this machine
    told = [logged.get("outcome"), logged.get("rule"), reason, logged.get("again_s")]
    return f"=> {' '.join(str(each) for each in told if each)} {changes or ''}"
