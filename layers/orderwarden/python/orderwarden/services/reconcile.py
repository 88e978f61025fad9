"""Find the orders whose webhooks were lost, and put a signal for each on the queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Protocol

from orderwarden.domain.instants import to_text
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.reconciliation import (
    LOOK_BACK,
    SETTLED,
    Pass,
    first_pass,
    next_pass,
    pass_since,
)
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import OutsideWindow, Refused, StoreUnauthorised, TryAgain
from orderwarden.ports import Notifier, OrderReads, Review, Run, Runs
from orderwarden.ports.runs import RECONCILE
from orderwarden.services.publish import compare_statuses
from orderwarden.services.reconcile_rows import RowPorts, Rows
from orderwarden.services.stopping import stop_unauthorised
from orderwarden.services.top_up import Budgeted, room

BOOKMARK: Final = "reconcile"
EVERY_S: Final = 900.0
"""Seconds between two runs by the clock."""


class Reader(OrderReads, Budgeted, Protocol):
    """What a reconciliation reads of a store; it writes nothing there."""


@dataclass(frozen=True, slots=True)
class ReconcilePorts:
    """What a reconciliation works with.

    Attributes:
        rows: What its pages are taken in with.
        rules: Gives the rules in force; None before the first version.
        new_id: Gives a random id of 32 hex digits.
    """

    rows: RowPorts
    runs: Runs
    notifier: Notifier
    rules: Callable[[str], RuleSet | None]
    new_id: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one run is to do.

    Attributes:
        since: Look at everything modified from then on; None: go on where the last run ended.
        look_back: How far the first pass looks back, and one pass a day.
        period_s: Seconds until the next run; what may be put on the queue depends on it.
        go_on: Is asked before every page; False ends the run, and the next one goes on there.
        told: Is called with the sums after every page.
    """

    since: datetime | None = None
    look_back: timedelta = LOOK_BACK
    period_s: float = EVERY_S
    go_on: Callable[[], bool] = lambda: True
    told: Callable[[Mapping[str, int]], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Reconciled:
    """How a run ended.

    Attributes:
        run: As kept; its summary has the sums and how it ended.
        keys: Receipt keys of the signals that it put on the queue.
        ended: complete, no_room, interrupted, again, stopped, no_rules, status_mismatch,
            outside_window or refused.
        again_s: Seconds after which it is to be tried again, where the store was out of reach.
    """

    run: Run
    keys: tuple[str, ...]
    ended: str
    again_s: float | None = None

    @property
    def is_complete(self) -> bool:
        """Return whether every order modified until a minute ago was looked at."""
        return self.ended == "complete"


def reconcile(
    ports: ReconcilePorts, store: str, reader: Reader, wanted: Wanted = Wanted()
) -> Reconciled:
    """Do one run: look at the orders modified since the last one, as many as there is room for.

    The bookmark moves only past orders that were put on the queue, seen or left alone, so a run
    that dies is taken up by the next one.
    """
    clock, state = ports.rows.clock, ports.rows.state
    began_at = clock.now()
    run_id = f"{RECONCILE}-{began_at:%Y%m%dT%H%M%S}-{ports.new_id()[:8]}"
    run = Run(run_id, store, RECONCILE, began_at)
    rules = ports.rules(store)
    stopped = state.controls(store).stopped
    if stopped or rules is None:
        ended = "stopped" if stopped else "no_rules"
        return Reconciled(replace(run, summary={"ended": ended, "why": stopped}), (), ended)
    ports.runs.replace_run(run, None)
    return _Reconciling(ports, run, rules, reader, wanted).run()


class _Reconciling:
    """One run."""

    def __init__(
        self, ports: ReconcilePorts, run: Run, rules: RuleSet, reader: Reader, wanted: Wanted
    ) -> None:
        def how_many() -> int:
            return room(reader, ports.rows.queue, wanted.period_s)

        self._ports = ports
        self._run = run
        self._reader = reader
        self._wanted = wanted
        self._rows = Rows(ports.rows, run.store, rules, run.id, how_many)
        self._text: str | None = None
        self._begin: datetime | None = None
        self._current: Pass | None = None

    def run(self) -> Reconciled:
        try:
            return self._ended(self._look())
        except StoreUnauthorised as error:
            state, notifier = self._ports.rows.state, self._ports.notifier
            return self._ended("stopped", stop_unauthorised(state, notifier, self._store, error))
        except OutsideWindow as error:
            self._ask_about(error)
            return self._ended("outside_window", str(error.order_id))
        except TryAgain as error:
            return self._ended("again", error.reason, error.retry_after_s or 0.0)
        except Refused as refused:
            return self._ended("refused", str(refused.http_status))

    @property
    def _store(self) -> str:
        return self._run.store

    def _look(self) -> str:
        """Compare the statuses, then read pass after pass; return how that ended."""
        state, clock = self._ports.rows.state, self._ports.rows.clock
        statuses = self._reader.statuses()
        if compare_statuses(state, clock, self._store, statuses.value):
            return "status_mismatch"
        now = statuses.at
        current = self._first(now)
        while True:
            self._begin = min(self._begin or current.begin, current.begin)
            current, ended = self._read(current)
            if ended:
                return ended
            if current.is_done:
                if current.end >= now - SETTLED:
                    return "complete"
                current = self._save(next_pass(current, now, self._wanted.look_back))

    def _first(self, now: datetime) -> Pass:
        """Return the pass to go on with, or a new one."""
        while True:
            before = self._bookmark()
            if self._wanted.since is not None:
                wanted = pass_since(min(self._wanted.since, now), before, now)
            elif before is None:
                wanted = first_pass(now, self._wanted.look_back)
            elif before.is_done:
                wanted = next_pass(before, now, self._wanted.look_back)
            else:
                self._current = before
                return before
            if self._save(wanted) == wanted:
                return wanted

    def _read(self, current: Pass) -> tuple[Pass, str]:
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
                return self._save(current.up_to(None)), ""
            # What was changed just now is not of this window any more, but of the next one.
            listed = [order for order in page.value if order.date_modified <= current.end]
            no_room_for = self._rows.take_in(listed, page.at)
            wanted = current.up_to(no_room_for or page.value[-1].id + 1)
            current = self._save(wanted)
            self._wanted.told(self._rows.tally.sums())
            if no_room_for is not None:
                return current, "no_room"
            if current != wanted:
                return current, ""
        return current, "interrupted"

    def _bookmark(self) -> Pass | None:
        self._text = self._ports.rows.state.bookmark(self._store, BOOKMARK)
        return Pass.from_text(self._text) if self._text else None

    def _save(self, wanted: Pass) -> Pass:
        """Move the bookmark; return where it stands: elsewhere if another run moved it."""
        text, state = wanted.to_text(), self._ports.rows.state
        if state.replace_bookmark(self._store, BOOKMARK, text, self._text):
            self._text, self._current = text, wanted
        else:
            self._current = self._bookmark() or wanted
        return self._current

    def _ask_about(self, error: OutsideWindow) -> None:
        """Tell a person that the store ignores what is asked of it."""
        now = self._ports.rows.clock.now()
        review = Review(
            id=f"outside_window-{now:%Y-%m-%d}",
            store=self._store,
            kind="outside_window",
            at=now,
            detail=f"Order {error.order_id} was listed though it was not asked for: the store "
            "ignores the dates of the list, so lost webhooks cannot be found.",
            order_id=error.order_id,
        )
        if self._ports.rows.state.open_review(review):
            self._ports.notifier.notify(self._store, "outside_window", review.id, {})

    def _ended(self, ended: str, why: str = "", again_s: float | None = None) -> Reconciled:
        """Keep how the run ended."""
        current, tally = self._current, self._rows.tally
        summary: dict[str, object] = {**tally.sums(), "ended": ended, "why": why}
        if current is not None and self._begin is not None:
            summary |= {"from": to_text(self._begin), "to": to_text(current.end)}
            summary["next_id"] = current.next_id
        done = replace(
            self._run,
            ended_at=self._ports.rows.clock.now(),
            summary=summary,
            revision=self._run.revision + 1,
        )
        self._ports.runs.replace_run(done, self._run)
        return Reconciled(done, tuple(tally.keys), ended, again_s)
