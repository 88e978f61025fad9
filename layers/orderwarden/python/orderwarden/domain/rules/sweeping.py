"""Which sweeps would look at ever more orders: refused before they are published."""

from __future__ import annotations

from typing import Final

from orderwarden.domain.rules.fields import field_named
from orderwarden.domain.rules.inspect import fields_of, possible_statuses, top_tests
from orderwarden.domain.rules.model import Rule
from orderwarden.domain.signal import Trigger
from orderwarden.domain.statuses import (
    CANCELLED,
    COMPLETED,
    DECLINED,
    INCOMPLETE,
    NAMES,
    PARTIALLY_REFUNDED,
    PENDING,
    REFUNDED,
    SHIPPED,
)

PILES_UP: Final = frozenset(
    {SHIPPED, REFUNDED, CANCELLED, DECLINED, COMPLETED, PARTIALLY_REFUNDED}
)
"""Statuses in which orders stay for good, more of them every day."""

LEFT_BEHIND: Final = frozenset({INCOMPLETE, PENDING})
"""Statuses of abandoned checkouts: most orders leave them by being deleted, or never."""

LOOKS_FOR_ORDERS: Final = frozenset({Trigger.SWEEP, Trigger.STOCK_CHANGED})
"""Triggers that name no order: the store is searched for those that the rule may be about."""

_BOUNDS_AGE: Final = frozenset({"under", "at_most", "between"})


def endless_sweep(rule: Rule) -> str | None:
    """Return why a rule would look at ever more orders, None where it would not.

    Some upper bound is needed: of the age, or by a status that orders leave. In the statuses that
    pile up only an age is one. Abandoned checkouts pile up more slowly, so that is asked of them
    only where a field costs a call for each. Every other status is left, by being paid, sent or
    cancelled, so Awaiting Payment with `customer_group` (the design's own example) is bounded by
    its status: its calls grow with the open orders, not with the history of the shop.
    """
    if not rule.on & LOOKS_FOR_ORDERS or has_age_bound(rule):
        return None
    statuses = possible_statuses(rule)
    unbounded = PILES_UP | LEFT_BEHIND if costly_fields(rule) else PILES_UP
    piles = sorted(unbounded if statuses is None else unbounded & statuses)
    if not piles:
        return None
    names = ", ".join(NAMES[status_id] for status_id in piles)
    return (
        f"a sweep over ever more orders ({names}); "
        "name other statuses, or give age an upper bound, such as {between: [3d, 30d]}"
    )


def has_age_bound(rule: Rule) -> bool:
    """Return whether the rule is about orders up to some age only."""
    tests = top_tests(rule.when)
    return any(test.field == "age" and test.operator in _BOUNDS_AGE for test in tests)


def costly_fields(rule: Rule) -> tuple[str, ...]:
    """Return the rule's fields that may cost a call, sorted."""
    fields = (field_named(name) for name in fields_of(rule))
    return tuple(sorted(field.name for field in fields if field and field.costs))
