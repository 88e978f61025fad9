"""Everything in one process, from a plan: the store, its webhooks, people, workers, faults."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random

from beginnings import NoticedQueue, compiled, file_with_rules, new_store
from bigcommerce_sim import SimulatedStore
from boundaries import Boundaries
from fakes import NOON, TurnableClock
from machines import Machine, let_webhooks_in
from operators import Operators
from orderwarden.domain.line import Line
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden.ports import Clock, Parked, Review
from orderwarden_local.sqlite_changelog import SqliteChangelog
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.sqlite_state import SqliteState
from people import ACTS
from plans import Plan
from quiet import Quiet
from rounds import BY_CLOCK, Rounds, reconcile_since
from rulebook import SHOP, rules_of
from scenario import STORE, Died, FollowingClock, Notices
from scheduler import Scheduler
from witness import Witness

Receive = Callable[[Mapping[str, str], bytes], int | None]


class Simulation:
    """One run of a plan.

    Attributes:
        frozen: Names of machines that stand still.
        acts: How often each act truly took place.
        act_began_at: The boundary before which each act took place, in order.
        poison: How many messages were put on the queue that are no signals.
        rounds: What is done by the clock, and what was done besides.
        quiet: Lets it go on until nothing is left to do.
    """

    def __init__(self, folder: Path, plan: Plan) -> None:
        self.plan = plan
        self.dice = Random(f"run:{plan.seed}")
        self.clock = TurnableClock()
        self.scheduler = Scheduler(self.clock, self.dice)
        self.history: list[str] = []
        self.frozen: set[str] = set()
        self.poison = 0
        self.acts: Counter[str] = Counter()
        self.act_began_at: list[int] = []
        self.receive: Receive = lambda _headers, _body: None
        self._ids = count(1)
        self._is_queue_known = False
        self._queue_due_at: datetime | None = None
        self.sim_clock = FollowingClock(self.clock)
        self.sim_clock.ahead = timedelta(seconds=plan.ahead_s)
        self.sim: SimulatedStore = new_store(self.sim_clock, plan)
        self.witness = Witness(self.sim, self.tell, self.clock.now, is_swept=plan.sweeps)
        self._open(folder)
        acts = {number: partial(self.act, *act) for number, act in plan.acts_at.items()}
        self.boundaries = Boundaries(
            plan.faults,
            acts,
            now=self.clock.now,
            pause=self.pause,
            latency=self._latency,
            tell=self.tell,
        )
        self.operators = Operators(self)
        self.quiet = Quiet(self)
        skews = [self.dice.uniform(-plan.skew_s, plan.skew_s) for _ in range(plan.workers)]
        self.machines: list[Machine] = []
        for number, off_s in enumerate(skews):
            self.machines.append(Machine(self, f"w{number}", off_s))
        skew_s = plan.skew_s
        self.rounds = [
            Rounds(self, kind, f"{BY_CLOCK}{kind}{number}", self.dice.uniform(-skew_s, skew_s))
            for number, kind in enumerate(plan.rounds)
        ]

    def _open(self, folder: Path) -> None:
        """Begin with a file in which the rules of the shop are in force."""
        path = folder / "orderwarden.sqlite3"
        path.write_bytes(file_with_rules(rules_of(SHOP, is_swept=self.plan.sweeps)))
        path.chmod(0o600)
        self.database = Database(path)
        self.queue = NoticedQueue(SqliteQueue(self.database, self.clock), self._queue_changed)
        self.changelog = SqliteChangelog(self.database)
        self.state: SqliteState = SqliteState(self.database)
        self.receipts = self.receipts_by(self.clock)
        self.notices = Notices()

    # Running

    def run(self) -> None:
        """Let everything of the plan happen, and go on until all is quiet."""
        for machine in self.machines:
            self.scheduler.spawn(machine.name, machine.work)
        self.scheduler.spawn("door", partial(let_webhooks_in, self))
        for each in self.rounds:
            self.scheduler.after(
                self.plan.rounds_after_s,
                partial(self.scheduler.spawn, each.name, each.by_the_clock),
                background=True,
            )
        self.scheduler.run(0.0)
        self.boundaries.is_armed = True
        wait_s = 0.0
        for after_s, act, number in self.plan.story:
            wait_s += after_s
            self.scheduler.after(wait_s, partial(self.act, act, number))
        self.quiet.come(first_s=wait_s)
        self.boundaries.is_armed = False
        self.operators.let_all_run()
        self.quiet.all_runs_since = self.clock.now()
        self.boundaries.is_armed = True
        self.quiet.come()
        self.boundaries.is_armed = False

    def round_now(self, kind: str) -> None:
        """Make one round more, beside all others."""
        name = f"{kind}{len(self.rounds)}"
        one = Rounds(self, kind, name)
        self.rounds.append(one)
        self.scheduler.spawn(name, one.make_one)

    def pass_over_every_order(self) -> None:
        """Tell of every order once more, and look at all as a reconciliation does."""
        for order_id in self.witness.orders.values():
            self.tell(f"-- look at {order_id} once more")
            self.sim.world.publish("store/order/updated", {"type": "order", "id": order_id})
        self.quiet.come()
        if self.plan.catches_up:
            self.round_of_everything()
            self.quiet.come()

    def round_of_everything(self) -> None:
        """Reconcile every order of the story, however long ago it was changed."""
        self.tell("-- reconcile everything")
        ended = reconcile_since(self, NOON - timedelta(days=1))
        assert ended == "complete", ended

    def close(self) -> None:
        """End all threads and close the file."""
        self.scheduler.close()
        self.database.close()

    def act(self, name: str, number: int) -> None:
        """Let something happen, by its name."""
        self.tell(f"** {name} {self.witness.orders.get(number, '')}")
        self.act_began_at.append(len(self.boundaries.crossed))
        self.acts[name] += ACTS[name](self, number)

    def pause(self, seconds: float) -> None:
        """Let others act meanwhile; who is away for a minute stands still altogether."""
        name = self.scheduler.running
        if any(machine.is_dying for machine in self.machines if machine.name == name):
            raise Died
        if seconds <= 0:
            return
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

    def queue_due_at(self) -> datetime | None:
        """Return when a worker may next receive something."""
        if not self._is_queue_known:
            self._queue_due_at = self.queue.next_visible_at()
            self._is_queue_known = True
        return self._queue_due_at

    def webhook_due_at(self) -> datetime | None:
        """Return when the store will next do something."""
        at = self.sim.next_due_at()
        return None if at is None else at - self.sim_clock.ahead

    def _queue_changed(self) -> None:
        self._is_queue_known = False

    def put_poison(self) -> None:
        """Put something on the queue that is no signal."""
        self.poison += 1
        self.queue.put_body('{"version": 1, "poison": true}', "f" * 32)

    # What is to be checked

    def new_id(self) -> str:
        """Return an id that no other has, the same in every run of a plan."""
        return f"{next(self._ids):032x}"

    def receipts_by(self, clock: Clock) -> SqliteReceipts:
        """Return the receipts as a machine with this clock sees them."""
        return SqliteReceipts(self.database, clock)

    def lines(self, order_id: int) -> list[Line]:
        """Return the changelog of an order."""
        return list(self.changelog.of_order(STORE, order_id))

    def unended(self, order_id: int) -> list[Receipt]:
        """Return the receipts of an order's signals that were taken on and did not end.

        A sweep that died before it queued an order took nothing on that is not due any more.
        """
        kept = {each.signal.receipt_key for each in self.parked()}
        is_due = self.witness.wish(order_id) is not None
        return [
            receipt
            for receipt in self.receipts.of_order(STORE, order_id)
            if not receipt.has_ended and receipt.key not in kept
            if receipt.state is not ReceiptState.QUEUED or receipt.decision or is_due
        ]

    def reviews(self) -> list[Review]:
        """Return every review, closed ones too."""
        return list(self.state.reviews(STORE, None))

    def parked(self) -> list[Parked]:
        """Return everything that is parked."""
        if self.state.count_parked(STORE) == 0:
            return []
        distant = self.clock.now() + timedelta(days=4000)
        found = list(self.state.due(STORE, distant, 10_000))
        text = rules_of(SHOP, is_swept=self.plan.sweeps)
        rules = (rule.name for rule in compiled(text).rules)
        for waits_for in (
            "store",
            *(f"{kind}:{r}" for r in rules for kind in ("rule", "approval")),
        ):
            found += self.state.waiting_for(STORE, waits_for, 10_000)
        return found

    def tell(self, what: str) -> None:
        """Add to the history."""
        who = self.scheduler.running
        self.history.append(f"{self.clock.now():%H:%M:%S.%f} {who:7} {what}")

    @property
    def trace_hash(self) -> str:
        """Return the digest of everything that happened, boundary by boundary."""
        told = [*self.history, *(f"{c.actor} {c.name} {c.fault}" for c in self.boundaries.crossed)]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


@contextmanager
def running(plan: Plan) -> Iterator[Simulation]:
    """Run a plan to its end; in memory where there is such a folder, since syncs cost time."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    simulation = Simulation(folder, plan)
    try:
        simulation.run()
        yield simulation
    finally:
        simulation.close()
        shutil.rmtree(folder)
