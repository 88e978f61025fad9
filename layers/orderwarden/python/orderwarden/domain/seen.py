"""What we know of an order from our own last reading of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.instants import second_of
from orderwarden.domain.signal import Signal

EVENT_MAY_LEAD: Final = timedelta(seconds=5)
"""By how much an event's time may be later than the change it tells of."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The last body of an order for which every rule was asked.

    Attributes:
        read_at: The `Date` of the answer that carried it (the store's clock).
        seen_modified: Its `date_modified`.
        status_id: Its status.
        status_since: Since when it has that status, where events or reads tell.
        revision: Grows with every write; a conditional write names the one it read.
    """

    store: str
    order_id: int
    read_at: datetime
    seen_modified: datetime
    status_id: int
    status_since: datetime | None = None
    revision: int = 1

    def is_up_to(self, event_at: datetime) -> bool:
        """Return whether the body surely shows what an event of this time (store's clock) tells.

        Its date must not lie before the event's second, or a reading that lagged would pass; and
        it must be read in a later second, or another change of that second could be missing.
        """
        event_second = second_of(event_at)
        return self.seen_modified >= event_second and second_of(self.read_at) > event_second

    def tells_of(self, event: Signal) -> bool:
        """Return whether the body surely shows what an event tells, its status included."""
        is_news = event.may_be_news_to(self.status_id, self.seen_modified)
        return self.is_up_to(event.occurred_at) and not is_news
