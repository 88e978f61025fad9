"""Judge the rows that a sweep lists: which are due, and which of those are surely left alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from orderwarden.domain.facts import Facts
from orderwarden.domain.keep_until import Kept
from orderwarden.domain.order import Order
from orderwarden.domain.rules.inspect import is_dangerous
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.seen import Seen
from orderwarden.domain.sweep import Due, DueRule, asks_since_when, due, kept_off
from orderwarden.domain.warning import may_act_from, warned_at, warns
from orderwarden.ports import Changelog, State, StoreReader
from orderwarden.services.keep_until import read_kept

KEEP_UNTIL = "keep_until"


class RowPorts(Protocol):
    """What is known of listed orders."""

    @property
    def state(self) -> State:
        """Return what was seen of them."""
        ...

    @property
    def changelog(self) -> Changelog:
        """Return what was changed."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """A listed order for which some rule is due.

    Attributes:
        due: With the rules that may act; none where the order is surely left alone.
        rule: Name of the first rule that is due.
        facts: What the row tells.
        skipped: Why it is left alone; empty where it is not.
    """

    due: Due
    rule: str
    facts: Facts
    skipped: str = ""


class Rows:
    """Judges rows for one run; what all rows share is read once."""

    def __init__(
        self,
        store: str,
        rules: RuleSet,
        sweeping: Sequence[Rule],
        ports: RowPorts,
        reader: StoreReader,
    ) -> None:
        """Keep what rows are judged by."""
        self._store = store
        self._rules = rules
        self._sweeping = sweeping
        self._state = ports.state
        self._changelog = ports.changelog
        self._reader = reader
        self._asks_since_when = asks_since_when(sweeping)
        self._kept: Kept | None = None

    def judge(self, orders: Sequence[Order], listed_at: datetime) -> Iterator[Row]:
        """Yield the orders of a page for which something is due.

        Raises:
            TryAgain: What goes with the rows cannot be read now.
        """
        seen: Mapping[int, Seen] = {}
        if self._asks_since_when:
            seen = self._state.seen_many(self._store, [order.id for order in orders])
        for order in orders:
            facts = self._facts(order, listed_at, seen.get(order.id))
            found = due(self._sweeping, facts)
            if found is not None:
                yield self._row(found, facts)

    def _facts(self, order: Order, listed_at: datetime, seen: Seen | None) -> Facts:
        has_its_status = seen is not None and seen.status_id == order.status_id
        return Facts(
            order=order,
            now=listed_at,
            offline_methods=self._rules.offline_methods,
            status_since=seen.status_since if seen and has_its_status else None,
            calendar=self._rules.calendar,
        )

    def _row(self, found: Due, facts: Facts) -> Row:
        warned = self._warned(found, facts)
        reasons = {each: why or self._kept_off(each.rule, facts) for each, why in warned}
        acting = tuple(each for each, reason in reasons.items() if not reason)
        skipped = "" if acting else next(iter(reasons.values()))
        return Row(replace(found, rules=acting), found.rules[0].rule.name, facts, skipped)

    def _warned(self, found: Due, facts: Facts) -> Iterator[tuple[DueRule, str]]:
        """Yield each due rule, from when its warning lets it act; and why it must not yet."""
        is_told = any(x.rule.warn_before_s is not None or warns(x.rule) for x in found.rules)
        lines = self._changelog.of_order(self._store, facts.order.id) if is_told else ()
        for each in found.rules:
            if warns(each.rule):
                yield each, "" if warned_at(each.rule, lines) is None else "warned"
            elif each.rule.warn_before_s is None:
                yield each, ""
            else:
                begin = may_act_from(each.rule, lines)
                moments = [at for at in (each.at, begin) if at is not None]
                is_late = begin is not None and begin <= facts.now
                yield replace(each, at=max(moments, default=None)), "" if is_late else "warned"

    def _kept_off(self, rule: Rule, facts: Facts) -> str:
        reason = kept_off(rule, facts, self._rules.protected_statuses)
        if not reason and is_dangerous(rule) and self._keeps(facts.order.id, facts.now):
            return KEEP_UNTIL
        return reason

    def _keeps(self, order_id: int, now: datetime) -> bool:
        if self._kept is None:  # `cached_property` of Python 3.11 lets all sweeps wait for one
            self._kept = read_kept(self._reader, self._rules.calendar)
        return self._kept.keeps(order_id, now)
