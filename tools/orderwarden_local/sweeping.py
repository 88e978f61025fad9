"""Sweep on one machine: a run of one store, and the thread that does one every five minutes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from orderwarden.domain.instants import from_text, to_text
from orderwarden.domain.rules.canonical import from_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import ConfigurationError, OrderwardenError
from orderwarden.ports import Notifier
from orderwarden.services.sweep import SweepPorts, Target, Told
from orderwarden.services.sweep_run import EVERY_S, SweepRun, run_id_of

from orderwarden_local.bootstrap import Machine
from orderwarden_local.host import Host
from orderwarden_local.rounds import Rounds
from orderwarden_local.structured_log import LoggingNotifier, StructuredLog

LOOK_EVERY_S: Final = 15.0
SOONER_S: Final = 60.0
"""After a run that found no room for all: the queue is kept filled, never more than that."""

SWEPT_AT: Final = "swept_at"
"""The bookmark that says when the last run by the clock began: of two servers one sweeps."""


def rules_of(machine: Host, store: str) -> RuleSet:
    """Return the rules in force, and let the store's clients leave their reserve alone.

    Raises:
        ConfigurationError: None were published.
    """
    current = machine.state.current(store)
    if current is None:
        raise ConfigurationError(
            f"store {store} has no rules; publish some with `orderwarden rules publish FILE`"
        )
    rules = from_json(current.compiled, current.version)
    machine.pacers[store].reserve = float(rules.reserve)
    return rules


@contextmanager
def target_of(machine: Host, store: str, run_id: str) -> Iterator[Target]:
    """Return what to sweep; inside, its calls may wait for the quota as long as they need.

    Raises:
        ConfigurationError: No rules were published.
    """
    with machine.pacers[store].patience(EVERY_S):
        yield Target(
            store=store,
            reader=machine.readers[store],
            rules=rules_of(machine, store),
            run_id=run_id,
            period_s=EVERY_S,
        )


@contextmanager
def sweep_of(
    machine: Host,
    store: str,
    notifier: Notifier,
    *,
    is_asked_for: bool,
    told: Told = lambda _: None,
) -> Iterator[SweepRun]:
    """Begin a run of the sweep; as `target_of`."""
    run_id = run_id_of(machine.clock.now(), secrets.token_hex(4))
    ports = ports_of(machine, notifier)
    with target_of(machine, store, run_id) as target:
        yield SweepRun(ports, target, is_asked_for=is_asked_for, told=told)


def ports_of(machine: Host, notifier: Notifier) -> SweepPorts:
    """Return what sweeping works with on this machine."""
    return SweepPorts(
        clock=machine.clock,
        receipts=machine.receipts,
        changelog=machine.changelog,
        state=machine.state,
        queue=machine.queue,
        notifier=notifier,
    )


class Sweeping(Rounds):
    """One thread that sweeps every store, each five minutes after the last time.

    A sweep may wait for the store's quota for minutes, so no other work shares its thread.
    """

    def __init__(
        self,
        machine: Machine,
        log: StructuredLog,
        on_queued: Callable[[], None],
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        """Keep what it works with; `on_queued` is called when there is work on the queue."""
        super().__init__("sweeping", look_every_s)
        self._machine = machine
        self._log = log
        self._on_queued = on_queued
        self._unfinished: set[str] = set()

    def run_round(self) -> None:
        """Sweep every store whose time has come."""
        for store in self._machine.configuration.stores:
            try:
                if self._goes_on() and self._is_due(store):
                    self._sweep(store)
            except OrderwardenError as error:
                self._log.write("sweep_failed", store=store, reason=str(error))

    def _is_due(self, store: str) -> bool:
        """Return whether this server is to sweep now; asking takes the turn."""
        state, now = self._machine.state, self._machine.clock.now()
        if state.current(store) is None:
            return False
        before = state.bookmark(store, SWEPT_AT)
        wait_s = SOONER_S if store in self._unfinished else EVERY_S
        if before is not None and now < from_text(before) + timedelta(seconds=wait_s):
            return False
        return state.replace_bookmark(store, SWEPT_AT, to_text(now), before)

    def _sweep(self, store: str) -> None:
        notifier = LoggingNotifier(self._log)
        with sweep_of(self._machine, store, notifier, is_asked_for=False) as run:
            is_more = run.sweep_once(go_on=self._goes_on)
            done = run.finish()
        self._unfinished.discard(store)
        if is_more:
            self._unfinished.add(store)
        if run.keys:
            self._on_queued()
        if run.keys or run.ended not in {"complete", "stopped"}:
            self._log.write("sweep", store=store, run_id=done.id, **done.summary)
