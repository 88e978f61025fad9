"""Everything the store holds, and the clock, the dice and the journal that its parts share."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bigcommerce_sim.clock import Clock
from bigcommerce_sim.settings import Settings
from bigcommerce_sim.world.agenda import Agenda
from bigcommerce_sim.world.customers import CustomerBook
from bigcommerce_sim.world.inventory import Inventory
from bigcommerce_sim.world.journal import Email, Event, Journal, Write
from bigcommerce_sim.world.messages import MessageBook
from bigcommerce_sim.world.metafields import MetafieldBook
from bigcommerce_sim.world.numbers import Numbers
from bigcommerce_sim.world.order import Order
from bigcommerce_sim.world.order_book import OrderBook, OrderSource
from bigcommerce_sim.world.pickups import PickupBook
from bigcommerce_sim.world.refunds import RefundBook
from bigcommerce_sim.world.shipments import Shipment, ShipmentBook
from bigcommerce_sim.world.system_log import SystemLog
from bigcommerce_sim.world.transactions import Transaction, TransactionBook


class Source(OrderSource, Protocol):
    """Make seeded orders together with what belongs to them."""

    def transactions(self, order: Order) -> list[Transaction]:
        """Return the transactions that the order came with."""
        ...

    def shipments(self, order: Order) -> list[Shipment]:
        """Return the shipments that the order came with."""
        ...


@dataclass(frozen=True, slots=True)
class StoreIdentity:
    """Hold the store's names: `hash` in paths and producers, `store_id` in webhook bodies."""

    hash: str
    store_id: int = 1025646
    name: str = "Simulated store"
    timezone: str = "America/New_York"


class World:
    """Bundle the books; `changes.py` and its neighbours say how they may change."""

    def __init__(
        self, identity: StoreIdentity, clock: Clock, settings: Settings, seed: int
    ) -> None:
        self.identity = identity
        self.clock = clock
        self.settings = settings
        self.seed = seed
        self.journal = Journal(settings.journal_limit)
        self.numbers = Numbers()
        self.orders = OrderBook()
        self.customers = CustomerBook()
        self.inventory = Inventory()
        self.metafields = MetafieldBook()
        self.messages = MessageBook()
        self.pickups = PickupBook()
        self.refunds = RefundBook()
        self.system_log = SystemLog()
        self.custom_labels: dict[int, str] = {}
        self.merchant_emails: dict[str, list[str]] = {}
        self.current_request: int | None = None
        self._shipments = ShipmentBook()
        self._transactions = TransactionBook()
        self._agenda = Agenda()
        self._acting_at: datetime | None = None
        self._subscribers: list[Callable[[Event], None]] = []
        self._source: Source | None = None
        self._dice: dict[str, random.Random] = {}

    # Time

    def now(self) -> datetime:
        """Return the moment; while a due job runs, the moment it was due."""
        return self._acting_at or self.clock.now()

    def later(self, delay_s: float, job: Callable[[], None]) -> None:
        """Have `job` run when the clock shows `delay_s` more."""
        self._agenda.add(self.now() + timedelta(seconds=delay_s), job)

    def settle(self) -> None:
        """Run every job whose time has come, each at its own moment."""
        now = self.clock.now()
        while (due := self._agenda.pop_due(now)) is not None:
            self._acting_at, job = due
            try:
                job()
            finally:
                self._acting_at = None

    @property
    def next_job_at(self) -> datetime | None:
        """Return when the next job is due."""
        return self._agenda.next_due_at

    # Chance

    def dice(self, purpose: str) -> random.Random:
        """Return the seeded random of one purpose, so that uses do not disturb each other."""
        if purpose not in self._dice:
            self._dice[purpose] = random.Random(f"{self.seed}:{purpose}")
        return self._dice[purpose]

    def chance(self, purpose: str, probability: float) -> bool:
        """Throw the dice; nothing is thrown for 0 and 1."""
        if probability <= 0.0 or probability >= 1.0:
            return probability >= 1.0
        return self.dice(purpose).random() < probability

    # Books that are filled when somebody looks

    def fill_from(self, source: Source) -> None:
        """Start with the orders of a source."""
        self.orders.fill_from(source)
        self._source = source
        self.numbers.start_after(max(self.orders.newest_ids(1), default=0))

    def shipments_of(self, order_id: int) -> ShipmentBook:
        """Return the shipments, with this order's filled in."""
        self._fill_parts(order_id)
        return self._shipments

    def transactions_of(self, order_id: int) -> TransactionBook:
        """Return the transactions, with this order's filled in."""
        self._fill_parts(order_id)
        return self._transactions

    def save_order(self, order: Order) -> None:
        """Keep a new or changed order."""
        self._fill_parts(order.id)
        self.orders.save(order, self.now())

    def _fill_parts(self, order_id: int) -> None:
        if self._transactions.is_known(order_id):
            return
        self._transactions.fill(order_id, [])
        order = self.orders.get(order_id)
        if order is None or self._source is None:
            return
        self._transactions.fill(order_id, self._source.transactions(order))
        for shipment in self._source.shipments(order):
            self._shipments.save(shipment)

    # Record and tell

    def subscribe(self, subscriber: Callable[[Event], None]) -> None:
        """Have `subscriber` called with every event."""
        self._subscribers.append(subscriber)

    def publish(self, scope: str, data: Mapping[str, object]) -> None:
        """Record an event and tell the subscribers."""
        seq = self.journal.events.next_seq()
        event = self.journal.events.append(Event(seq, self.now(), scope, data))
        for subscriber in self._subscribers:
            subscriber(event)

    def record_write(
        self,
        actor: str,
        action: str,
        before: Order | None = None,
        after: Order | None = None,
        changes: Mapping[str, object] | None = None,
    ) -> None:
        """Record a change that took place."""
        known = after or before
        self.journal.writes.append(
            Write(
                seq=self.journal.writes.next_seq(),
                moment=self.now(),
                actor=actor,
                action=action,
                order_id=known.id if known else None,
                before_status=before.status_id if before else None,
                after_status=known.status_id if known else None,
                changes=dict(changes or {}),
                request=self.current_request,
            )
        )

    def send_email(
        self,
        to: str,
        kind: str,
        order_id: int | None = None,
        status_id: int | None = None,
        moment: datetime | None = None,
    ) -> None:
        """Record an e-mail that the store would have sent, now unless `moment` is given."""
        seq = self.journal.emails.next_seq()
        sent_at = moment or self.now()
        self.journal.emails.append(Email(seq, sent_at, to, kind, order_id, status_id))
