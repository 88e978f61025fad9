"""The timer of reconciliations: at the start of the server, then every quarter of an hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orderwarden.errors import OrderwardenError
from orderwarden.services.reconcile import Wanted, reconcile

from orderwarden_local.bootstrap import Machine, reconcile_ports
from orderwarden_local.rounds import Rounds
from orderwarden_local.structured_log import LoggingNotifier, StructuredLog

LOOK_EVERY_S: Final = 15.0
"""How soon a store that runs again is caught up."""

TRY_AGAIN_S: Final = 60.0
"""How soon a store that was out of reach is asked again, and a queue that was full topped up."""

NOT_BEGUN: Final = frozenset({"stopped", "no_rules"})


class CatchingUp(Rounds):
    """One thread that reconciles every store, apart from what must not wait for its pages."""

    def __init__(
        self, machine: Machine, log: StructuredLog, look_every_s: float = LOOK_EVERY_S
    ) -> None:
        """Keep what it works with; nothing runs yet."""
        super().__init__("catching-up", look_every_s)
        self._machine = machine
        self._log = log
        self._ports = reconcile_ports(machine, LoggingNotifier(log))
        self._due_at: dict[str, datetime] = {}

    def run_round(self) -> None:
        """Reconcile every store that is due."""
        for store in self._machine.configuration.stores:
            now = self._machine.clock.now()
            if self._goes_on() and now >= self._due_at.get(store, now):
                try:
                    wait_s = self._reconcile(store)
                except OrderwardenError as error:
                    self._log.write("reconcile_failed", store=store, reason=str(error))
                    wait_s = TRY_AGAIN_S
                self._due_at[store] = self._machine.clock.now() + timedelta(seconds=wait_s)

    def _reconcile(self, store: str) -> float:
        """Do one run; return after how many seconds the next one is due."""
        configuration = self._machine.configuration
        every_s = configuration.reconcile_minutes * 60.0
        wanted = Wanted(
            look_back=timedelta(hours=configuration.look_back_hours),
            period_s=every_s,
            go_on=self._goes_on,
        )
        done = reconcile(self._ports, store, self._machine.readers[store], wanted)
        if done.ended in NOT_BEGUN:
            return 0.0
        self._log.write("reconciled", store=store, run_id=done.run.id, **done.run.summary)
        if done.ended not in {"again", "no_room"}:
            return every_s
        return min(every_s, max(TRY_AGAIN_S, done.again_s or 0.0))
