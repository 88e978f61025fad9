"""Giving money back: what is asked for, and what the store offers.

Source: docs/bigcommerce.md, "Refunds".
"""

from __future__ import annotations

from dataclasses import dataclass
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
