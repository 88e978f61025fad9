"""Worker threads: take signals off the queue, one at a time, and process them."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from orderwarden.errors import OrderwardenError
from orderwarden.services.attempt import DEAD_LETTER, attempt
from orderwarden.services.log_fields import of_outcome
from orderwarden.services.process import Process
from orderwarden.services.process_steps.outcome import Outcome

from orderwarden_local.sqlite_queue import Delivery, SqliteQueue
from orderwarden_local.structured_log import StructuredLog

LEASE_S: Final = 30.0
"""How long a signal in hand stays hidden after its worker vanished."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the threads rest.

    Attributes:
        idle_s: An idle worker, unless it is woken; other processes cannot wake it.
        out_of_reach_s: A worker whose queue failed.
        renew_every_s: Between two renewals of what is in hand; well within a lease.
    """

    idle_s: float = 0.5
    out_of_reach_s: float = 5.0
    renew_every_s: float = 8.0


PACE: Final = Pace()


class Workers:
    """A few threads; the queue keeps them off each other's orders."""

    def __init__(
        self,
        queue: SqliteQueue,
        process: Process,
        log: StructuredLog,
        count: int,
        pace: Pace = PACE,
    ) -> None:
        """Keep what the threads share; nothing runs yet."""
        self._queue = queue
        self._process = process
        self._log = log
        self._pace = pace
        self._stopping = threading.Event()
        self._ended = threading.Event()
        self._work = threading.Event()
        self._in_hand: set[str] = set()
        self._threads = [
            threading.Thread(target=self._run, name=f"worker-{n}") for n in range(count)
        ]
        self._renewer = threading.Thread(target=self._renew, name="lease-renewer")

    def start(self) -> None:
        """Start the threads."""
        for thread in (*self._threads, self._renewer):
            thread.start()

    def wake(self) -> None:
        """Say that there is work."""
        self._work.set()

    def stop(self) -> None:
        """Finish what is in hand and end the threads."""
        self._stopping.set()
        self._work.set()
        for thread in self._threads:
            thread.join()
        self._ended.set()  # not before: what is in hand needs its lease to the end
        self._renewer.join()

    def _run(self) -> None:
        while True:
            self._work.clear()
            if self._stopping.is_set():
                self._work.set()  # cleared just now, and the next worker waits for it
                return
            delivery = self._receive()
            if delivery is None:
                self._work.wait(self._pace.idle_s)
                continue
            self._work.set()  # there may be more: let the next worker look
            self._in_hand.add(delivery.receipt_handle)
            try:
                self._handle(delivery)
            finally:
                self._in_hand.discard(delivery.receipt_handle)

    def _receive(self) -> Delivery | None:
        try:
            deliveries = self._queue.receive(limit=1, visibility_s=LEASE_S)
        except OrderwardenError as error:
            self._log.write("queue_out_of_reach", reason=str(error))
            self._stopping.wait(self._pace.out_of_reach_s)
            return None
        return deliveries[0] if deliveries else None

    def _handle(self, delivery: Delivery) -> None:
        """Process one delivery; whatever goes wrong, the signal is not lost."""
        started = time.monotonic()
        signal, outcome = attempt(self._process, delivery.body, delivery.receive_count)
        with suppress(OrderwardenError):  # else it comes back by itself when its lease ends
            self._put_away(delivery, outcome)
        duration_ms = round((time.monotonic() - started) * 1000)
        self._log.write("signal", **of_outcome(signal, outcome), duration_ms=duration_ms)

    def _put_away(self, delivery: Delivery, outcome: Outcome) -> None:
        if outcome.kind == DEAD_LETTER:
            self._queue.bury(delivery.receipt_handle, outcome.reason)
        elif outcome.again_s is None:
            self._queue.delete(delivery.receipt_handle)
        else:
            self._queue.give_back(delivery.receipt_handle, outcome.again_s)

    def _renew(self) -> None:
        while not self._ended.wait(self._pace.renew_every_s):
            with suppress(OrderwardenError):
                self._process.renew_leases()
            for handle in tuple(self._in_hand):
                with suppress(OrderwardenError):
                    self._queue.change_visibility(handle, LEASE_S)
