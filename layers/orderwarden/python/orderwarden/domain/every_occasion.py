"""Every occasion of a rule that repeats, where no event names one: the things are listed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from orderwarden.domain.choice import Needs
from orderwarden.domain.facts import Facts, Resource, Unreadable
from orderwarden.domain.order import Shipment, Transaction
from orderwarden.domain.order_parts import Refund
from orderwarden.domain.rules.repeat import Repeat

_LISTED_AS: Final[Mapping[Repeat, Resource]] = {
    Repeat.EACH_SHIPMENT: Resource.SHIPMENTS,
    Repeat.EACH_REFUND: Resource.REFUNDS,
    Repeat.EACH_TRANSACTION: Resource.TRANSACTIONS,
}
"""Messages are not listed: only their own event tells of them."""


def listed_occasions(repeat: Repeat | None, facts: Facts) -> tuple[str, ...] | Needs:
    """Return the occasions that a rule could have had for this order, the oldest first.

    What the store does not let us read gives none.
    """
    every = repeat is Repeat.EACH_EVENT
    found: list[str] = []
    for each, resource in _LISTED_AS.items():
        if not (every or each is repeat):
            continue
        things = facts.resources.get(resource)
        if things is None:
            return Needs(resource)
        if isinstance(things, Unreadable):
            continue
        listed = (x for x in things if isinstance(x, Shipment | Refund | Transaction))
        found += [f"{each.value}:{thing.id}" for thing in listed]
    return tuple(found)
