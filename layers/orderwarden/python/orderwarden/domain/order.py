"""An order and what belongs to it, as the store shows them; the raw JSON stays at hand.

Source: docs/bigcommerce.md, "Orders" and "Transactions".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from orderwarden.domain.statuses import NAMES
from orderwarden.errors import Rejected

Json = Mapping[str, object]

_MOST_DIGITS: Final = 20
"""Of an amount, before the point or in zeros behind it."""


@dataclass(frozen=True, slots=True)
class Order:
    """One order, v2.

    Attributes:
        date_created: Aware UTC, one-second grain.
        date_modified: Aware UTC, one-second grain; moves with every change of the order.
        is_archived: Archived ("deleted") orders stay readable.
        raw: The whole body.
    """

    id: int
    status_id: int
    date_created: datetime
    date_modified: datetime
    is_archived: bool
    staff_notes: str
    raw: Json

    @classmethod
    def from_json(cls, raw: object) -> Order:
        """Read an order body.

        Raises:
            Rejected: What no order can lack is missing or makes no sense.
        """
        if not isinstance(raw, Mapping):
            raise Rejected("order_not_an_object")
        order_id, status_id = whole(raw.get("id")), whole(raw.get("status_id"))
        if order_id is None or status_id is None or status_id not in NAMES:
            raise Rejected("order_without_id_or_status")
        created, modified = date(raw.get("date_created")), date(raw.get("date_modified"))
        if created is None or modified is None:
            raise Rejected("order_without_dates")
        notes = raw.get("staff_notes")
        return cls(
            id=order_id,
            status_id=status_id,
            date_created=created,
            date_modified=modified,
            is_archived=raw.get("is_deleted") is True,
            staff_notes=notes if isinstance(notes, str) else "",
            raw=raw,
        )

    def text(self, key: str) -> str | None:
        """Return a text of the body, or None where it is missing or no text."""
        value = self.raw.get(key)
        return value if isinstance(value, str) else None

    def money(self, key: str) -> Decimal | None:
        """Return an amount of the body, or None where it is missing or no amount."""
        return amount(self.raw.get(key))

    def count(self, key: str) -> int | None:
        """Return a whole number of the body, or None where it is missing or none."""
        value = self.raw.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of an order: what was bought, and how much of it went out or came back."""

    id: int
    type: str
    quantity: int
    quantity_shipped: int
    quantity_refunded: int
    raw: Json


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel of an order; quantities by order line id."""

    id: int
    tracking_number: str
    quantities: Mapping[int, int]
    raw: Json


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement at the payment gateway.

    Attributes:
        event: purchase, authorization, capture, refund, void, pending or settled.
        status: ok or error.
        amount: In `currency`, what the shopper paid with.
        is_test: Made with a test gateway; no money.
        reference_id: The transaction it follows, e.g. the authorisation that was captured.
    """

    id: str
    event: str
    status: str
    amount: Decimal | None
    currency: str
    is_test: bool
    reference_id: str | None
    raw: Json


def date(value: object) -> datetime | None:
    """Return an RFC 2822 or ISO 8601 date as aware UTC; None for `""`, null or nonsense."""
    if not isinstance(value, str) or not value:
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  # a third of our import time

    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        try:
            at = datetime.fromisoformat(value)
        except ValueError:
            return None
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError:  # in the first or last hours of the calendar
        return None


def amount(value: object) -> Decimal | None:
    """Return an amount of money, given as text or number; None for anything else.

    What no money ever comes to, such as 1E+999999, is none: adding it up or writing it out
    would overflow.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    is_sane = number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS
    return number if is_sane else None


def whole(value: object) -> int | None:
    """Return a whole number from 0 up, given as number or digits; None for anything else."""
    if isinstance(value, str) and 0 < len(value) <= 18 and value.isascii() and value.isdigit():
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return None
    return value
