"""Where a reconciliation stands: the window of one pass over the orders, and how far it is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.instants import from_text, to_text
from orderwarden.domain.order import Order
from orderwarden.domain.signal import Signal, Trigger

OVERLAP: Final = timedelta(minutes=10)
"""By how much windows overlap: a change may show later than its date says."""

SETTLED: Final = timedelta(seconds=60)
"""What is younger is left to its webhook, and to the next window."""

LOOK_BACK: Final = timedelta(hours=72)
"""How far the first pass looks back; longer than BigCommerce tries to deliver a webhook (48 h)."""

DEEP_EVERY: Final = timedelta(days=1)
"""So often a pass looks back as far as the first one: it finds what the queue has lost."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over the orders modified in a window, by ascending id; times by the store's clock.

    Attributes:
        begin: Fixed for the pass, as `end`.
        next_id: The order to go on with; None once all were looked at.
        deep_at: When a pass last began that looked back far.
    """

    begin: datetime
    end: datetime
    next_id: int | None
    deep_at: datetime

    @property
    def is_done(self) -> bool:
        """Return whether every order of the window was looked at."""
        return self.next_id is None

    def up_to(self, next_id: int | None) -> Pass:
        """Return the pass as it stands once all orders before this one were looked at."""
        return replace(self, next_id=next_id)

    def to_text(self) -> str:
        """Return what the bookmark keeps."""
        fields = {
            "begin": to_text(self.begin),
            "end": to_text(self.end),
            "next_id": self.next_id,
            "deep_at": to_text(self.deep_at),
        }
        return json.dumps(fields)

    @classmethod
    def from_text(cls, text: str) -> Pass:
        """Read what `to_text` wrote."""
        fields = json.loads(text)
        times = {name: from_text(fields[name]) for name in ("begin", "end", "deep_at")}
        return cls(next_id=fields["next_id"], **times)


def first_pass(now: datetime, look_back: timedelta) -> Pass:
    """Return the pass of a store that was never reconciled."""
    end = now - SETTLED
    return Pass(begin=end - look_back, end=end, next_id=1, deep_at=now)


def next_pass(before: Pass, now: datetime, look_back: timedelta) -> Pass:
    """Return the pass that follows a done one; it overlaps it, however long ago that was."""
    end = now - SETTLED
    begin = _owed_from(before, end, look_back)
    if now - before.deep_at < DEEP_EVERY:
        return Pass(begin, end, next_id=1, deep_at=min(before.deep_at, now))
    return Pass(min(begin, end - look_back), end, next_id=1, deep_at=now)


def pass_since(since: datetime, before: Pass | None, now: datetime) -> Pass:
    """Return the pass that a person asks for; what an unfinished one still owes is in it."""
    begin, deep_at = since, before.deep_at if before else now
    if before is not None:
        begin = min(begin, _owed_from(before, now - SETTLED, LOOK_BACK))
    return Pass(begin, max(now - SETTLED, begin), next_id=1, deep_at=deep_at)


def _owed_from(before: Pass, end: datetime, look_back: timedelta) -> datetime:
    """Return since when orders may have been modified that no pass has looked at.

    A pass that ends well in the future was made by a clock that was set back since: how far it
    truly went, nobody knows.
    """
    if not before.is_done:
        return before.begin
    if before.end > end + OVERLAP:
        return end - look_back
    return min(before.end, end) - OVERLAP


def signal_of(store: str, row: Order, rules_version: int, run_id: str) -> Signal:
    """Return the signal to look into an order whose row was not seen.

    Its key is that of this body under these rules: however many runs find it, it is done once.
    """
    named = (store, str(row.id), to_text(row.date_modified), str(rules_version))
    digest = hashlib.sha256("\n".join(named).encode()).hexdigest()[:32]
    return Signal(
        store=store,
        order_id=row.id,
        trigger=Trigger.RECONCILE,
        occurred_at=row.date_modified,
        receipt_key=f"reconcile-{digest}",
        run_id=run_id,
    )
