"""What services need of the world, each as small as its users allow.

Every method may raise `TryAgain` when the technology behind it is out of reach or throttled.
Conditional writes return what they found instead of raising, so that a caller can compare: a
write whose answer was lost finds its own token, attempt or revision.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from orderwarden.domain.line import Line
from orderwarden.domain.order import Order, OrderLine, Shipment, Transaction
from orderwarden.domain.receipt import Receipt
from orderwarden.domain.seen import Seen
from orderwarden.domain.signal import Signal

T = TypeVar("T")


class Clock(Protocol):
    """The time, and the only way to let it pass."""

    def now(self) -> datetime:
        """Return the time, aware UTC."""
        ...

    def wait(self, seconds: float) -> None:
        """Return after so many seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Depth:
    """How many signals wait, are in hand, or are given up.

    Attributes:
        queued: Waiting, those that wait out a visibility timeout included.
        in_flight: Received and neither deleted nor given back.
        dead_letters: In the dead-letter queue.
    """

    queued: int
    in_flight: int
    dead_letters: int


class Queue(Protocol):
    """The durable way from ingest to process: first in, first out within a group."""

    def put(self, signal: Signal) -> None:
        """Queue a signal under its group; identity is the receipt's business, not ours."""
        ...

    def depth(self) -> Depth:
        """Return the counts, approximately."""
        ...


class Receipts(Protocol):
    """Who holds which signal, what was decided, how it ended.

    Writes compare and set: `expected` is the receipt that was read, or None for absence.
    An expired receipt counts as absent everywhere.
    """

    def look_up(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        """Return the receipts that exist, by key; consistent reads."""
        ...

    def replace(self, receipt: Receipt, expected: Receipt | None) -> Receipt | None:
        """Store `receipt` if what is stored has `expected`'s revision (None: is absent).

        Returns:
            None if it was stored, with revision `expected.revision + 1` (or 1); else the receipt
            found. Found absent though one was expected: `expected` itself, unchanged.
        """
        ...


class Changelog(Protocol):
    """Why each order was changed: one line per effect."""

    def replace(self, line: Line, expected: Line | None) -> Line | None:
        """Store `line` if what is stored under its id equals `expected` in result and attempt.

        Returns:
            None if it was stored, else the line found (absent though expected: `expected`).
        """
        ...

    def settle(self, line: Line) -> bool:
        """Store `line` over the *intended* line of the same id and attempt.

        Returns:
            Whether there was such a line.
        """
        ...

    def mark_undone(self, store: str, order_id: int, line_id: str, undone_by: str) -> None:
        """Write on a line which other line took it back; its result stays."""
        ...

    def of_order(self, store: str, order_id: int) -> Sequence[Line]:
        """Return every line of an order, oldest first; consistent reads."""
        ...

    def between(self, store: str, start: datetime, end: datetime) -> Iterable[Line]:
        """Return the lines intended in [start, end), oldest first."""
        ...

    def of_run(self, store: str, run_id: str) -> Sequence[Line]:
        """Return the lines of one run, oldest first."""
        ...


@dataclass(frozen=True, slots=True)
class PublishedRules:
    """One version of a store's rules as kept: immutable.

    Attributes:
        version: 1, 2, 3, ...
        digest: SHA-256 of the compiled JSON, hex.
        compiled: Canonical JSON of the rule set.
        source: The YAML a person wrote.
        author: Who published it.
        at: When.
    """

    store: str
    version: int
    digest: str
    compiled: str
    source: str
    author: str
    at: datetime


class Rules(Protocol):
    """The numbered versions of each store's rules."""

    def current(self, store: str) -> PublishedRules | None:
        """Return the version in force, or None before the first."""
        ...

    def version(self, store: str, number: int) -> PublishedRules | None:
        """Return one version."""
        ...

    def versions(self, store: str) -> Sequence[PublishedRules]:
        """Return all versions, oldest first."""
        ...

    def publish(self, rules: PublishedRules) -> bool:
        """Store a version and put it in force, if its number follows the one in force.

        Returns:
            False if somebody else published in between.
        """
        ...


class SeenOrders(Protocol):
    """What we know of each order from our own readings."""

    def seen(self, store: str, order_id: int) -> Seen | None:
        """Return the last reading for which every rule was asked."""
        ...

    def replace_seen(self, seen: Seen, expected: Seen | None) -> bool:
        """Store it if what is stored has `expected`'s revision (None: is absent)."""
        ...


@dataclass(frozen=True, slots=True)
class Parked:
    """A signal that waits long.

    Attributes:
        reason: A short code.
        until: When its time comes; None: when somebody asks for it.
        waits_for: What may free it before that: `store`, `rule:<name>`, `approval:<rule>` or
            empty.
    """

    signal: Signal
    reason: str
    at: datetime
    until: datetime | None = None
    waits_for: str = ""


class ParkedSignals(Protocol):
    """Signals that wait for more than an hour, or for a person; one per receipt key."""

    def park(self, parked: Parked) -> None:
        """Keep a signal; the newest of a receipt key replaces."""
        ...

    def due(self, store: str, now: datetime, limit: int) -> Sequence[Parked]:
        """Return those whose `until` has passed, oldest first."""
        ...

    def waiting_for(self, store: str, waits_for: str, limit: int) -> Sequence[Parked]:
        """Return those that wait for this, oldest first."""
        ...

    def unpark(self, parked: Parked) -> None:
        """Forget one, after it was queued; nothing happens if it is gone or was replaced."""
        ...

    def count_parked(self, store: str) -> int:
        """Return how many wait."""
        ...


@dataclass(frozen=True, slots=True)
class Review:
    """Something a person must decide; ids only, no personal data.

    Attributes:
        id: Equal for the same matter, so that it is asked once.
        kind: A short code: refused, unconfirmed, paid_in_window, tug_of_war, approval, ...
        detail: One sentence for the person.
        state: open, approved or rejected.
    """

    id: str
    store: str
    kind: str
    at: datetime
    detail: str
    order_id: int | None = None
    rule: str | None = None
    line_id: str | None = None
    receipt_key: str | None = None
    state: str = "open"


class Reviews(Protocol):
    """What waits for a person."""

    def open_review(self, review: Review) -> bool:
        """Store a review unless its id exists; return whether it is new."""
        ...

    def reviews(self, store: str, state: str | None = "open") -> Sequence[Review]:
        """Return reviews, oldest first; None for any state."""
        ...

    def close_review(self, store: str, review_id: str, state: str) -> bool:
        """Set an open review to `approved` or `rejected`; return whether it was open."""
        ...


class Counters(Protocol):
    """How much a rule has changed."""

    def take(self, store: str, name: str, ceiling: int) -> bool:
        """Add one unless that would pass the ceiling, in one conditional write."""
        ...

    def give_back(self, store: str, name: str) -> None:
        """Take one off again, never below zero."""
        ...

    def counted(self, store: str, name: str) -> int:
        """Return the count."""
        ...


@dataclass(frozen=True, slots=True)
class Controls:
    """What people or alarms have stopped in a store.

    Attributes:
        stopped: Why the whole store is stopped; empty when it is not.
        paused_rules: Names of paused rules.
        approved: `<rule>:<fingerprint>` of rules that a person let go on beyond `approve_after`.
    """

    stopped: str = ""
    paused_rules: frozenset[str] = frozenset()
    approved: frozenset[str] = frozenset()


class StoreControls(Protocol):
    """The kill switch, and the approvals."""

    def controls(self, store: str) -> Controls:
        """Return what is stopped, paused and approved; consistent read."""
        ...

    def stop(self, store: str, reason: str) -> bool:
        """Stop a store; return whether it ran until now."""
        ...

    def resume(self, store: str) -> None:
        """Let a stopped store run."""
        ...

    def pause_rule(self, store: str, rule: str) -> None:
        """Pause one rule."""
        ...

    def resume_rule(self, store: str, rule: str) -> None:
        """Let a paused rule run."""
        ...

    def approve(self, store: str, rule: str, fingerprint: str) -> None:
        """Let a rule go on beyond `approve_after` until it changes."""
        ...


class Holds(Protocol):
    """Orders that a rule leaves alone until a person lifts the hold."""

    def hold(self, store: str, order_id: int, rule: str, reason: str) -> None:
        """Keep a rule off an order; the rule `*` means all."""
        ...

    def lift(self, store: str, order_id: int, rule: str) -> None:
        """Lift a hold."""
        ...

    def holds(self, store: str, order_id: int) -> frozenset[str]:
        """Return the names of the rules kept off."""
        ...


class State(Rules, SeenOrders, ParkedSignals, Reviews, Counters, StoreControls, Holds, Protocol):
    """Everything that is neither queue, receipt nor line: one table behind it."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What the store said, and when by its own clock (the `Date` header)."""

    value: T
    at: datetime


class StoreReader(Protocol):
    """The BigCommerce API of one store, for whatever must not write.

    Raises everywhere: `TryAgain` (429, 5xx, timeouts, nonsense in the answer),
    `StoreUnauthorised` (401; 403 on orders), `NotFound`, `Refused`.
    """

    def order(self, order_id: int) -> Answer[Order]:
        """Read one order."""
        ...

    def transactions(self, order_id: int) -> Answer[tuple[Transaction, ...]]:
        """Read every transaction of an order, all pages."""
        ...

    def products(self, order_id: int) -> Answer[tuple[OrderLine, ...]]:
        """Read every line of an order, all pages."""
        ...

    def shipments(self, order_id: int) -> Answer[tuple[Shipment, ...]]:
        """Read every shipment of an order, all pages."""
        ...

    def statuses(self) -> Answer[Mapping[int, str]]:
        """Read the store's order statuses: id to system label."""
        ...


class Store(StoreReader, Protocol):
    """The same with its writes."""

    def put_order(
        self, order_id: int, *, status_id: int, staff_notes: str | None = None
    ) -> Answer[Order]:
        """Set the status and, where given, the whole staff notes, in one PUT.

        Raises:
            TryAgain: It was surely not made (429, no connection).
            AnswerLost: It may have been made.
        """
        ...


@dataclass(frozen=True, slots=True)
class HookSecrets:
    """What proves that a webhook is BigCommerce's.

    Attributes:
        client_secrets: Live client secrets, for signatures.
        hook_secrets: Live values of our own secret header; the first goes on new hooks.
        needs_both: Whether signature and header must both be right.
        fetched_at: When they were read (our clock).
    """

    client_secrets: tuple[str, ...] = field(repr=False)
    hook_secrets: tuple[str, ...] = field(repr=False)
    needs_both: bool
    fetched_at: datetime


class Secrets(Protocol):
    """The secrets of each store."""

    def hook_secrets(self, store: str, *, newer_than: datetime | None = None) -> HookSecrets:
        """Return the secrets, from a short cache unless they must be newer than that."""
        ...


class Notifier(Protocol):
    """The way to people and other systems; may say the same twice, with the same id."""

    def notify(self, store: str, kind: str, notice_id: str, detail: Mapping[str, object]) -> None:
        """Tell of something that happened; ids only, no personal data."""
        ...
