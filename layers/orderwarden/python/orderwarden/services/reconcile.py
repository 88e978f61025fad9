"""Find the orders whose webhooks were lost, and put a signal for each on the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final, Protocol

from orderwarden.domain.instants import to_text
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.reconciliation import LOOK_BACK, SETTLED, Pass
from orderwarden.errors import OutsideWindow, Refused, StoreUnauthorised, TryAgain
from orderwarden.ports import OrderReads, Run
from orderwarden.ports.runs import RECONCILE, run_id
from orderwarden.services.outside_window import ask_about_outside
from orderwarden.services.publish import compare_statuses
from orderwarden.services.reconcile_bookmark import Bookmark
from orderwarden.services.reconcile_rows import ReconcilePorts, Rows, Tally
from orderwarden.services.stopping import stop_unauthorised
from orderwarden.services.top_up import Budgeted, room

EVERY_S: Final = 900.0
"""Seconds between two runs by the clock."""


NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})
FAILED: Final = frozenset({"outside_window", "refused", "status_mismatch"})


class Reader(OrderReads, Budgeted, Protocol):
    """What a reconciliation reads of a store; it writes nothing there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one run is to do.

    Attributes:
        is_asked_for: By a person; a run by the clock is kept only if it found something missed,
            or failed.
        since: Look at everything modified from then on; None: go on where the last run ended.
        look_back: How far the first pass looks back, and one pass a day.
        period_s: Seconds until the next run; what may be put on the queue depends on it.
        go_on: Is asked before every page; False ends the run, and the next one goes on there.
        told: Is called with the sums after every page.
    """

    is_asked_for: bool = False
    since: datetime | None = None
    look_back: timedelta = LOOK_BACK
    period_s: float = EVERY_S
    go_on: Callable[[], bool] = lambda: True
    told: Callable[[Mapping[str, int]], None] = lambda _: None


AS_ALWAYS: Final = Wanted()


def reconcile(
    ports: ReconcilePorts, store: str, reader: Reader, wanted: Wanted = AS_ALWAYS
) -> Reconciliation:
    """Do one run by the clock: look at what was modified since the last one, and end it."""
    run = Reconciliation(ports, store, reader, wanted)
    run.look()
    run.finish()
    return run


class Reconciliation:
    """One run: a look, or several where somebody waits until nothing is left.

    The bookmark moves only past orders that were put on the queue, noted as seen or left alone,
    so what a run that died did not get to is looked at by the next one.

    Attributes:
        ended: How the last look ended: complete, no_room, interrupted, again, stopped, no_rules,
            status_mismatch, outside_window or refused.
        why: More about it, a short code.
        again_s: Seconds that a store out of reach asked for.
    """

    def __init__(
        self, ports: ReconcilePorts, store: str, reader: Reader, wanted: Wanted = AS_ALWAYS
    ) -> None:
        """Begin; nothing is read yet."""
        self.ended = ""
        self.why = ""
        self.again_s: float | None = None
        self._ports = ports
        self._store = store
        self._reader = reader
        self._wanted = wanted
        began_at = ports.clock.now()
        own_id = run_id(RECONCILE, began_at, ports.new_id())
        self._run = Run(own_id, store, RECONCILE, began_at)
        self._is_kept = False
        self._tally = Tally()
        self._renamed: Mapping[str, str] = NOTHING
        self._begin: datetime | None = None
        self._bookmark = Bookmark(ports.state, store, wanted.since, wanted.look_back)
        if wanted.is_asked_for:
            self._keep()

    @property
    def run(self) -> Run:
        """Return the run as last kept."""
        return self._run

    @property
    def keys(self) -> Sequence[str]:
        """Return the receipt keys of the signals that it put on the queue, in order."""
        return self._tally.keys

    @property
    def is_complete(self) -> bool:
        """Return whether every order modified until a minute ago was looked at."""
        return self.ended == "complete"

    def look(self) -> None:
        """Look at the orders that are left, as many as there is room for."""
        self.why, self.again_s = "", None
        state, notifier = self._ports.state, self._ports.notifier
        try:
            self.ended = self._look()
        except StoreUnauthorised as error:
            self.ended = "stopped"
            self.why = stop_unauthorised(state, notifier, self._store, error)
        except OutsideWindow as error:
            self.ended, self.why = "outside_window", str(error.order_id)
            self._ask_about(error)
        except TryAgain as error:
            self.ended, self.why, self.again_s = "again", error.reason, error.retry_after_s or 0.0
        except Refused as refused:
            self.ended, self.why = "refused", str(refused.http_status)

    def finish(self, outcomes: Mapping[str, int] = NOTHING) -> Run:
        """End the run; keep what it found, and what became of its signals where that is known."""
        summary: dict[str, object] = {**self._tally.sums(), "ended": self.ended, "why": self.why}
        current = self._bookmark.current
        if current is not None and self._begin is not None:
            summary |= {"from": to_text(self._begin), "to": to_text(current.end)}
            summary["next_id"] = current.next_id
        if self._renamed:
            summary["renamed"] = dict(self._renamed)
        if outcomes:
            summary["outcomes"] = dict(outcomes)
        before = self._run if self._is_kept else None
        self._run = replace(self._run, ended_at=self._ports.clock.now(), summary=summary)
        if before is not None or self.ended in FAILED:
            self._ports.state.replace_run(self._run, before)
        return self._run

    def _keep(self) -> None:
        """Write down that the run is at work, once."""
        if not self._is_kept:
            self._is_kept = self._ports.state.replace_run(self._run, None)

    def _look(self) -> str:
        """Compare the statuses, then read pass after pass; return how that ended."""
        state, clock = self._ports.state, self._ports.clock
        rules = self._ports.rules(self._store)
        self.why = state.controls(self._store).stopped
        if self.why or rules is None:
            return "stopped" if self.why else "no_rules"
        statuses = self._reader.statuses()
        if compare_statuses(state, clock, self._store, statuses.value):
            return "status_mismatch"
        self._renamed = {
            str(status_id): each.label
            for status_id, each in statuses.value.items()
            if each.label != each.system_label
        }
        now = statuses.at
        rows = Rows(self._ports, self._run, rules, self._room, self._tally)
        current = self._bookmark.first(now)
        while True:
            self._begin = min(self._begin or current.begin, current.begin)
            current, ended = self._read(current, rows)
            if ended:
                return ended
            if current.is_done:
                if current.end >= now - SETTLED:
                    return "complete"
                current = self._bookmark.following(current, now)

    def _read(self, current: Pass, rows: Rows) -> tuple[Pass, str]:
        """Read a pass on.

        Returns:
            Where it stands, and why it goes no further; empty: done, or another run moved it.
        """
        pages = self._reader.order_pages(
            OrderFilter(
                modified_from=current.begin, modified_to=current.end, min_id=current.next_id
            )
        )
        while self._wanted.go_on():
            page = next(pages, None)
            if page is None:
                return self._bookmark.save(current.up_to(None)), ""
            # What was changed just now is not of this window any more, but of the next one.
            listed = [order for order in page.value if order.date_modified <= current.end]
            no_room_for = rows.take_in(listed, page.at)
            if self._tally.has_news:
                self._keep()
            wanted = current.up_to(no_room_for or page.value[-1].id + 1)
            current = self._bookmark.save(wanted)
            self._wanted.told(self._tally.sums())
            if no_room_for is not None:
                return current, "no_room"
            if current != wanted:
                return current, ""
        return current, "interrupted"

    def _room(self) -> int:
        return room(self._reader, self._ports.queue, self._wanted.period_s)

    def _ask_about(self, error: OutsideWindow) -> None:
        ports = self._ports
        ask_about_outside(
            ports.state,
            ports.notifier,
            self._store,
            error,
            ports.clock.now(),
            named="outside_window",
            ignores="the dates of the list, so lost webhooks cannot be found",
        )
