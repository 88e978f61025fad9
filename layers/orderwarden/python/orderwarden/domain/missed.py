"""Was an order's present body missed, and could a rule have something to do with it?"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from orderwarden.domain.choice import target_of
from orderwarden.domain.facts import Facts
from orderwarden.domain.instants import second_of
from orderwarden.domain.order import Order
from orderwarden.domain.relevance import may_match
from orderwarden.domain.rules.evaluate import evaluate
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.truth import Truth
from orderwarden.domain.seen import Seen
from orderwarden.domain.signal import Signal


def is_seen(seen: Seen | None, row: Order) -> bool:
    """Return whether every rule was asked about this very body.

    Equal dates, whatever the clocks say; and read in a later second, or another change of the
    same second may be missing.
    """
    if seen is None or seen.seen_modified != row.date_modified:
        return False
    return second_of(seen.read_at) > second_of(seen.seen_modified)


def could_act(rule: Rule, signal: Signal, facts: Facts, seen: Seen | None) -> bool:
    """Return whether a rule may be true of an order and would have something to change.

    What is unknown here counts: it may be known once the order is looked into.
    """
    if target_of(rule) == facts.status_id or not may_match(signal, (rule,), seen, facts.now):
        return False
    return evaluate(rule.when, facts).truth is not Truth.FALSE


def repeating(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return the rules that act once for each shipment, refund or the like.

    That a body was seen says nothing of these: another event may have shown it.
    """
    return tuple(rule for rule in rules if rule.repeat)


def seen_by_row(store: str, row: Order, read_at: datetime, before: Seen | None) -> Seen | None:
    """Return what to store as seen of a row that no rule could match; None unless it is forward.

    Args:
        store: Store hash.
        row: As listed.
        read_at: The `Date` of the list.
        before: What was seen before.
    """
    if before is not None and (row.date_modified, read_at) <= (
        before.seen_modified,
        before.read_at,
    ):
        return None
    return Seen(
        store=store,
        order_id=row.id,
        read_at=read_at,
        seen_modified=row.date_modified,
        status_id=row.status_id,
        status_since=status_since_row(row, before),
        revision=before.revision + 1 if before else 1,
    )


def status_since_row(row: Order, before: Seen | None) -> datetime | None:
    """Return since when it has its status; of a change that was missed, the latest it can be."""
    if before is None:
        return None
    return before.status_since if before.status_id == row.status_id else row.date_modified
