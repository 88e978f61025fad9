"""What a rule could say and must not: refused before it is published."""

from __future__ import annotations

from typing import Final

from orderwarden.domain.rules.inspect import possible_statuses, top_tests
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.signal import Trigger
from orderwarden.domain.statuses import (
    CANCELLED,
    COMPLETED,
    DECLINED,
    NAMES,
    PARTIALLY_REFUNDED,
    REFUNDED,
    SHIPPED,
)

_PILES_UP: Final = frozenset(
    {SHIPPED, REFUNDED, CANCELLED, DECLINED, COMPLETED, PARTIALLY_REFUNDED}
)
"""Statuses in which orders stay for good, more of them every day."""

_BOUNDS_AGE: Final = frozenset({"under", "at_most", "between"})


def endless_sweep(rule: Rule) -> str | None:
    """Return why a sweep would look at ever more orders, None where it would not."""
    if Trigger.SWEEP not in rule.on:
        return None
    tests = top_tests(rule.when)
    if any(test.field == "age" and test.operator in _BOUNDS_AGE for test in tests):
        return None
    statuses = possible_statuses(rule)
    piles = sorted(_PILES_UP if statuses is None else _PILES_UP & statuses)
    if not piles:
        return None
    names = ", ".join(NAMES[status_id] for status_id in piles)
    return (
        f"a sweep over ever more orders ({names}); "
        "name other statuses, or give age an upper bound, such as {between: [3d, 30d]}"
    )
