"""One pass of a sweep: put orders on the queue for which time alone has made a rule due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Final

from orderwarden.domain.order import Order
from orderwarden.domain.receipt import Receipt
from orderwarden.domain.relevance import rules_on
from orderwarden.domain.rules.inspect import is_dangerous
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.domain.sweep_receipts import is_wanted, queued, why_not
from orderwarden.domain.sweep_windows import windows
from orderwarden.domain.warning import SUFFIX
from orderwarden.ports import (
    Answer,
    Changelog,
    Clock,
    Notifier,
    Queue,
    Receipts,
    State,
    StoreReader,
)
from orderwarden.services.late_money import LateLooks
from orderwarden.services.sweep_rows import Rows
from orderwarden.services.top_up import CALLS_A_SIGNAL, room

DANGEROUS_CALLS: Final = 6
"""The transactions, the order, the write, a look after it, and what our own events ask for."""


@dataclass(frozen=True, slots=True)
class SweepPorts:
    """What sweeping works with."""

    clock: Clock
    receipts: Receipts
    changelog: Changelog
    state: State
    queue: Queue
    notifier: Notifier


@dataclass(frozen=True, slots=True)
class Target:
    """One store to be swept.

    Attributes:
        rules: Those in force.
        run_id: Stands in the signals, and so in the lines that are written for them.
        period_s: Seconds until the next sweep; as much as they can handle may be queued.
    """

    store: str
    reader: StoreReader
    rules: RuleSet
    run_id: str
    period_s: float


@dataclass(slots=True)
class Swept:
    """What a sweep found and did so far.

    Attributes:
        due: Orders for which a rule is true by their row, or may be.
        left: Orders that were due and found no room on the queue; the next sweep finds them.
        late_looks: Orders of ours to be looked at for money once more.
        keys: Receipt keys of what was queued, late looks included.
        skipped: Orders that were due and not queued, by reason.
    """

    looked_at: int = 0
    due: int = 0
    left: int = 0
    late_looks: int = 0
    keys: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


Told = Callable[[Swept], None]


class Sweep:
    """One pass over everything that may be due.

    First the receipt, then the queue: of several runs one queues an order, and what a run that
    died between the two did not queue counts as absent after a while.
    """

    def __init__(
        self,
        ports: SweepPorts,
        target: Target,
        mine: Collection[str],
        on_first: Callable[[], None],
        told: Told,
    ) -> None:
        """Keep what it works with.

        Args:
            ports: Backend and clock.
            target: What to sweep.
            mine: Receipt keys that the same run queued before: neither queued nor skipped.
            on_first: Is called before the first signal is queued.
            told: Is called with what was swept so far, after every page.
        """
        self.swept = Swept()
        self._ports = ports
        self._target = target
        self._mine = frozenset(mine)
        self._on_first = on_first
        self._told = told
        paused = ports.state.controls(target.store).paused_rules
        self._sweeping = sweeping_rules(target.rules, paused)
        self._rows = Rows(target.store, target.rules, self._sweeping, ports, target.reader)

    def run(self, go_on: Callable[[], bool]) -> bool:
        """Queue what is due, as far as there is room; return whether everything was looked at.

        Args:
            go_on: Is asked after every page; False ends the pass.

        Raises:
            OutsideWindow: The store listed what was not asked for.
            StoreUnauthorised: It takes our token no more.
            TryAgain: Store, tables or queue are out of reach; what was queued stays queued.
        """
        self._look_late()
        now = self._ports.clock.now()
        for wanted in windows(self._sweeping, now).values():
            for page in self._target.reader.order_pages(wanted):
                self._take(page)
                self._told(self.swept)
                if self.swept.left or not go_on():
                    return False
        return True

    def _look_late(self) -> None:
        """Queue a look for money at what we cancelled an hour or a day ago."""
        ports, store = self._ports, self._target.store
        looks = LateLooks(ports.clock, ports.changelog, ports.state, store)
        free = self._room()

        def put(signal: Signal) -> bool:
            nonlocal free
            if free <= 0:
                return False
            found = ports.receipts.look_up([signal.receipt_key]).get(signal.receipt_key)
            if is_wanted(found, ports.clock.now()) and self._put(signal, found):
                self.swept.late_looks += 1
                free -= 1
            return True

        looks.queue_due(self._target.run_id, put)

    def _take(self, page: Answer[tuple[Order, ...]]) -> None:
        """Queue what is due among the orders of one page."""
        swept, target = self.swept, self._target
        swept.looked_at += len(page.value)
        signals: list[Signal] = []
        for row in self._rows.judge(page.value, page.at):
            swept.due += 1
            if row.skipped:
                swept.skipped[row.skipped] += 1
            else:
                signal = row.due.signal(target.store, target.run_id, page.at)
                if signal.receipt_key not in self._mine:
                    signals.append(signal)
        if signals:
            self._queue(signals)

    def _queue(self, signals: Sequence[Signal]) -> None:
        found = self._ports.receipts.look_up([signal.receipt_key for signal in signals])
        free = self._room()
        for signal in signals:
            receipt = found.get(signal.receipt_key)
            if receipt is not None and not is_wanted(receipt, self._ports.clock.now()):
                self.swept.skipped[why_not(receipt)] += 1
            elif free <= 0:
                self.swept.left += 1
            elif self._put(signal, receipt):
                free -= 1
            else:
                self.swept.skipped["queued_already"] += 1

    def _put(self, signal: Signal, found: Receipt | None) -> bool:
        """Queue a signal unless another run just did."""
        if not self.swept.keys:
            self._on_first()
        receipt = queued(signal, found, self._ports.clock.now())
        if self._ports.receipts.replace(receipt, found) is not None:
            return False
        self._ports.queue.put(signal)
        self.swept.keys.append(signal.receipt_key)
        return True

    def _room(self) -> int:
        is_costly = any(map(is_dangerous, self._sweeping))
        calls = DANGEROUS_CALLS if is_costly else CALLS_A_SIGNAL
        return room(self._target.reader, self._ports.queue, self._target.period_s, calls)


def sweeping_rules(rules: RuleSet, paused: frozenset[str]) -> tuple[Rule, ...]:
    """Return the rules that a sweep asks; a paused one finds its orders when it is resumed."""
    asked = rules_on(Trigger.SWEEP, rules.rules, was_seen=True)
    return tuple(rule for rule in asked if rule.name.removesuffix(SUFFIX) not in paused)
