"""Sweep: put orders on the queue for which time alone has made a rule due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from orderwarden.domain.order import Order
from orderwarden.domain.relevance import rules_on
from orderwarden.domain.rules.inspect import is_dangerous
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.domain.sweep_receipts import is_wanted, queued, why_not
from orderwarden.domain.sweep_windows import windows
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
from orderwarden.services.sweep_rows import Rows
from orderwarden.services.top_up import CALLS_A_SIGNAL, room

DANGEROUS_CALLS: Final = 6
"""Two looks at the order and its transactions, the write, and a look after it."""


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
        keys: Receipt keys of what was queued.
        skipped: Orders that were due and not queued, by reason.
    """

    looked_at: int = 0
    due: int = 0
    left: int = 0
    keys: list[str] = field(default_factory=list)
    skipped: Counter[str] = field(default_factory=Counter)


def sweep(ports: SweepPorts, target: Target) -> Swept:
    """Queue every order that is due, once, as far as there is room.

    First the receipt, then the queue: of several runs one queues an order, and what a run that
    died between did not queue counts as absent after a while.

    Raises:
        OutsideWindow: The store listed what was not asked for.
        TryAgain: Store, tables or queue are out of reach; what was queued stays queued.
    """
    return _Sweep(ports, target).run()


def sweeping_rules(rules: RuleSet, paused: frozenset[str]) -> tuple[Rule, ...]:
    """Return the rules that a sweep asks; a paused one finds its orders when it is resumed."""
    asked = rules_on(Trigger.SWEEP, rules.rules, was_seen=True)
    return tuple(rule for rule in asked if rule.name not in paused)


class _Sweep:
    """One pass over everything that may be due."""

    def __init__(self, ports: SweepPorts, target: Target) -> None:
        self._ports = ports
        self._target = target
        paused = ports.state.controls(target.store).paused_rules
        self._sweeping = sweeping_rules(target.rules, paused)
        self._rows = Rows(target.store, target.rules, self._sweeping, ports.state, target.reader)
        self._swept = Swept()

    def run(self) -> Swept:
        for page in self._pages():
            self._take(page)
            if self._swept.left:
                break
        return self._swept

    def _pages(self) -> Iterator[Answer[tuple[Order, ...]]]:
        now = self._ports.clock.now()
        for wanted in windows(self._sweeping, now).values():
            yield from self._target.reader.order_pages(wanted)

    def _take(self, page: Answer[tuple[Order, ...]]) -> None:
        """Queue what is due among the orders of one page."""
        swept, target = self._swept, self._target
        swept.looked_at += len(page.value)
        signals: list[Signal] = []
        for order in page.value:
            row = self._rows.judge(order, page.at)
            if row is None:
                continue
            swept.due += 1
            if row.skipped:
                swept.skipped[row.skipped] += 1
            else:
                signals.append(row.due.signal(target.store, target.run_id, page.at))
        self._queue(signals)

    def _queue(self, signals: Sequence[Signal]) -> None:
        if not signals:
            return
        found = self._ports.receipts.look_up([signal.receipt_key for signal in signals])
        free = self._room()
        for signal in signals:
            receipt = found.get(signal.receipt_key)
            now = self._ports.clock.now()
            if receipt is not None and not is_wanted(receipt, now):
                self._swept.skipped[why_not(receipt)] += 1
            elif free <= 0:
                self._swept.left += 1
            elif self._ports.receipts.replace(queued(signal, receipt, now), receipt) is None:
                self._ports.queue.put(signal)
                self._swept.keys.append(signal.receipt_key)
                free -= 1
            else:
                self._swept.skipped["queued_already"] += 1

    def _room(self) -> int:
        is_costly = any(map(is_dangerous, self._sweeping))
        calls = DANGEROUS_CALLS if is_costly else CALLS_A_SIGNAL
        return room(self._target.reader, self._ports.queue, self._target.period_s, calls)
