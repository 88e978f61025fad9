"""Try a draft of rules on the store's real orders; nothing is written anywhere.

Each order is judged as the store shows it now, at the moment it is read: by the rules that any
webhook asks, and by those of the sweep. What only the past knew is not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final, TypeVar

from orderwarden.domain.backtest import Finding, Found
from orderwarden.domain.choice import target_of
from orderwarden.domain.facts import Facts
from orderwarden.domain.order import Order
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.relevance import rules_on
from orderwarden.domain.rules.evaluate import TestSeen, evaluate, settled
from orderwarden.domain.rules.field import currency_of
from orderwarden.domain.rules.model import All, AnyOf, Condition, Not, Rule, RuleSet, Test
from orderwarden.domain.rules.truth import UNKNOWN, Truth
from orderwarden.domain.rules.wording import why_unknown
from orderwarden.domain.signal import Trigger
from orderwarden.errors import TryAgain
from orderwarden.ports import Answer, Clock, StoreReader
from orderwarden.services.judge import Past, Verdict, judge
from orderwarden.services.resources import GrowingFacts, ResourceReader

T = TypeVar("T")

PAST_ONLY: Final = frozenset(
    {
        "status", "previous_status", "status_for", "unchanged_for", "age",
        "weekday", "time_of_day",
    }
)  # fmt: skip
"""Fields whose value at the time, when a rule would have been asked, nobody knows today."""

BACK_OFF_S: Final = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""Waits between tries of a call that failed; then the run stops."""


@dataclass(frozen=True, slots=True)
class Window:
    """Which orders: those placed between two moments of the store's clock."""

    created_from: datetime
    created_to: datetime


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """What was found of one page of orders.

    Attributes:
        next_id: Where the next page begins.
    """

    orders: int
    findings: tuple[Finding, ...]
    next_id: int


def window_of(reader: StoreReader, days: int) -> Window:
    """Return the last so many days, by the store's own clock; one call."""
    now = reader.time().value
    return Window(now - timedelta(days=days), now)


class Backtest:
    """A draft being tried on the orders of a window."""

    def __init__(self, reader: StoreReader, clock: Clock, rules: RuleSet, window: Window) -> None:
        """Keep what is needed; every rule counts as live."""
        live = tuple(replace(rule, is_live=True) for rule in rules.rules)
        self._rules = replace(rules, rules=live)
        self._reader = reader
        self._resources = ResourceReader(reader)
        self._clock = clock
        self._window = window
        self._occasions = [
            rules_on(trigger, live, was_seen=False)
            for trigger in (Trigger.ORDER_CREATED, Trigger.SWEEP)
        ]
        self._blurred = {rule.name: _blurred(rule.when) for rule in live}

    def count(self) -> int:
        """Return about how many orders there are; the store may leave out Incomplete ones."""
        return self._patiently(lambda: self._reader.count_orders(self._filter())).value.total

    def pages(self, next_id: int = 0) -> Iterator[JudgedPage]:
        """Judge page after page, from an id on.

        Raises:
            TryAgain: The store stays out of reach; what was yielded stands.
            OutsideWindow: The store lists what was not asked for.
        """
        while True:
            page = self._patiently(partial(self._page, next_id))
            if page is None:
                return
            findings = [each for order in page.value for each in self._judged(order, page.at)]
            next_id = page.value[-1].id + 1
            yield JudgedPage(len(page.value), tuple(findings), next_id)

    def _page(self, next_id: int) -> Answer[tuple[Order, ...]] | None:
        wanted = replace(self._filter(), min_id=next_id or None)
        return next(self._reader.order_pages(wanted), None)

    def _filter(self) -> OrderFilter:
        window = self._window
        return OrderFilter(created_from=window.created_from, created_to=window.created_to)

    def _judged(self, order: Order, now: datetime) -> list[Finding]:
        if order.is_archived:
            return []
        return self._patiently(lambda: self._findings(order, now))

    def _findings(self, order: Order, now: datetime) -> list[Finding]:
        rules = self._rules
        facts = Facts(order, now, offline_methods=rules.offline_methods, calendar=rules.calendar)
        verdicts: list[Verdict] = []
        for asked in self._occasions:
            known = GrowingFacts(facts, self._resources.read)
            verdicts += judge(asked, rules, known, Past())
            facts = replace(facts, resources=known.facts.resources)
        found: dict[str, Finding | None] = {}
        for verdict in verdicts:  # a rule may be asked by webhooks and by the sweep
            found.setdefault(verdict.rule.name, _of_verdict(verdict, facts))
        for rule in rules.rules:
            if rule.name not in found:
                found[rule.name] = self._of_rule(rule, facts)
        return [finding for finding in found.values() if finding is not None]

    def _of_rule(self, rule: Rule, facts: Facts) -> Finding | None:
        """Return what there is to say of a rule that does not win."""
        outcome = evaluate(rule.when, facts)
        if outcome.needs is not None:
            return None  # a rule above it wins, so it was not asked to the end
        if outcome.truth is Truth.UNKNOWN:
            return _finding(rule, facts, Found.UNKNOWN, _reasons(outcome.trace, facts))
        if settled(self._blurred[rule.name], replace(facts)) is Truth.FALSE:
            return None
        return _finding(rule, facts, Found.EARLIER, ())

    def _patiently(self, act: Callable[[], T]) -> T:
        """Do something again after a failure that may pass, after longer and longer waits."""
        for wait_s in BACK_OFF_S:
            try:
                return act()
            except TryAgain as error:
                self._clock.wait(max(wait_s, error.retry_after_s or 0.0))
        return act()


def _of_verdict(verdict: Verdict, facts: Facts) -> Finding:
    if verdict.blocked:
        return _finding(verdict.rule, facts, Found.BLOCKED, (verdict.blocked,))
    to_status_id = verdict.choice.to_status_id
    return replace(_finding(verdict.rule, facts, Found.WOULD, ()), to_status_id=to_status_id)


def _finding(rule: Rule, facts: Facts, found: Found, reasons: tuple[str, ...]) -> Finding:
    order = facts.order
    return Finding(
        order_id=order.id,
        rule=rule.name,
        found=found,
        reasons=reasons,
        from_status_id=order.status_id,
        to_status_id=target_of(rule),
        total=order.money("total_inc_tax"),
        currency=currency_of(facts) or "",
        created_at=order.date_created,
    )


def _reasons(trace: Sequence[TestSeen], facts: Facts) -> tuple[str, ...]:
    """Return why each test is unknown that is, each field once."""
    unknown = [seen.test for seen in trace if seen.possibility == UNKNOWN]
    return tuple(dict.fromkeys(f"{test.field}: {why_unknown(test, facts)}" for test in unknown))


def _blurred(condition: Condition) -> Condition:
    """Return the condition with whatever only the past knew as unknown."""
    if isinstance(condition, Test):
        is_past = condition.field in PAST_ONLY
        return condition.reading(lambda _: None) if is_past else condition
    if isinstance(condition, Not):
        return Not(_blurred(condition.part))
    parts = tuple(_blurred(part) for part in condition.parts)
    return All(parts) if isinstance(condition, All) else AnyOf(parts)
