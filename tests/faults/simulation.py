"""Everything in one process, from a plan: the store, its webhooks, people, workers, faults."""

from __future__ import annotations

import hashlib
import io
import json
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from bigcommerce_sim import Answer, FaultRule, Request, Settings, SimulatedStore
from bigcommerce_sim.world.journal import Event, Write
from boundaries import Boundaries, Crossing, CrossingAdapter, Unexpected
from fakes import TurnableClock
from orderwarden.adapters.bigcommerce_pacing import PATIENCE_S, Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceStore
from orderwarden.domain.line import Line
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import OrderwardenError
from orderwarden.ports import Clock, Review
from orderwarden.services.ingest import Ingest
from orderwarden.services.probe import probe
from orderwarden.services.process import Process
from orderwarden.services.process_steps.ports import ProcessPorts
from orderwarden.services.publish import publish
from orderwarden.services.rules_in_force import RulesInForce
from orderwarden.services.unpark import unpark_due, unpark_waiting
from orderwarden_cli.rules_yaml import read_rules
from orderwarden_local.sqlite_changelog import SqliteChangelog
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.sqlite_state import SqliteState
from orderwarden_local.structured_log import StructuredLog
from orderwarden_local.workers import LEASE_S, Pace, Workers
from people import ACTS
from plans import Plan
from rulebook import SHOP, State, Wish, state_of, wish
from scenario import SCOPES, SECRET, STORE, TOKEN, Died, FollowingClock, KnownSecrets, Notices
from scheduler import Scheduler

HOUSEKEEPING_S: Final = 300.0
OUT_OF_REACH_S: Final = 5.0
SAID_TWICE: Final = 40
"""Rounds of waiting for parked signals before a run counts as never quiet."""

_compiled: dict[str, RuleSet] = {}


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


class Machine:
    """One of our processes: a worker with its own clock, started anew when it dies."""

    def __init__(self, simulation: Simulation, name: str, off_s: float) -> None:
        self.name = name
        self._simulation = simulation
        self._clock = MachineClock(simulation.clock, simulation.scheduler, off_s)
        self._log = io.StringIO()
        self._start()

    @property
    def log(self) -> list[dict[str, Any]]:
        """Return what it logged: for the history of a failing run, never for a verdict."""
        return [json.loads(line) for line in self._log.getvalue().splitlines()]

    def work(self) -> None:
        """Take signals and process them, for ever."""
        simulation = self._simulation
        while True:
            simulation.scheduler.idle("workers", simulation.queue_due_at)
            try:
                self._work_once()
            except (Died, Unexpected):  # the second: of the queue itself, which ends the worker
                simulation.tell("   died")
                simulation.scheduler.pause(1.0)
                self._start()

    def _work_once(self) -> None:
        simulation, workers = self._simulation, self._workers
        delivery = workers._receive()
        if delivery is None:
            simulation.scheduler.pause(OUT_OF_REACH_S)
            return
        handle = delivery.receipt_handle
        signal = json.loads(delivery.body) if delivery.body.startswith("{") else {}
        simulation.tell(
            f"takes {signal.get('trigger')} {signal.get('order_id')} "
            f"({signal.get('previous_status_id')}, {signal.get('new_status_id')}) "
            f"E={signal.get('occurred_at', '')[11:19]} n={delivery.receive_count}"
        )
        workers._in_hand.add(handle)
        self._renew_later(handle)
        try:
            workers._handle(delivery)
        finally:
            workers._in_hand.discard(handle)
        simulation.tell_outcome(self.log[-1])

    def _renew_later(self, handle: str) -> None:
        """Renew what is in hand as the server's own thread does, unless the machine is frozen."""
        workers, simulation = self._workers, self._simulation

        def renew() -> None:
            if handle not in workers._in_hand or workers is not self._workers:
                return
            simulation.scheduler.after(8.0, renew, background=True)
            if self.name in simulation.frozen:
                return
            process = workers._process
            if not any(case._lock.locked() for case in process._cases):
                with suppress(OrderwardenError):
                    process.renew_leases()
            with suppress(OrderwardenError):
                workers._queue.change_visibility(handle, LEASE_S)

        simulation.scheduler.after(8.0, renew, background=True)

    def _start(self) -> None:
        simulation, clock = self._simulation, self._clock
        cross = partial(Crossing, self.name, boundaries=simulation.boundaries)
        receipts = cross("receipts", SqliteReceipts(simulation.database, clock))
        changelog = cross("changelog", simulation.changelog)
        state = cross("state", simulation.state)
        notifier = cross("notifier", simulation.notices)
        queue = cross("queue", simulation.queue)
        pacer = Pacer(clock, jitter=lambda: 0.0)
        store = simulation.client(self.name, clock, pacer)
        ports = ProcessPorts(
            clock=clock,
            receipts=receipts,
            changelog=changelog,
            state=state,
            notifier=notifier,
            stores=lambda _: store,
            patience=lambda _: pacer.patience(PATIENCE_S),
            rules=RulesInForce(state, clock, kept_s=2.0).of,
            new_id=simulation.new_id,
            jitter=simulation.dice.random,
            lease_s=LEASE_S,
        )
        log = StructuredLog(clock, self._log)
        self._workers = Workers(
            cast("SqliteQueue", queue), Process(ports), log, 0, Pace(out_of_reach_s=0.0)
        )


class Simulation:
    """One run of a plan."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.plan = plan
        self.dice = Random(f"run:{plan.seed}")
        self.clock = TurnableClock()
        self.scheduler = Scheduler(self.clock, self.dice)
        self.history: list[str] = []
        self.orders: dict[int, int] = {}
        self.states: dict[int, list[tuple[datetime, State]]] = {}
        self.frozen: set[str] = set()
        self.poison = 0
        self.was_never_quiet = False
        self._writes_told = 0
        self._revoked = 0
        self._ids = count(1)
        self._is_queue_known = False
        self._queue_due_at: datetime | None = None
        self.sim: SimulatedStore = self._store()
        self.database = Database(folder / "orderwarden.sqlite3")
        self.queue = NoticedQueue(SqliteQueue(self.database, self.clock), self)
        self.changelog = SqliteChangelog(self.database)
        self.state = SqliteState(self.database)
        self.receipts = SqliteReceipts(self.database, self.clock)
        self.notices = Notices()
        self.boundaries = Boundaries(
            plan.faults,
            {n: partial(self.act, *act) for n, act in plan.acts_at.items()},
            now=self.clock.now,
            pause=self._pause,
            latency=self._latency,
            tell=self.tell,
        )
        self.publish(SHOP)
        skews = [self.dice.uniform(-plan.skew_s, plan.skew_s) for _ in range(plan.workers)]
        self.machines = [Machine(self, f"w{n}", off_s) for n, off_s in enumerate(skews)]
        queue = Crossing("door", "queue", self.queue, self.boundaries)
        secrets = Crossing("door", "secrets", KnownSecrets(self.clock), self.boundaries)
        self.ingest = Ingest(queue, secrets, self.clock, [STORE])
        self.reader = self.client("keeper", self.clock, Pacer(self.clock))

    # Running

    def run(self) -> None:
        """Let everything of the plan happen, and go on until all is quiet."""
        for machine in self.machines:
            self.scheduler.spawn(machine.name, machine.work)
        self.scheduler.spawn("door", self._door)
        self.scheduler.spawn("keeper", self._keeper)
        self.scheduler.run(0.0)
        self.boundaries.is_armed = True
        wait_s = 0.0
        for after_s, act, number in self.plan.story:
            wait_s += after_s
            self.scheduler.after(wait_s, partial(self.act, act, number))
        self.settle_down()
        self.undo_controls()
        self.settle_down()
        self.boundaries.is_armed = False

    def settle_down(self) -> None:
        """Go on until nothing is on its way and nothing parked waits for its time alone."""
        for _ in range(SAID_TWICE):
            self.scheduler.run(86400.0 * 3)
            times = [parked.until for parked in self.parked() if parked.until]
            if not times:
                return
            wait_s = max((min(times) - self.clock.now()).total_seconds(), 0.0)
            self.scheduler.run(wait_s + HOUSEKEEPING_S + 1.0, is_patient=True)
        self.was_never_quiet = True

    def pass_over_every_order(self) -> None:
        """Tell of every order once more, as a reconciliation would."""
        for order_id in self.orders.values():
            self.tell(f"-- look at {order_id} once more")
            self.sim.world.publish("store/order/updated", {"type": "order", "id": order_id})
        self.settle_down()

    def close(self) -> None:
        """End all threads and close the file."""
        self.scheduler.close()
        self.database.close()

    def act(self, name: str, number: int) -> None:
        """Let something happen, by its name."""
        self.tell(f"** {name} {self.orders.get(number, '')}")
        ACTS[name](self, number)

    def _door(self) -> None:
        while True:
            self.scheduler.idle("door", self._webhook_due_at)
            for attempt in self.sim.due():
                try:
                    status: int | None = self.ingest.handle(
                        "POST", STORE, attempt.headers, attempt.body
                    ).http_status
                except Died:
                    status = None
                except Exception:  # noqa: BLE001  a web server answers 500
                    status = 500
                self.tell(f"webhook {attempt.scope} {attempt.event_seq}: {status}")
                self.sim.record_result(attempt, status)

    def _keeper(self) -> None:
        state = Crossing("keeper", "state", self.state, self.boundaries)
        queue = Crossing("keeper", "queue", self.queue, self.boundaries)
        while True:
            self.scheduler.pause(HOUSEKEEPING_S, background=True)
            with suppress(OrderwardenError, Died, Unexpected):
                if probe(state, queue, STORE, self.reader, 100):
                    unpark_due(state, queue, self.clock, STORE, 100)

    def queue_due_at(self) -> datetime | None:
        """Return when a worker may next receive something."""
        if not self._is_queue_known:
            self._queue_due_at = self.queue.next_visible_at()
            self._is_queue_known = True
        return self._queue_due_at

    def queue_changed(self) -> None:
        """Look anew at when something may be received."""
        self._is_queue_known = False

    def _webhook_due_at(self) -> datetime | None:
        at = self.sim.next_due_at()
        return None if at is None else at - self.sim_clock.ahead

    def _pause(self, seconds: float) -> None:
        if seconds <= 0:
            return
        name = self.scheduler.running
        if seconds >= 60.0:
            self.frozen.add(name)
        self.scheduler.pause(seconds)
        self.frozen.discard(name)

    def _latency(self, name: str) -> float:
        if not self.plan.is_unhurried:
            return 0.0
        if name.startswith("store."):
            return self.dice.choice((0.05, 0.1, 0.2, 0.3)) if self.dice.random() < 0.95 else 1.5
        return self.dice.choice((0.0, 0.001, 0.005, 0.02))

    # What operators do

    def publish(self, text: str) -> None:
        if text not in _compiled:
            _compiled[text] = read_rules(text, "rules.yaml")
        publish(self.state, self.clock, STORE, _compiled[text], source=text, author="test")

    def pause_rule(self, rule: str) -> None:
        self.state.pause_rule(STORE, rule)

    def resume_rule(self, rule: str) -> None:
        self.state.resume_rule(STORE, rule)
        unpark_waiting(self.state, self.queue, STORE, f"rule:{rule}", 100)

    def stop_store(self) -> None:
        self.state.stop(STORE, "by_hand")

    def resume_store(self) -> None:
        self.state.resume(STORE)
        unpark_waiting(self.state, self.queue, STORE, "store", 100)

    def revoke_token(self) -> None:
        self._revoked = self.sim.faults.add(FaultRule(Answer.STATUS, status=401))

    def restore_token(self) -> None:
        self.sim.faults.remove(self._revoked)

    def undo_controls(self) -> None:
        """Let everything run again that somebody stopped."""
        self.restore_token()
        self.resume_store()
        self.resume_rule("complete-when-shipped")

    def use_up_quota(self) -> None:
        self.sim.settings.quota_requests = 100
        self.sim.quota.take(self.sim.clock.now(), 95)

    def replay_webhooks(self) -> None:
        """Let everything that was delivered come once more."""
        done = [each.attempt for each in self.sim.attempts if each.outcome == "delivered"]
        for attempt in done[-6:]:
            with suppress(Exception, Died):
                self.ingest.handle("POST", STORE, attempt.headers, attempt.body)

    def put_poison(self) -> None:
        self.poison += 1
        self.queue.put_body('{"version": 1, "poison": true}', "f" * 32)

    # The store

    def _store(self) -> SimulatedStore:
        self.sim_clock = FollowingClock(self.clock)
        self.sim_clock.ahead = timedelta(seconds=self.plan.ahead_s)
        settings = Settings(plain_http_destinations=True, quota_requests=100_000)
        sim = SimulatedStore(
            STORE,
            clock=self.sim_clock,
            settings=settings,
            seed=self.plan.seed,
            token=TOKEN,
            client_secret=SECRET,
        )
        for scope in SCOPES:
            body = {"scope": scope, "destination": f"https://hooks.example.com/webhooks/{STORE}"}
            headers = {"x-auth-token": TOKEN, "content-type": "application/json"}
            path = f"/stores/{STORE}/v3/hooks"
            answer = sim.handle(Request("POST", path, "", headers, json.dumps(body).encode()))
            assert answer.status in {200, 201}, answer.body
        for name, value in self.plan.chances.items():
            settings.change(name, value)
        sim.world.subscribe(self._note_states)
        return sim

    def client(self, name: str, clock: Clock, pacer: Pacer) -> BigCommerceStore:
        """Return the client of one machine."""
        url = "https://api.example.com"
        adapter = CrossingAdapter(name, self.sim, self.boundaries, self._pause, self.dice.uniform)
        return BigCommerceStore(STORE, TOKEN, url, pacer, clock, adapter=adapter)

    def _note_states(self, _event: Event) -> None:
        for write in list(self.sim.journal.writes)[self._writes_told :]:
            self._writes_told += 1
            self.tell(
                f"   STORE {write.actor.partition(':')[0]} {write.action} {write.order_id} "
                f"{write.before_status}→{write.after_status} {dict(write.changes)}"
            )
        for order_id in self.orders.values() or ():
            self._note_state(order_id)

    def _note_state(self, order_id: int) -> None:
        states = self.states.setdefault(order_id, [])
        state = self.true_state(order_id)
        if not states or states[-1][1] != state:
            states.append((self.sim.world.now(), state))

    def true_state(self, order_id: int) -> State:
        """Return an order as it really is."""
        order = self.sim.world.orders.get(order_id)
        assert order is not None
        transactions = self.sim.world.transactions_of(order_id)
        stands = any(each.status == "ok" for each in transactions.of(order_id))
        return state_of(order, transactions.taken(order_id), has_money=stands)

    def taken(self, order_id: int) -> Decimal:
        """Return the money taken for an order."""
        return self.sim.world.transactions_of(order_id).taken(order_id)

    def wish(self, order_id: int) -> Wish | None:
        """Return what the rules want for an order now."""
        return wish(self.true_state(order_id))

    def our_writes(self, order_id: int | None = None) -> list[Write]:
        """Return what changed through the API, as the store tells."""
        writes = self.sim.journal.writes
        ours = [write for write in writes if write.actor.startswith("api:")]
        return [w for w in ours if w.order_id is not None and order_id in (None, w.order_id)]

    # Ours

    def new_id(self) -> str:
        return f"{next(self._ids):032x}"

    def lines(self, order_id: int) -> list[Line]:
        return list(self.changelog.of_order(STORE, order_id))

    def reviews(self) -> list[Review]:
        return list(self.state.reviews(STORE, None))

    def parked(self) -> list[Any]:
        """Return everything that is parked."""
        future = self.clock.now() + timedelta(days=4000)
        timed = list(self.state.due(STORE, future, 10_000))
        kinds = {"store", *(f"rule:{name}" for name in ("complete-when-shipped",))}
        return timed + [p for kind in kinds for p in self.state.waiting_for(STORE, kind, 10_000)]

    # Telling

    def tell(self, what: str) -> None:
        """Add to the history."""
        who = self.scheduler.running
        self.history.append(f"{self.clock.now():%H:%M:%S.%f} {who:7} {what}")

    def tell_outcome(self, logged: dict[str, Any]) -> None:
        changes = [(c["rule"], c["to_status_id"], c["result"]) for c in logged.get("changes", ())]
        self.tell(
            f"=> {logged.get('outcome')} {logged.get('rule', '')} "
            f"{logged.get('reason', '')} {logged.get('again_s', '')} {changes or ''}"
        )

    @property
    def trace_hash(self) -> str:
        """Return the digest of everything that happened, boundary by boundary."""
        told = [*self.history, *(f"{c.actor} {c.name} {c.fault}" for c in self.boundaries.crossed)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


class NoticedQueue:
    """The queue, telling the simulation when it changed."""

    def __init__(self, queue: SqliteQueue, simulation: Simulation) -> None:
        self._queue = queue
        self._simulation = simulation

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        real = getattr(self._queue, name)
        if name in {"depth", "next_visible_at", "dead_letters"}:
            return real

        def changing(*args: object, **kwargs: object) -> object:
            try:
                return real(*args, **kwargs)
            finally:
                self._simulation.queue_changed()

        return changing
