"""Read which orders the merchant keeps: one list a run, however many orders are due."""

from __future__ import annotations

from orderwarden.domain.calendar import Calendar
from orderwarden.domain.keep_until import KEY, NAMESPACE, Kept, kept_by
from orderwarden.errors import Refused, StoreUnauthorised
from orderwarden.ports import StoreReader


def read_kept(reader: StoreReader, calendar: Calendar) -> Kept:
    """Return the orders that are kept; none where the store has no such list, or not for us.

    Raises:
        TryAgain: The store does not answer now.
    """
    try:
        return kept_by(reader.order_metafields(NAMESPACE, KEY).value, calendar)
    except StoreUnauthorised:
        raise
    except Refused:
        return Kept()
