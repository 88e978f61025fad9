"""Giving money back: what is asked for, and what the store offers.

Source: docs/bigcommerce.md, "Refunds".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from orderwarden.domain.order import Json


@dataclass(frozen=True, slots=True)
class RefundUnits:
    """So many of an order line.

    Attributes:
        item_id: The order line's id.
        reason: At most 1,000 characters.
    """

    item_id: int
    quantity: int
    item_type: Literal["PRODUCT", "GIFT_WRAPPING"] = "PRODUCT"
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RefundAmount:
    """So much of something.

    Attributes:
        item_id: Of the order's address (SHIPPING, HANDLING), the order (ORDER, TAX) or the fee.
    """

    item_id: int
    amount: Decimal
    item_type: Literal["SHIPPING", "HANDLING", "ORDER", "TAX", "FEE"]
    reason: str | None = None


RefundItem = RefundUnits | RefundAmount


@dataclass(frozen=True, slots=True)
class TaxAdjustment:
    """Tax that was charged too much, by the store's own reckoning; not for any item."""

    amount: Decimal


RefundCause = Sequence[RefundItem] | TaxAdjustment
"""What money is given back for."""


@dataclass(frozen=True, slots=True)
class RefundOverride:
    """The merchant's own sums, instead of the store's; its taxes then stay as they are.

    The payments must come to this total.
    """

    total: Decimal
    tax: Decimal


@dataclass(frozen=True, slots=True)
class RefundPayment:
    """One way that the money goes back.

    Attributes:
        is_offline: The store only notes it; a person gives the money back.
    """

    provider_id: str
    amount: Decimal
    is_offline: bool


@dataclass(frozen=True, slots=True)
class RefundQuote:
    """What a refund would come to.

    Attributes:
        methods: Alternatives; the payments of one are used together, with just these amounts.
    """

    order_id: int
    total: Decimal
    tax: Decimal
    methods: tuple[tuple[RefundPayment, ...], ...]
    raw: Json


@dataclass(frozen=True, slots=True)
class RefundFilter:
    """Which refunds of all orders are asked for; of every order if none is named.

    Attributes:
        created_from: Aware; as `created_to` sent in whole seconds, rounded down, and inclusive.
        transaction_id: Of the payment that gave the money back.
    """

    order_ids: tuple[int, ...] = ()
    created_from: datetime | None = None
    created_to: datetime | None = None
    transaction_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse what the store would misread without a word.

        Raises:
            ValueError: A date without zone, an empty text.
        """
        dates = (self.created_from, self.created_to)
        if any(at is not None and at.utcoffset() is None for at in dates):
            raise ValueError("a date without zone")
        if self.transaction_id == "":
            raise ValueError("an empty text would ask for every refund")

    def admits(self, order_id: int | None, created_at: datetime | None) -> bool:
        """Return whether a refund is one that was asked for, as far as it tells."""
        begin, end = self.created_from, self.created_to
        is_of_order = not self.order_ids or order_id is None or order_id in self.order_ids
        if created_at is None:
            return is_of_order
        is_late_enough = begin is None or begin.replace(microsecond=0) <= created_at
        return is_of_order and is_late_enough and (end is None or created_at <= end)
