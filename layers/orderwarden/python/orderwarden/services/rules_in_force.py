"""The rules in force, from a short cache: `process` asks for them with every signal."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

from orderwarden.domain.rules.canonical import from_json
from orderwarden.domain.rules.model import RuleSet
from orderwarden.ports import Clock, Rules


class RulesInForce:
    """Compiled rules by store, asked for anew after `kept_s` seconds."""

    def __init__(self, rules: Rules, clock: Clock, kept_s: float = 30.0) -> None:
        """Begin empty."""
        self._rules = rules
        self._clock = clock
        self._kept = timedelta(seconds=kept_s)
        self._known: dict[str, tuple[datetime, RuleSet | None]] = {}
        self._lock = threading.Lock()

    def of(self, store: str) -> RuleSet | None:
        """Return a store's rules, None before the first version."""
        now = self._clock.now()
        with self._lock:
            read_at, known = self._known.get(store, (None, None))
        if read_at is not None and read_at <= now < read_at + self._kept:
            return known
        published = self._rules.current(store)
        if published is None:
            current = None
        elif known is not None and known.version == published.version:
            current = known
        else:
            current = from_json(published.compiled, published.version)
        with self._lock:
            self._known[store] = (now, current)
        return current
