"""Until when a merchant keeps an order from dangerous changes: its metafield says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from orderwarden.domain.calendar import Calendar
from orderwarden.domain.choice import Needs
from orderwarden.domain.facts import Facts, Resource, Unreadable
from orderwarden.domain.order_parts import Metafield
from orderwarden.domain.safeguards import Blocked

NAMESPACE: Final = "orderwarden"
KEY: Final = "keep_until"
FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Kept:
    """Orders that are kept, and until when."""

    until: Mapping[int, datetime] = field(default_factory=dict)

    def keeps(self, order_id: int, now: datetime) -> bool:
        """Return whether an order is kept now."""
        return self.until.get(order_id, now) > now


def keeps(facts: Facts) -> Blocked | Needs | None:
    """Return whether the merchant keeps an order from dangerous changes for now."""
    found = facts.fetched(Resource.METAFIELDS, Metafield)
    if isinstance(found, Resource):
        return Needs(found)
    metafields = () if isinstance(found, Unreadable) else found
    moments = [read_until(x.value, facts.calendar) for x in metafields if _is_ours(x)]
    return Blocked("keep_until") if any(at > facts.now for at in moments) else None


def kept_by(metafields: Iterable[Metafield], calendar: Calendar) -> Kept:
    """Return which orders these metafields keep; of several for one order the latest counts."""
    until: dict[int, datetime] = {}
    for each in metafields:
        if _is_ours(each) and each.order_id is not None:
            at = read_until(each.value, calendar)
            until[each.order_id] = max(at, until.get(each.order_id, at))
    return Kept(until)


def read_until(text: str, calendar: Calendar) -> datetime:
    """Return the moment that a text names, in the store's zone where it names none.

    A date alone keeps through that day. What cannot be read keeps for ever: somebody meant to.
    """
    try:
        if len(text.strip()) == len("2026-12-01"):
            day = date.fromisoformat(text.strip()) + timedelta(days=1)
            at = datetime.combine(day, time(0))
        else:
            at = datetime.fromisoformat(text.strip())
        return (at if at.tzinfo else at.replace(tzinfo=calendar.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return FOR_EVER


def _is_ours(metafield: Metafield) -> bool:
    return (metafield.namespace, metafield.key) == (NAMESPACE, KEY)
