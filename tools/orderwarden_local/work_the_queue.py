"""Work the queue until the signals of a run have ended: for commands that wait for their run.

The queue keeps workers off each other's orders, those of other processes too. So nobody needs to
know whether a server is alive: a command lends a hand, and the work is shared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from typing import Final

from orderwarden.domain.receipt import ENDED, Receipt, ReceiptState
from orderwarden.ports import Clock, Receipts

from orderwarden_local.bootstrap import Machine, process_service
from orderwarden_local.host import Host
from orderwarden_local.structured_log import LoggingNotifier, StructuredLog
from orderwarden_local.workers import Workers

LOOK_EVERY_S: Final = 0.5
PATIENCE_S: Final = 180.0
"""Longer than a second look (60 s), a refilled quota (30 s) or a lease that ran out (30 s)."""

AT_ONCE: Final = 500
"""Receipts looked at in one go: thousands, twice a second, would cost more than the work."""

FAILING: Final = 3
"""After so many failures in a row a signal is left to the queue, which waits ever longer."""


@dataclass(frozen=True, slots=True)
class Worked:
    """How the signals of a run stand.

    Attributes:
        outcomes: What each signal came to, by receipt key; `parked` and `again` go on later.
        waiting: Those that neither ended nor were parked in time; the queue still has them.
    """

    outcomes: Mapping[str, str] = field(default_factory=dict)
    waiting: frozenset[str] = frozenset()


@contextmanager
def lending_a_hand(machine: Host, log: StructuredLog) -> Iterator[None]:
    """Work the queue with this process's own threads for the length of the block.

    On AWS there is nothing to do: somebody always works it there.
    """
    if not isinstance(machine, Machine):
        yield
        return
    process = process_service(machine, LoggingNotifier(log))
    workers = Workers(machine.queue, process, log, machine.configuration.workers)
    workers.start()
    try:
        yield
    finally:
        workers.stop()


def wait_for(
    receipts: Receipts,
    clock: Clock,
    keys: Iterable[str],
    *,
    patience_s: float = PATIENCE_S,
    told: Callable[[int], None] = lambda _: None,
) -> Worked:
    """Wait until the signals with these receipt keys have ended or were parked.

    Args:
        receipts: Where that is seen, whoever does the work.
        clock: Lets the time pass.
        keys: Of signals that are on the queue.
        patience_s: Seconds without any of them ending after which the rest is left to the queue.
        told: Is called with the number of those that are done, whenever it grows.
    """
    waiting = dict.fromkeys(keys)
    outcomes: dict[str, str] = {}
    moved_at = clock.now()
    while waiting:
        some = list(islice(waiting, AT_ONCE))
        done = _done(receipts, some)
        for key in some:  # what is not done goes to the end: all have their turn
            del waiting[key]
        waiting |= dict.fromkeys(key for key in some if key not in done)
        outcomes |= done
        if done:
            moved_at = clock.now()
            told(len(outcomes))
        elif clock.now() - moved_at >= timedelta(seconds=patience_s):
            break
        else:
            clock.wait(LOOK_EVERY_S)
    return Worked(outcomes, frozenset(waiting))


def _done(receipts: Receipts, keys: Iterable[str]) -> Mapping[str, str]:
    """Return what those came to that are done with, by key."""
    found = receipts.look_up(keys).values()
    return {one.key: outcome for one in found if (outcome := _outcome(one))}


def _outcome(receipt: Receipt) -> str:
    """Return what a signal came to; empty while it is worth waiting for."""
    if receipt.state in ENDED:
        return receipt.outcome
    if receipt.state is ReceiptState.PARKED:
        return "parked"
    is_failing = receipt.state is ReceiptState.RELEASED and receipt.failures >= FAILING
    return "again" if is_failing else ""
