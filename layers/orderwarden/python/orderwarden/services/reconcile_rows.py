"""Take in the pages of a reconciliation: what was missed is queued, or noted as seen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from orderwarden.domain.missed import MISSED, QUEUED, RECEIVED, Found, Row, is_our_own
from orderwarden.domain.order import Order
from orderwarden.domain.receipt import KEPT, Receipt, ReceiptState
from orderwarden.domain.reconciliation import signal_of
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.safeguards import standing_danger
from orderwarden.ports import Changelog, Clock, Notifier, Queue, Receipts, Run, State


@dataclass(frozen=True, slots=True)
class ReconcilePorts:
    """What a reconciliation works with.

    Attributes:
        rules: Gives the rules in force; None before the first version.
        new_id: Gives a random id of 32 hex digits.
    """

    clock: Clock
    state: State
    receipts: Receipts
    changelog: Changelog
    queue: Queue
    notifier: Notifier
    rules: Callable[[str], RuleSet | None]
    new_id: Callable[[], str]


@dataclass(slots=True)
class Tally:
    """What a run has found and put on the queue so far.

    Attributes:
        keys: Receipt keys of the signals that it put on the queue.
    """

    counts: Counter[Found] = field(default_factory=Counter)
    keys: list[str] = field(default_factory=list)

    @property
    def has_news(self) -> bool:
        """Return whether there was an order that was not known already."""
        known = {Found.ALREADY_HANDLED, Found.WAITING}
        return any(count for found, count in self.counts.items() if found not in known)

    def sums(self) -> Mapping[str, int]:
        """Return orders = received + missed + unmatched, and what the first two consist of."""
        received = sum(self.counts[each] for each in RECEIVED)
        missed = sum(self.counts[each] for each in MISSED)
        sums = {"orders": self.counts.total(), "received": received, "missed": missed}
        return sums | {each.value: self.counts[each] for each in Found}


class Rows:
    """Takes in page after page for one run."""

    def __init__(
        self,
        ports: ReconcilePorts,
        run: Run,
        rules: RuleSet,
        room: Callable[[], int],
        tally: Tally,
    ) -> None:
        """Keep what every page needs; `room` says how many signals may be put now."""
        self._ports = ports
        self._store = run.store
        self._run_id = run.id
        self._rules = rules
        self._room = room
        self._tally = tally

    def take_in(self, orders: Sequence[Order], read_at: datetime) -> int | None:
        """Look at the orders of one page in turn.

        Returns:
            The first order for whose signal there was no room; None if all were looked at.
        """
        room = self._room()
        for row in self._known(orders, read_at):
            found = self._found(row)
            if found in QUEUED:
                if room <= 0:
                    return row.order.id
                room -= 1
                self._put(row)
            elif row.has_nothing_left(found):
                self._note_seen(row)
            self._tally.counts[found] += 1
        return None

    def _known(self, orders: Sequence[Order], read_at: datetime) -> Sequence[Row]:
        """Look up what we know of a whole page, in few calls."""
        seen = self._ports.state.seen_many(self._store, [order.id for order in orders])
        rows = [
            Row(
                order=order,
                read_at=read_at,
                seen=seen.get(order.id),
                signal=signal_of(self._store, order, self._rules.version, self._run_id),
            )
            for order in orders
        ]
        receipts = self._ports.receipts.look_up(
            row.signal.receipt_key for row in rows if row.is_to_be_looked_up(self._rules)
        )
        return [replace(row, receipt=receipts.get(row.signal.receipt_key)) for row in rows]

    def _found(self, row: Row) -> Found:
        found = row.found(self._rules, self._ports.clock.now())
        if not row.has_nothing_left(found) and found is not Found.OPTED_OUT:
            return found
        # No rule asks, yet a dangerous change of ours may be one to be put back.
        line = standing_danger(self._ports.changelog.of_order(self._store, row.order.id))
        if line is None:
            return found
        return Found.RECHECKED if is_our_own(line, row.order) else Found.RECOVERED

    def _put(self, row: Row) -> None:
        """Put its signal, then say so: dying between makes a duplicate, no loss."""
        ports, signal, before = self._ports, row.signal, row.receipt
        ports.queue.put(signal)
        self._tally.keys.append(signal.receipt_key)
        if before is not None and before.state is not ReceiptState.QUEUED:
            return  # begun and lost: what was decided for it stays in its receipt
        now = ports.clock.now()
        queued = replace(
            Receipt.of(signal, ReceiptState.QUEUED, now),
            revision=before.revision + 1 if before else 1,
            expires_at=now + KEPT,
        )
        ports.receipts.replace(queued, before)  # refused where a worker has it already

    def _note_seen(self, row: Row) -> None:
        """Store an order as seen; whoever wrote in between knows better."""
        seen = row.seen_now()
        if seen is not None:
            self._ports.state.replace_seen(seen, row.seen)
