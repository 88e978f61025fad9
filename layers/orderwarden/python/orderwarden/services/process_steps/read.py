"""Step 5: read the order once, as late as possible, and mistrust a reading that lags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from orderwarden.domain.facts import Fetched
from orderwarden.domain.line import WRITTEN, Line
from orderwarden.domain.order import Order
from orderwarden.domain.rules.effects import CREATE_SHIPMENT
from orderwarden.domain.rules.inspect import is_dangerous
from orderwarden.domain.signal import Trigger
from orderwarden.domain.staleness import (
    NO_REPLICA_LAGS,
    Staleness,
    next_look_for_missing_s,
    next_look_s,
    staleness,
)
from orderwarden.errors import NotFound, Refused, TryAgain
from orderwarden.services.process_steps.case import Case

BEHIND_SEEN_WAIT_S: Final = 60.0
LOOK_AGAIN_AFTER_S: Final = 2.0

MOVES_WITHIN: Final = timedelta(seconds=15)
"""Until then a body that shows nothing of our parcel or payment may be a lagging one."""


class Unread(StrEnum):
    """Why there is nothing to decide on, for good; also how the signal ends."""

    GONE = "gone"
    BEHIND_OUR_CHANGE = "behind_our_change"


@dataclass(frozen=True, slots=True)
class Money:
    """The transactions of an order, read just before its body.

    Attributes:
        asked_at: When they were asked for, by our clock.
        calls: The signal's requests to the store up to the one for the body.
    """

    transactions: Fetched
    asked_at: datetime
    calls: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One body of the order.

    Attributes:
        at: The `Date` of the answer: the store's clock.
        received_at: When it came, by our clock.
        asked_at: When it was asked for, where that is known: what a slow answer shows is as
            old as that.
        money: Its transactions, where they were read with it.
    """

    order: Order
    at: datetime
    received_at: datetime
    asked_at: datetime | None = None
    money: Money | None = None

    def store_time(self, now: datetime) -> datetime:
        """Return what the store's clock says at a moment of ours."""
        return self.at + (now - self.received_at)

    def age_s(self, now: datetime) -> float:
        """Return how many seconds old it may be."""
        return (now - (self.asked_at or self.received_at)).total_seconds()


def take(case: Case) -> Reading:
    """Read the order, whatever it shows.

    Raises:
        NotFound: The store does not have it, or not yet.
        TryAgain: Also where the store refuses to let it be read: that says nothing of the order.
    """
    asked_at = case.ports.clock.now()
    try:
        answer = case.store.order(case.order_id)
    except NotFound:
        raise
    except Refused as refused:
        status, words = refused.http_status, refused.message
        raise TryAgain("read_refused", http_status=status, detail=words) from refused
    return Reading(answer.value, answer.at, case.ports.clock.now(), asked_at)


def take_or_wait(case: Case) -> Reading:
    """Read an order that was there a moment ago.

    Raises:
        TryAgain: It is not there: a replica lags.
    """
    try:
        return take(case)
    except NotFound:
        raise TryAgain("order_not_there", LOOK_AGAIN_AFTER_S, backs_off=False) from None


def is_from_before(line: Line, reading: Reading) -> bool:
    """Return whether a body may be from before our parcel or payment: nothing has moved yet."""
    order, before = reading.order, line.read_modified
    if before is None or order.date_modified > before or reading.at - line.at >= MOVES_WITHIN:
        return False
    return order.date_modified < before or order.status_id == line.from_status_id


def await_parcels(case: Case, reading: Reading) -> None:
    """Raise `TryAgain` while a body may be from before a parcel of ours."""
    parcels = (x for x in case.lines if x.action == CREATE_SHIPMENT and x.result in WRITTEN)
    if any(is_from_before(line, reading) for line in parcels):
        raise TryAgain("reading_lags", LOOK_AGAIN_AFTER_S, backs_off=False)


def read(case: Case) -> Reading | Unread:
    """Read the order; what is older than what was seen is believed after an hour.

    Not so what is older than a change of ours: it would be made once more.

    Raises:
        TryAgain: It is not there yet, or the reading lags behind what we know.
    """
    try:
        reading = _take_with_money(case) if _may_turn_dangerous(case) else take(case)
    except NotFound:
        wait_s = next_look_for_missing_s(case.waited)
        if wait_s is None:
            return Unread.GONE
        raise TryAgain("order_not_there_yet", wait_s, backs_off=False) from None
    await_parcels(case, reading)
    state = staleness(reading.order, case.signal, case.seen, case.lines)
    if state is Staleness.FRESH:
        return reading
    wait_s = next_look_s(case.waited)
    if wait_s is not None:
        raise TryAgain("reading_lags", wait_s, backs_off=False)
    if state is Staleness.BEHIND_EVENT:
        return reading
    if case.waited < NO_REPLICA_LAGS:
        raise TryAgain("reading_behind_seen", BEHIND_SEEN_WAIT_S, backs_off=False)
    if state is Staleness.BEHIND_OUR_CHANGE:
        return Unread.BEHIND_OUR_CHANGE
    case.overruled = case.seen
    return reading


def _may_turn_dangerous(case: Case) -> bool:
    """Return whether the signal is one that mostly ends in a dangerous change."""
    is_swept = case.signal.trigger is Trigger.SWEEP
    return is_swept and any(Trigger.SWEEP in x.on and is_dangerous(x) for x in case.rules.rules)


def _take_with_money(case: Case) -> Reading:
    """Read the transactions and then the order: both looks that a dangerous change needs at once.

    Where they cannot be read, whoever needs them asks again, and learns why.
    """
    asked_at = case.ports.clock.now()
    try:
        transactions = case.store.transactions(case.order_id).value
    except (Refused, TryAgain):
        return take(case)
    reading = take(case)
    return replace(reading, money=Money(transactions, asked_at, case.calls.made))
