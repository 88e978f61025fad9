"""What belongs to an order and costs a call of its own; the raw JSON stays at hand.

Each part reads what the API shows and keeps a hole a hole: what is missing or makes no sense is
None, never zero and never an empty text. Source: docs/bigcommerce.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderwarden.domain.order import Json, amount, date, whole
from orderwarden.errors import Rejected


def text(raw: Json, key: str) -> str | None:
    """Return a text of a body without outer spaces; None where it is missing, empty or none."""
    value = raw.get(key)
    return (value.strip() or None) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class ShippingAddress:
    """Where a part of an order goes, v2.

    Attributes:
        method: The shipping method's name, such as `Flat Rate`.
    """

    id: int
    country: str | None
    country_iso2: str | None
    method: str | None
    raw: Json

    @classmethod
    def from_json(cls, raw: Json) -> ShippingAddress:
        """Read one row of `GET /v2/orders/{id}/shipping_addresses`."""
        return cls(
            id=_id(raw),
            country=text(raw, "country"),
            country_iso2=text(raw, "country_iso2"),
            method=text(raw, "shipping_method"),
            raw=raw,
        )


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon that an order was placed with, v2."""

    id: int
    code: str | None
    raw: Json

    @classmethod
    def from_json(cls, raw: Json) -> Coupon:
        """Read one row of `GET /v2/orders/{id}/coupons`."""
        return cls(id=_id(raw), code=text(raw, "code"), raw=raw)


@dataclass(frozen=True, slots=True)
class Customer:
    """Who placed an order, v3.

    Attributes:
        group_id: 0 for a customer in no group.
        group_name: None where the store does not tell it; it is no part of the body.
    """

    id: int
    group_id: int | None
    group_name: str | None
    raw: Json

    @classmethod
    def from_json(cls, raw: Json, group_names: Mapping[int, str]) -> Customer:
        """Read one row of `GET /v3/customers?id:in={customer_id}`.

        Args:
            raw: The row.
            group_names: The store's customer groups: id to name; empty where unreadable.
        """
        group_id = whole(raw.get("customer_group_id"))
        name = group_names.get(group_id) if group_id is not None else None
        return cls(id=_id(raw), group_id=group_id, group_name=name, raw=raw)


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back, v3.

    Attributes:
        amount: What was paid back and not declined, in the order's currency.
    """

    id: int
    amount: Decimal | None
    raw: Json

    @classmethod
    def from_json(cls, raw: Json) -> Refund:
        """Read one row of `GET /v3/orders/{id}/payment_actions/refunds`."""
        return cls(id=_id(raw), amount=_paid_back(raw), raw=raw)

    @property
    def created_at(self) -> datetime | None:
        """Return when it was taken on, aware UTC."""
        return date(self.raw.get("created"))

    @property
    def order_id(self) -> int | None:
        """Return the order it is of."""
        return whole(self.raw.get("order_id"))


@dataclass(frozen=True, slots=True)
class Metafield:
    """A text that an app keeps with an order, v3."""

    id: int
    namespace: str
    key: str
    value: str
    raw: Json

    @classmethod
    def from_json(cls, raw: Json) -> Metafield:
        """Read one row of `GET /v3/orders/{id}/metafields`.

        Raises:
            Rejected: It lacks what no metafield can lack.
        """
        found = [raw.get(name) for name in ("namespace", "key", "value")]
        namespace, key, value = (each if isinstance(each, str) else None for each in found)
        if namespace is None or key is None or value is None:
            raise Rejected("metafield_without_name_or_value")
        return cls(_id(raw), namespace, key, value, raw)

    @property
    def order_id(self) -> int | None:
        """Return the order it is kept with."""
        return whole(self.raw.get("resource_id"))


@dataclass(frozen=True, slots=True)
class StockLevel:
    """How many of one variant can be sold, v3.

    Attributes:
        available: At all enabled locations together; None where one of them does not tell.
    """

    variant_id: int | None
    product_id: int | None
    available: int | None
    raw: Json

    @classmethod
    def from_json(cls, raw: Json) -> StockLevel:
        """Read one row of `GET /v3/inventory/items`."""
        identity = raw.get("identity")
        of = identity if isinstance(identity, Mapping) else {}
        return cls(
            variant_id=whole(of.get("variant_id")),
            product_id=whole(of.get("product_id")),
            available=_available(raw),
            raw=raw,
        )


def _id(raw: Json) -> int:
    number = whole(raw.get("id"))
    if number is None:
        raise Rejected("no_id")
    return number


def _paid_back(raw: Json) -> Decimal | None:
    """Return the payments that were not declined; the whole amount where none is listed."""
    payments = list(_rows(raw.get("payments")))
    if not payments:
        return amount(raw.get("total_amount"))
    amounts = [amount(each.get("amount")) for each in payments if not each.get("is_declined")]
    known = [each for each in amounts if each is not None]
    return sum(known, Decimal(0)) if len(known) == len(amounts) else None


def _available(raw: Json) -> int | None:
    locations = [x for x in _rows(raw.get("locations")) if x.get("location_enabled") is not False]
    counts = [_signed(location.get("available_to_sell")) for location in locations]
    known = [count for count in counts if count is not None]
    return sum(known) if known and len(known) == len(counts) else None


def _signed(value: object) -> int | None:
    """Return a whole number that may be negative: oversold stock is."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _rows(value: object) -> Iterator[Json]:
    rows = value if isinstance(value, list) else []
    return (row for row in rows if isinstance(row, Mapping))
