"""One run of the sweep: its record, what went wrong, and what waits for a person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from orderwarden.domain.choice import target_of
from orderwarden.domain.statuses import CANCELLED
from orderwarden.errors import (
    OrderwardenError,
    OutsideWindow,
    Refused,
    StoreUnauthorised,
    TryAgain,
)
from orderwarden.ports import Run
from orderwarden.ports.runs import SWEEP, run_id
from orderwarden.services.outside_window import ask_about_outside
from orderwarden.services.stopping import stop_unauthorised
from orderwarden.services.sweep import Sweep, SweepPorts, Swept, Target, Told
from orderwarden.services.top_up import room
from orderwarden.services.unpark import unpark_due

EVERY_S: Final = 300.0
"""Seconds between two sweeps by the clock."""

COUNTED_AT_MOST: Final = 1000
"""Signals of one rule that wait for approval: more are told as so many."""

FAILED: Final = frozenset({"again", "outside_window", "refused"})
"""Ends of a run that somebody should hear of."""


def run_id_of(began_at: datetime, random: str) -> str:
    """Return the id of a run of the sweep; as `run_id`."""
    return run_id(SWEEP, began_at, random)


class SweepRun:
    """A run: one pass, or several where somebody waits until nothing is left.

    Attributes:
        keys: Receipt keys of everything that was queued.
        ended: complete, no_room, interrupted, stopped, again, outside_window or refused.
        why: More about it, a short code.
    """

    def __init__(
        self, ports: SweepPorts, target: Target, *, is_asked_for: bool, told: Told = lambda _: None
    ) -> None:
        """Begin; a run by the clock is kept only once it queues something, or fails.

        Args:
            ports: Backend and clock.
            target: What to sweep.
            is_asked_for: Whether a person asked for it.
            told: Is called after every page with what its pass swept so far.
        """
        self.keys: list[str] = []
        self.ended = ""
        self.why = ""
        self._ports = ports
        self._target = target
        self._told = told
        self._run = Run(target.run_id, target.store, SWEEP, ports.clock.now())
        self._is_kept = False
        self._passes: list[Swept] = []
        self._put_back = 0
        if is_asked_for:
            self._keep()

    def sweep_once(self, go_on: Callable[[], bool] = lambda: True) -> bool:
        """Make one pass; return whether something due was left for want of room.

        Args:
            go_on: Is asked after every page; False interrupts the run.
        """
        ports, target = self._ports, self._target
        stopped = ports.state.controls(target.store).stopped
        if stopped:
            self.ended, self.why = "stopped", stopped
            return False
        one = Sweep(ports, target, self.keys, self._keep, self._told)
        self._passes.append(one.swept)
        try:
            limit = room(target.reader, ports.queue, target.period_s)
            self._put_back += unpark_due(
                ports.state, ports.queue, ports.clock, target.store, limit
            )
            is_whole = one.run(go_on)
            unfinished = "no_room" if one.swept.left else "interrupted"
            self.ended, self.why = "complete" if is_whole else unfinished, ""
        except OrderwardenError as error:
            self._fail(error)
        self.keys += one.swept.keys
        return self.ended == "no_room"

    def finish(self, outcomes: Mapping[str, int] | None = None) -> Run:
        """Keep how it ended, and return that.

        Args:
            outcomes: What became of its signals, as far as somebody waited for them.
        """
        if self.ended in FAILED:
            self._keep()
        summary = {**self._summary(), **({"outcomes": dict(outcomes)} if outcomes else {})}
        now = self._ports.clock.now()
        ended = replace(self._run, ended_at=now, summary=summary, revision=2)
        if self._is_kept:
            self._ports.state.replace_run(ended, self._run)
        return ended

    def _keep(self) -> None:
        if not self._is_kept:
            self._ports.state.replace_run(self._run, None)
            self._is_kept = True

    def _fail(self, error: OrderwardenError) -> None:
        """Say why it ends; raise what is nobody's fault but ours."""
        ports, store = self._ports, self._target.store
        match error:
            case StoreUnauthorised():
                self.why = stop_unauthorised(ports.state, ports.notifier, store, error)
                self.ended = "stopped"
            case OutsideWindow():
                self.ended, self.why = "outside_window", str(error.order_id)
                self._ask_about(error)
            case TryAgain():
                self.ended, self.why = "again", error.reason
            case Refused():
                self.ended, self.why = "refused", str(error.http_status)
            case _:
                raise error

    def _ask_about(self, error: OutsideWindow) -> None:
        ports = self._ports
        ask_about_outside(
            ports.state,
            ports.notifier,
            self._target.store,
            error,
            ports.clock.now(),
            named="sweep_outside_window",
            ignores="the filters of the list, so the sweep stops",
        )

    def _summary(self) -> Mapping[str, object]:
        last = self._passes[-1] if self._passes else Swept()
        late_looks = sum(each.late_looks for each in self._passes)
        queued = len(self.keys) - late_looks
        return {
            "looked_at": last.looked_at,
            "due": queued + last.skipped.total() + last.left,
            "queued": queued,
            "late_looks": late_looks,
            "left": last.left,
            "put_back": self._put_back,
            "skipped": dict(sorted(last.skipped.items())),
            "waiting_for_approval": self._waiting(),
            "ended": self.ended,
            "why": self.why,
            **self._stock(),
        }

    def _waiting(self) -> Mapping[str, int]:
        """Return how many signals of which rule wait for a person's approval."""
        state, store = self._ports.state, self._target.store
        rules = [x.name for x in self._target.rules.rules if x.limits.approve_after is not None]
        counts = {
            name: len(state.waiting_for(store, f"approval:{name}", COUNTED_AT_MOST))
            for name in rules
        }
        return {name: count for name, count in counts.items() if count}

    def _stock(self) -> Mapping[str, str]:
        """Return what cancelling does to the stock; nothing where nothing is cancelled."""
        cancels = any(target_of(rule) == CANCELLED for rule in self._target.rules.rules)
        if not self.keys or not cancels:
            return {}
        try:
            settings = self._target.reader.inventory_settings().value
        except (TryAgain, Refused, StoreUnauthorised):
            return {"stock": "unknown"}
        if settings.moves_when == "order_completed_or_shipped":
            return {"stock": "not_taken_before_shipping"}
        return {"stock": "returns" if settings.returns_on_refund else "stays_taken"}
