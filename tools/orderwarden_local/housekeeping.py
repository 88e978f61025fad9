"""What the one-machine server does by the clock: free parked signals, probe, hooks, forget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from orderwarden.errors import OrderwardenError
from orderwarden.services.heartbeat import beat
from orderwarden.services.probe import UNAUTHORISED, probe
from orderwarden.services.publish import check_statuses
from orderwarden.services.unpark import unpark_due

from orderwarden_local.bootstrap import Machine
from orderwarden_local.hook_keeper import HookKeeper
from orderwarden_local.rounds import Rounds
from orderwarden_local.structured_log import StructuredLog

EVERY_S: Final = 15.0
PROBED_AT_MOST_EVERY_S: Final = 900.0
"""A token that is refused for hours is tried ever more seldom, up to this."""

BACK_AT_ONCE: Final = 100
"""Parked signals put back in one round; a live webhook must not wait behind thousands."""

FORGOTTEN_AT_ONCE: Final = 1000


class Housekeeping(Rounds):
    """One thread that looks after every store, round by round."""

    def __init__(
        self,
        machine: Machine,
        log: StructuredLog,
        unchecked: Iterable[str],
        every_s: float = EVERY_S,
        hooks: HookKeeper | None = None,
    ) -> None:
        """Keep what it works with; `unchecked` stores still owe the comparison of statuses."""
        super().__init__("housekeeping", every_s)
        self._hooks = hooks
        self._machine = machine
        self._log = log
        self._unchecked = set(unchecked)
        self._probes: dict[str, tuple[datetime, float]] = {}

    def run_round(self) -> None:
        """Look after every store once, and forget receipts that have expired."""
        machine = self._machine
        for store in machine.configuration.stores:
            with self._logged(store):
                beat(machine.state, machine.clock, store)
            with self._logged(store):
                self._compare_statuses(store)
            with self._logged(store):
                self._free_parked(store)
            with self._logged(store):
                self._look_after_hooks(store)
        with self._logged(None):
            machine.receipts.forget_expired(machine.clock.now(), FORGOTTEN_AT_ONCE)

    def _compare_statuses(self, store: str) -> None:
        if store not in self._unchecked:
            return
        machine = self._machine
        differing = check_statuses(machine.state, machine.clock, store, machine.readers[store])
        self._unchecked.discard(store)
        if differing:
            self._log.write("statuses_differ", store=store, differing=dict(differing))

    def _free_parked(self, store: str) -> None:
        machine, queue = self._machine, self._machine.queue
        if self._may_probe(store) and probe(
            machine.state, queue, store, machine.readers[store], BACK_AT_ONCE
        ):
            unpark_due(machine.state, queue, machine.clock, store, BACK_AT_ONCE)

    def _look_after_hooks(self, store: str) -> None:
        if self._hooks is not None:
            self._hooks.look_after(store)

    def _may_probe(self, store: str) -> bool:
        """Return whether a call may be spent; a store that runs costs none."""
        now = self._machine.clock.now()
        if self._machine.state.controls(store).stopped != UNAUTHORISED:
            self._probes.pop(store, None)
            return True
        due_at, wait_s = self._probes.get(store, (now, self._every_s))
        if now < due_at:
            return False
        longer_s = min(wait_s * 2, PROBED_AT_MOST_EVERY_S)
        self._probes[store] = (now + timedelta(seconds=wait_s), longer_s)
        return True

    @contextmanager
    def _logged(self, store: str | None) -> Iterator[None]:
        """Log what goes wrong inside; the next round tries it again."""
        try:
            yield
        except OrderwardenError as error:
            told = {"reason": str(error), "detail": error.detail}
            self._log.write("housekeeping_failed", store=store, **told)
