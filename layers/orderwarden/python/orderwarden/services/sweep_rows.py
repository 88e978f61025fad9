"""Judge the rows that a sweep lists: which are due, and which of those are surely left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from orderwarden.domain.facts import Facts
from orderwarden.domain.keep_until import Kept
from orderwarden.domain.order import Order
from orderwarden.domain.rules.inspect import is_dangerous
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.sweep import Due, asks_since_when, due, kept_off
from orderwarden.ports import State, StoreReader
from orderwarden.services.keep_until import read_kept

KEEP_UNTIL = "keep_until"


@dataclass(frozen=True, slots=True)
class Row:
    """A listed order for which some rule is due.

    Attributes:
        due: With the rules that may act; none where the order is surely left alone.
        facts: What the row tells.
        skipped: Why it is left alone; empty where it is not.
    """

    due: Due
    facts: Facts
    skipped: str = ""


class Rows:
    """Judges rows for one run; what all rows share is read once."""

    def __init__(
        self,
        store: str,
        rules: RuleSet,
        sweeping: Sequence[Rule],
        state: State,
        reader: StoreReader,
    ) -> None:
        """Keep what rows are judged by."""
        self._store = store
        self._rules = rules
        self._sweeping = sweeping
        self._state = state
        self._reader = reader
        self._asks_since_when = asks_since_when(sweeping)

    def judge(self, order: Order, listed_at: datetime) -> Row | None:
        """Return what is to be done about a listed order; None where nothing is due.

        Raises:
            TryAgain: What all rows share cannot be read now.
        """
        facts = Facts(
            order=order,
            now=listed_at,
            offline_methods=self._rules.offline_methods,
            calendar=self._rules.calendar,
        )
        found = due(self._sweeping, facts)
        if self._asks_since_when:
            facts = self._with_status_since(facts)
            found = due(self._sweeping, facts)
        return self._row(found, facts) if found else None

    def _row(self, found: Due, facts: Facts) -> Row:
        reasons = {each: self._kept_off(each.rule, facts) for each in found.rules}
        acting = tuple(each for each, reason in reasons.items() if not reason)
        skipped = "" if acting else next(iter(reasons.values()))
        return Row(replace(found, rules=acting), facts, skipped)

    def _kept_off(self, rule: Rule, facts: Facts) -> str:
        reason = kept_off(rule, facts, self._rules.protected_statuses)
        if not reason and is_dangerous(rule) and self._kept.keeps(facts.order.id, facts.now):
            return KEEP_UNTIL
        return reason

    @cached_property
    def _kept(self) -> Kept:
        return read_kept(self._reader, self._rules.calendar)

    def _with_status_since(self, facts: Facts) -> Facts:
        seen = self._state.seen(self._store, facts.order.id)
        if seen is None or seen.status_id != facts.status_id:
            return facts
        return replace(facts, status_since=seen.status_since)
