"""What the language can say and this version cannot do yet: refused or told, never ignored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orderwarden.domain.decision import SET_STATUS, STAFF_NOTE
from orderwarden.domain.rules.model import Rule, RuleSet
from orderwarden.domain.signal import Trigger

ACTIONS: Final = frozenset({SET_STATUS, STAFF_NOTE})
TRIGGERS_TO_COME: Final = frozenset({Trigger.STOCK_CHANGED, Trigger.ORDER_ARCHIVED})


def not_carried_out(rules: RuleSet) -> tuple[str, ...]:
    """Return a sentence for everything that this version would leave undone: to be refused."""
    return tuple(sentence for rule in rules.rules for sentence in _left_undone(rule))


def never_asked(rules: RuleSet) -> tuple[str, ...]:
    """Return a sentence for each rule that nothing asks yet: harmless, and to be told."""
    return tuple(
        f"rule {rule.name}: nothing asks rules on {', '.join(sorted(rule.on))} yet; it never fires"
        for rule in rules.rules
        if rule.on <= TRIGGERS_TO_COME
    )


def _left_undone(rule: Rule) -> Iterator[str]:
    for action in rule.actions:
        if action.kind not in ACTIONS:
            yield f"rule {rule.name}: the action `{action.kind}` is not carried out yet"
    if rule.goes_on:
        yield f"rule {rule.name}: `continue` is not carried out yet"
    if rule.repeat is not None:
        yield f"rule {rule.name}: `repeat` is not carried out yet"
