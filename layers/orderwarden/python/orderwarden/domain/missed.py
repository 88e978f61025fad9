"""Was an order's present body missed, and could a rule have something to do with it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from orderwarden.domain.choice import target_of
from orderwarden.domain.facts import Facts
from orderwarden.domain.instants import second_of
from orderwarden.domain.line import Line
from orderwarden.domain.order import Order
from orderwarden.domain.receipt import LOST_AFTER, Receipt
from orderwarden.domain.relevance import may_match, rules_on
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.seen import Seen
from orderwarden.domain.settlement import AFTER, BEFORE
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.domain.status_since import status_since


class Found(StrEnum):
    """What a reconciliation found of one order; docs/recovery.md says what each means."""

    ALREADY_HANDLED = "already_handled"
    WAITING = "waiting"
    RECHECKED = "rechecked"
    RECOVERED = "recovered"
    UNMATCHED = "unmatched"
    OPTED_OUT = "opted_out"


RECEIVED: Final = (Found.ALREADY_HANDLED, Found.WAITING, Found.RECHECKED)
MISSED: Final = (Found.RECOVERED, Found.OPTED_OUT)
QUEUED: Final = frozenset({Found.RECOVERED, Found.RECHECKED})
"""What goes on the queue."""


@dataclass(frozen=True, slots=True)
class Row:
    """One order as listed, with what we know of it.

    Attributes:
        read_at: The `Date` of the list.
        seen: What was seen of it before.
        signal: What would look into it.
        receipt: Of that signal.
    """

    order: Order
    read_at: datetime
    seen: Seen | None
    signal: Signal
    receipt: Receipt | None = None

    @property
    def is_seen(self) -> bool:
        """Return whether every rule was asked about this very body.

        It must have been read in a later second: of its own second, another change may be missing.
        """
        seen = self.seen
        if seen is None or not self._shows_it:
            return False
        return second_of(seen.read_at) > second_of(seen.seen_modified)

    @property
    def _shows_it(self) -> bool:
        """Return whether date and status are equal, whatever the clocks say.

        The status, since a reading that lags within the date's own second misses its last change.
        """
        shown = (self.order.date_modified, self.order.status_id)
        return self.seen is not None and (self.seen.seen_modified, self.seen.status_id) == shown

    def is_to_be_looked_up(self, rules: RuleSet) -> bool:
        """Return whether its receipt matters: it was not seen, or that does not say enough."""
        return not self.is_seen or any(rule.repeat for rule in rules.rules)

    def found(self, rules: RuleSet, now: datetime) -> Found:
        """Return what became of it, or is to become.

        Args:
            rules: In force.
            now: By our clock.
        """
        if self.receipt is not None and self.receipt.has_ended:
            return Found.ALREADY_HANDLED
        if self.receipt is not None and not is_lost(self.receipt, now):
            return Found.WAITING
        asked = rules_on(Trigger.RECONCILE, rules.rules, was_seen=self.seen is not None)
        if self.is_seen:
            # That a body was seen says nothing of the shipments that a rule repeats for.
            repeating = [rule for rule in asked if rule.repeat]
            is_left = self._could_act(repeating, rules)
            return Found.RECHECKED if is_left else Found.ALREADY_HANDLED
        if self._could_act(asked, rules):
            return Found.RECHECKED if self._shows_it else Found.RECOVERED
        every = rules_on(Trigger.ORDER_UPDATED, rules.rules, was_seen=self.seen is not None)
        if self._could_act(every, rules):
            return Found.OPTED_OUT
        return Found.ALREADY_HANDLED if self._shows_it else Found.UNMATCHED

    def has_nothing_left(self, found: Found) -> bool:
        """Return whether no rule at all could match, and that was not noted yet."""
        if found is Found.UNMATCHED:
            return True
        return found is Found.ALREADY_HANDLED and self.receipt is None and not self.is_seen

    def seen_now(self) -> Seen | None:
        """Return what to store as seen, where no rule could match; None unless it is forward."""
        before, modified = self.seen, self.order.date_modified
        if before is not None:
            if (modified, self.read_at) <= (before.seen_modified, before.read_at):
                return None
            return replace(
                before,
                read_at=self.read_at,
                seen_modified=modified,
                status_id=self.order.status_id,
                status_since=status_since(self.order, before, ()),
            )
        return Seen(
            store=self.signal.store,
            order_id=self.order.id,
            read_at=self.read_at,
            seen_modified=modified,
            status_id=self.order.status_id,
        )

    def _could_act(self, asked: Iterable[Rule], rules: RuleSet) -> bool:
        if self.order.is_archived:
            return False
        facts = Facts(
            order=self.order,
            now=self.read_at,
            offline_methods=rules.offline_methods,
            # Our own lines are not read for every row; without them it is the latest it can be.
            status_since=status_since(self.order, self.seen, ()),
            calendar=rules.calendar,
        )
        return any(_could_act(rule, self.signal, facts, self.seen) for rule in asked)


def is_our_own(line: Line, row: Order) -> bool:
    """Return whether a row shows what a change of ours made of the order."""
    is_its_time = line.at - BEFORE <= row.date_modified <= line.at + AFTER
    return row.status_id == line.to_status_id and is_its_time


def is_lost(receipt: Receipt, now: datetime) -> bool:
    """Return whether a signal that has not ended is nowhere any more: its queue was lost."""
    return now - (receipt.lease_until or receipt.first_at) > LOST_AFTER


def _could_act(rule: Rule, signal: Signal, facts: Facts, seen: Seen | None) -> bool:
    """Return whether a rule may be true of an order and would have something to change.

    What is unknown here counts: it may be known once the order is looked into.
    """
    if target_of(rule) == facts.status_id or not may_match(signal, (rule,), seen, facts.now):
        return False
    return evaluate(rule.when, facts).truth is not Truth.FALSE
