"""What the language can say and this version cannot do yet: told, never ignored."""

from __future__ import annotations

from typing import Final

from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.signal import WEBHOOK_TRIGGERS, Trigger

# An archived order is left alone, and a change of stock names a product, no order.
TRIGGERS_TO_COME: Final = frozenset({Trigger.STOCK_CHANGED, Trigger.ORDER_ARCHIVED})

HEARD: Final = WEBHOOK_TRIGGERS - TRIGGERS_TO_COME
"""What makes a rule one of those that any webhook of an order asks."""


def never_asked(rules: RuleSet) -> tuple[str, ...]:
    """Return a sentence for each rule that nothing asks yet: harmless, and to be told."""
    return tuple(
        f"rule {rule.name}: nothing asks rules on {', '.join(sorted(rule.on))} yet; it never fires"
        for rule in rules.rules
        if rule.on <= TRIGGERS_TO_COME
    )
