"""Looks after the hooks of one machine's stores: by the clock, and once rules were published."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.instants import to_text
from orderwarden.domain.rules.canonical import from_json
from orderwarden.ports import Notifier
from orderwarden.services.heed_exception import heed_exception
from orderwarden.services.keep_hooks import LookedAfter, keep_hooks, why_left_alone

from orderwarden_local.bootstrap import Machine, hook_place, hook_ports
from orderwarden_local.structured_log import StructuredLog

EVERY: Final = timedelta(minutes=15)
AFTER_A_FAILURE: Final = timedelta(minutes=1)


class HookKeeper:
    """Asked every few seconds; does something when it is time to."""

    def __init__(self, machine: Machine, notifier: Notifier, log: StructuredLog) -> None:
        """Begin with every store being due."""
        self._machine = machine
        self._notifier = notifier
        self._log = log
        self._lock = threading.Lock()
        self._due_at: dict[str, datetime] = {}
        self._version: dict[str, int] = {}
        self._told: dict[str, str] = {}

    def heed_exception(self, store: str, error_code: int) -> None:
        """Tell what the store says of its deliveries; the next round looks at the hooks."""
        machine = self._machine
        heed_exception(machine.state, self._notifier, machine.clock, store, error_code)
        with self._lock:
            self._due_at.pop(store, None)

    def look_after(self, store: str) -> None:
        """Bring the hooks of a store in order, if it is time.

        Raises:
            OrderwardenError: The store is out of reach or refuses; it is tried again in a minute.
        """
        machine = self._machine
        why_not = self._why_not(store)
        self._tell(store, why_not)
        published = None if why_not else machine.state.current(store)
        if published is None or not self._is_due(store, published.version):
            return
        looked = keep_hooks(
            hook_ports(machine, store, self._notifier),
            hook_place(machine, store),
            from_json(published.compiled, published.version),
        )
        with self._lock:
            self._due_at[store] = machine.clock.now() + EVERY
        self._write(store, looked)

    def _why_not(self, store: str) -> str:
        configuration = self._machine.configuration
        api_url = configuration.stores[store].api_url
        return why_left_alone(self._machine.state, store, configuration.public_url, api_url)

    def _tell(self, store: str, why_not: str) -> None:
        """Say once why hooks are left alone, and again when that changes."""
        if self._told.get(store, "") != why_not:
            self._told[store] = why_not
            if why_not:
                self._log.write("hooks_left_alone", store=store, reason=why_not)

    def _is_due(self, store: str, version: int) -> bool:
        """Return whether it is time, and if so, put the next try a minute off."""
        now = self._machine.clock.now()
        with self._lock:
            due_at = self._due_at.get(store)
            is_new = self._version.get(store) != version
            if due_at is not None and not is_new and now < due_at <= now + EVERY:
                return False
            self._version[store] = version
            self._due_at[store] = now + AFTER_A_FAILURE
            return True

    def _write(self, store: str, looked: LookedAfter) -> None:
        for done in looked.synced.done:
            self._log.write(
                "hook",
                store=store,
                action=done.task.action.value,
                scope=done.task.scope,
                hook_id=done.task.hook.id if done.task.hook else None,
                reasons=list(done.task.reasons),
                result=done.result.value,
                detail=done.detail,
            )
        if looked.rotation is not None:
            ends_at = looked.rotation.ends_at
            self._log.write(
                "hook_secret_rotation",
                store=store,
                ended=looked.rotation.ended_at is not None,
                ends_at=to_text(ends_at) if ends_at else None,
            )
