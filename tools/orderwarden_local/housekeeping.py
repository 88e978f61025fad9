"""What the one-machine server does by the clock: free parked signals, probe, forget."""

from __future__ import annotations

import threading
from typing import Final

from orderwarden.errors import OrderwardenError
from orderwarden.services.probe import probe
from orderwarden.services.publish import check_statuses
from orderwarden.services.unpark import unpark_due

from orderwarden_local.bootstrap import Machine
from orderwarden_local.structured_log import StructuredLog

EVERY_S: Final = 15.0
BACK_AT_ONCE: Final = 100
"""Parked signals put back in one round; a live webhook must not wait behind thousands."""

FORGOTTEN_AT_ONCE: Final = 1000


class Housekeeping:
    """One thread that looks after every store, round by round."""

    def __init__(self, machine: Machine, log: StructuredLog, unchecked: set[str]) -> None:
        """Keep what it works with; `unchecked` stores still owe the comparison of statuses."""
        self._machine = machine
        self._log = log
        self._unchecked = unchecked
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="housekeeping")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the step in hand."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            for store in self._machine.configuration.stores:
                self._look_after(store)
            self._forget()
            if self._stopping.wait(EVERY_S):
                return

    def _look_after(self, store: str) -> None:
        machine = self._machine
        try:
            reader = machine.reader(store)
            if store in self._unchecked:
                check_statuses(machine.state, machine.clock, store, reader)
                self._unchecked.discard(store)
            if probe(machine.state, machine.queue, store, reader, BACK_AT_ONCE):
                unpark_due(machine.state, machine.queue, machine.clock, store, BACK_AT_ONCE)
        except OrderwardenError as error:
            self._log.write("housekeeping_failed", store=store, reason=str(error))

    def _forget(self) -> None:
        try:
            self._machine.receipts.forget_expired(self._machine.clock.now(), FORGOTTEN_AT_ONCE)
        except OrderwardenError as error:
            self._log.write("housekeeping_failed", reason=str(error))
