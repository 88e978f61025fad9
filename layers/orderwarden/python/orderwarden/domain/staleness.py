"""Is a reading of an order older than what we know already?

Reads may come from a replica that lags; docs/bigcommerce.md, "Reading after an event".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from orderwarden.domain.instants import second_of
from orderwarden.domain.line import WRITTEN, Line
from orderwarden.domain.money import AUTHORIZED, WITHOUT_MONEY
from orderwarden.domain.order import Order, Transaction, date
from orderwarden.domain.payments import Payments
from orderwarden.domain.rules.operators import folded
from orderwarden.domain.seen import EVENT_MAY_LEAD, Seen
from orderwarden.domain.settlement import BEFORE
from orderwarden.domain.signal import Signal, Trigger

DATED_BY_THE_ORDER: Final = frozenset(
    {
        Trigger.ORDER_CREATED,
        Trigger.ORDER_UPDATED,
        Trigger.STATUS_UPDATED,
        Trigger.SHIPMENT_CREATED,
    }
)
"""Events that move the order's `date_modified`; whether others do is not documented."""

MONEY_IS_NEW: Final = timedelta(seconds=20)
"""A body that does not show money for longer than this is not late: the order is stuck."""

NO_REPLICA_LAGS: Final = timedelta(hours=1)
"""A body that is shown for so long is the order's: its date went back, as clocks do."""

LOOKS_AT: Final = (timedelta(seconds=2), timedelta(seconds=17))
"""When to look once more, counted from the first claim: after 2 s and 15 s later."""


class Staleness(StrEnum):
    """How a reading compares with what we know."""

    FRESH = "fresh"
    BEHIND_EVENT = "behind_event"
    BEHIND_SEEN = "behind_seen"
    BEHIND_OUR_CHANGE = "behind_our_change"


def staleness(
    order: Order, signal: Signal, seen: Seen | None, lines: Collection[Line]
) -> Staleness:
    """Return whether a reading is older than what was seen or written, or than the event."""
    if any(_is_before(order, line) for line in lines):
        return Staleness.BEHIND_OUR_CHANGE
    if seen is not None and order.date_modified < seen.seen_modified:
        return Staleness.BEHIND_SEEN
    if any(_may_be_before(order, line) for line in lines) or _is_behind(order, signal):
        return Staleness.BEHIND_EVENT
    return Staleness.FRESH


def _is_behind(order: Order, signal: Signal) -> bool:
    """Return whether a reading is older than the event."""
    if signal.trigger not in DATED_BY_THE_ORDER:
        return False
    if order.date_modified < signal.occurred_at - EVENT_MAY_LEAD:
        return True
    is_other = signal.new_status_id is not None and order.status_id != signal.new_status_id
    is_older = is_other and order.date_modified < signal.occurred_at
    return is_older or signal.may_be_news_to(order.status_id, order.date_modified)


def _is_before(order: Order, line: Line) -> bool:
    """Return whether the reading is from before a status change that we know was made.

    The very body that was decided on surely is, unless all happened within its second.
    """
    if not _is_change(line) or line.read_modified is None:
        return False
    if order.date_modified < max(line.read_modified, line.at - BEFORE):
        return True
    is_that_body = (order.date_modified, order.status_id) == (
        line.read_modified,
        line.from_status_id,
    )
    return is_that_body and order.date_modified < second_of(line.at)


def _may_be_before(order: Order, line: Line) -> bool:
    """Return whether the reading is from the second of our change, and shows nothing of it.

    Somebody changed the order between our look and our write, or put it back right after it:
    dates of whole seconds do not tell which.
    """
    if not _is_change(line) or line.settled_at is None or line.undone_by is not None:
        return False
    is_of_that_second = second_of(line.at) <= order.date_modified <= line.settled_at
    return order.status_id == line.from_status_id and is_of_that_second


def _is_change(line: Line) -> bool:
    return line.result in WRITTEN and line.to_status_id not in {None, line.from_status_id}


def money_unshown_since(order: Order, transactions: Iterable[Transaction]) -> datetime | None:
    """Return since when money is there that the order's body, not dated after it, does not show.

    Such a body may be from before the payment, and so may its status.
    """
    payments, status = Payments.of(transactions), folded(order.text("payment_status") or "")
    unshown = payments.moved if status in WITHOUT_MONEY | AUTHORIZED else ()
    if status in WITHOUT_MONEY:
        unshown += payments.held
    came_at = [at for each in unshown if (at := date(each.raw.get("date_created")))]
    return max((at for at in came_at if at >= order.date_modified), default=None)


def next_look_s(waited: timedelta) -> float | None:
    """Return how long to wait before the next look, None when enough looks were taken.

    Args:
        waited: Time since the signal was first claimed.
    """
    for look in LOOKS_AT:
        if waited < look:
            return (look - waited).total_seconds()
    return None


def next_look_for_missing_s(waited: timedelta) -> float | None:
    """Return how long to wait for an order that answers 404; None: it is gone.

    2, 5, 10 and 20 s, then every 30 s for ten minutes, then every minute, for an hour.
    """
    seconds = waited.total_seconds()
    for until, wait_s in ((2, 2.0), (7, 5.0), (17, 10.0), (37, 20.0), (637, 30.0)):
        if seconds < until:
            return wait_s
    return 60.0 if seconds < 3600 else None
