"""Look for money once more, one hour and one day after a dangerous change: it may come late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.instants import from_text, to_text
from orderwarden.domain.line import WRITTEN, Line, Result
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.ports import Changelog, Clock, State

LOOKS_AFTER: Final = {"1h": timedelta(hours=1), "24h": timedelta(hours=24)}
FIRST_LOOK_BACK: Final = timedelta(hours=25)
"""How far the very first run looks back."""

_STANDING: Final = WRITTEN | {Result.UNCONFIRMED}


def bookmark_of(look: str) -> str:
    """Return the name of the bookmark of one of `LOOKS_AFTER`."""
    return f"late_money_{look}"


@dataclass(frozen=True, slots=True)
class LateLooks:
    """Finds dangerous changes whose next look is due, by bookmarks in the changelog.

    A webhook tells of money mostly; this is for those that were lost. Each change is looked
    after twice, and nothing is parked for it meanwhile.
    """

    clock: Clock
    changelog: Changelog
    state: State
    store: str

    def queue_due(self, run_id: str, put: Callable[[Signal], bool]) -> None:
        """Hand on a signal for every change that is due for a look.

        Args:
            run_id: Stands in the signals.
            put: Queues a signal; returns no where there is no room for it, and it comes again.
        """
        for name, after in LOOKS_AFTER.items():
            self._queue(name, after, run_id, put)

    def _queue(
        self, name: str, after: timedelta, run_id: str, put: Callable[[Signal], bool]
    ) -> None:
        bookmark = bookmark_of(name)
        before = self.state.bookmark(self.store, bookmark)
        now = self.clock.now()
        end = now - after
        begin = from_text(before) if before else now - FIRST_LOOK_BACK
        reached = end
        for line in self._dangerous(begin, end):
            if not put(self._signal(line, name, run_id)):
                reached = line.at
                break
        if reached > begin:
            self.state.replace_bookmark(self.store, bookmark, to_text(reached), before)

    def _dangerous(self, begin: datetime, end: datetime) -> Iterator[Line]:
        for line in self.changelog.between(self.store, begin, end):
            is_change = line.is_dangerous and line.to_status_id is not None
            if is_change and line.result in _STANDING and not line.undone_by:
                yield line

    def _signal(self, line: Line, name: str, run_id: str) -> Signal:
        return Signal(
            store=line.store,
            order_id=line.order_id,
            trigger=Trigger.SWEEP,
            occurred_at=line.at,
            receipt_key=f"late-{name}-{line.id}",
            run_id=run_id,
        )
