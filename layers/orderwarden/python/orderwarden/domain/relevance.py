"""Which rules a signal asks, and whether any of them could match: asked before any call."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.facts import Resource
from orderwarden.domain.rules.carried_out import HEARD
from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.inspect import (
    fields_of,
    is_dangerous,
    possible_previous,
    possible_statuses,
)
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.rules.repeat import repeats_on
from orderwarden.domain.seen import Seen
from orderwarden.domain.signal import Signal, Trigger
from orderwarden.domain.warning import with_warnings

EVENT_IS_YOUNG: Final = timedelta(minutes=10)
"""Only so long is an event's new status taken for the order's own."""


def rules_asked(signal: Signal, rules: Iterable[Rule], *, was_seen: bool) -> tuple[Rule, ...]:
    """Return the rules that this signal asks, in order.

    A webhook asks the rules of all webhook triggers, whatever its own, so that "seen" means
    that every rule was asked about a body; rules on `order_created` alone count only on their
    own event or for an order never seen.
    """
    return rules_on(signal.trigger, rules, was_seen=was_seen)


def rules_on(trigger: Trigger, rules: Iterable[Rule], *, was_seen: bool) -> tuple[Rule, ...]:
    """Return the rules that a trigger asks, in order; as `rules_asked`."""
    if trigger is Trigger.SWEEP:
        return tuple(with_warnings(rule for rule in rules if Trigger.SWEEP in rule.on))
    if trigger is Trigger.RECONCILE:
        rules = (rule for rule in rules if rule.catches_up)
    is_first = trigger is Trigger.ORDER_CREATED or not was_seen
    return tuple(rule for rule in rules if _listens(rule, is_first=is_first))


def asks_every_rule(trigger: Trigger, rules: Iterable[Rule]) -> bool:
    """Return whether a body that such a signal was decided on counts as seen by every rule."""
    if trigger is Trigger.RECONCILE:
        return all(rule.catches_up for rule in rules)
    return trigger is not Trigger.SWEEP


def _listens(rule: Rule, *, is_first: bool) -> bool:
    heard = rule.on & HEARD
    return bool(heard) and (is_first or heard != {Trigger.ORDER_CREATED})


def may_match(signal: Signal, rules: Iterable[Rule], seen: Seen | None, now: datetime) -> bool:
    """Return whether some rule could match, judged by the event alone.

    What excludes for certain: the event's new status while it is young and newer than what we
    saw, and a previous status that only another event could supply.
    """
    status_id = _certain_status(signal, seen, now)
    return any(
        _allows(possible_statuses(rule), status_id, if_unknown=True)
        and _allows(possible_previous(rule), signal.previous_status_id, if_unknown=False)
        for rule in rules
    )


def adds_nothing(signal: Signal, rules: Collection[Rule]) -> bool:
    """Return whether the event only says "look": for a body that was seen, nothing is left.

    A shipment moves the order, so a body from after it tells of it. A status event also says
    where the order came from, and a transaction is read only where somebody asks about money.
    """
    match signal.trigger:
        case Trigger.ORDER_UPDATED:
            return True
        case Trigger.SHIPMENT_CREATED:
            return not _repeats(rules, signal.trigger)
        case Trigger.STATUS_UPDATED:
            return not any("previous_status" in fields_of(rule) for rule in rules)
        case Trigger.TRANSACTION_CREATED:
            asked = any(is_dangerous(rule) or _asks_for_money(rule) for rule in rules)
            return not asked and not _repeats(rules, signal.trigger)
        case _:
            return False


def _repeats(rules: Iterable[Rule], trigger: Trigger) -> bool:
    """Return whether some rule acts anew for each thing that such an event names."""
    return any(rule.repeat and trigger in repeats_on(rule.repeat) for rule in rules)


def _asks_for_money(rule: Rule) -> bool:
    fields = (field_named(name) for name in fields_of(rule))
    return any(field and Resource.TRANSACTIONS in field.costs for field in fields)


def _certain_status(signal: Signal, seen: Seen | None, now: datetime) -> int | None:
    is_young = now - signal.occurred_at < EVENT_IS_YOUNG
    is_news = seen is None or signal.occurred_at > seen.seen_modified
    if seen is not None and signal.occurred_at == seen.seen_modified:
        is_news = seen.status_id == signal.new_status_id
    return signal.new_status_id if is_young and is_news else None


def _allows(allowed: frozenset[int] | None, value: int | None, *, if_unknown: bool) -> bool:
    if allowed is None:
        return True
    return if_unknown if value is None else value in allowed
