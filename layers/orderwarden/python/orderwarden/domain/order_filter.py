"""Which orders a list shall have; whatever is not given is not asked for.

Source: docs/bigcommerce.md, "Lists".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from orderwarden.domain.order import Json, Order

MOST: Final = 250
"""Orders in one page of the store's list."""

OrderSort = Literal[
    "id", "customer_id", "date_created", "date_modified", "status_id", "channel_id", "external_id"
]
OrderInclude = Literal["consignments", "consignments.line_items", "fees"]
"""What of an order's parts stands in its own raw JSON, for no call more."""


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What an order must be like to be listed; every end is meant as inclusive.

    The store's grain is one second, and whether its own ends are inclusive is not known: windows
    that follow each other should overlap.

    Attributes:
        created_from: Aware; as the other three, sent in whole seconds, rounded down.
        min_total: In the currency the shopper paid; as `max_total`.
        customer_id: 0 for guests.
        payment_method: The display name, e.g. `Manual`.
        limit: Orders of one page, 1 to 250.
        sort: Only by ascending id can a list be read page after page.
        include: Found in `Order.raw`.
    """

    status_id: int | None = None
    min_id: int | None = None
    max_id: int | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    modified_from: datetime | None = None
    modified_to: datetime | None = None
    min_total: Decimal | None = None
    max_total: Decimal | None = None
    customer_id: int | None = None
    channel_id: int | None = None
    payment_method: str | None = None
    cart_id: str | None = None
    external_order_id: str | None = None
    email: str | None = field(default=None, repr=False)
    limit: int = MOST
    sort: OrderSort = "id"
    is_descending: bool = False
    include: tuple[OrderInclude, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what the store would misread without a word.

        Raises:
            ValueError: A date without zone, an impossible limit, an empty text.
        """
        dates = (self.created_from, self.created_to, self.modified_from, self.modified_to)
        texts = (self.payment_method, self.cart_id, self.external_order_id, self.email)
        if any(at is not None and at.utcoffset() is None for at in dates):
            raise ValueError("a date without zone")
        if not 1 <= self.limit <= MOST:
            raise ValueError(f"limit must be 1 to {MOST}")
        if "" in texts:
            raise ValueError("an empty text would ask for every order")

    @property
    def is_by_id(self) -> bool:
        """Return whether it lists by ascending id."""
        return self.sort == "id" and not self.is_descending

    def admits(self, order: Order) -> bool:
        """Return whether an order is one that was asked for, as far as its body tells.

        Amounts and texts are left to the store: when they are equal is for it to say.
        """
        return (
            self.may_have_admitted(order)
            and _is(self.status_id, order.status_id)
            and _is(self.customer_id, order.count("customer_id"))
            and _is(self.channel_id, order.count("channel_id"))
            and (self.modified_to is None or order.date_modified <= self.modified_to)
        )

    def may_have_admitted(self, order: Order) -> bool:
        """Return whether it is one in what no change takes away: its id, its age."""
        return (
            (self.min_id or 0) <= order.id
            and (self.max_id is None or order.id <= self.max_id)
            and _is_from(self.created_from, order.date_created)
            and (self.created_to is None or order.date_created <= self.created_to)
            and _is_from(self.modified_from, order.date_modified)
        )


@dataclass(frozen=True, slots=True)
class OrderCount:
    """How many orders there are; by status id where the store tells, else empty."""

    total: int
    by_status_id: Mapping[int, int]
    raw: Json = field(default_factory=dict, repr=False)


def _is(wanted: int | None, found: int | None) -> bool:
    return wanted is None or found is None or wanted == found


def _is_from(begin: datetime | None, at: datetime) -> bool:
    return begin is None or begin.replace(microsecond=0) <= at
