"""An order to create. Source: docs/bigcommerce.md, "Writes"."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from orderwarden.domain.order_changes import Address, OrderChanges, TaxedAmount, check_billing


@dataclass(frozen=True, slots=True)
class CatalogLine:
    """A line of a new order that names a product of the catalog.

    Attributes:
        options: Product options: option id and value.
        price: Instead of the catalog's.
    """

    product_id: int
    quantity: int
    variant_id: int | None = None
    options: tuple[tuple[int, str], ...] = ()
    price: TaxedAmount | None = None


@dataclass(frozen=True, slots=True)
class CustomLine:
    """A line of a new order that is in no catalog."""

    name: str
    quantity: int
    price: TaxedAmount
    sku: str | None = None


@dataclass(frozen=True, slots=True)
class NewFee:
    """A fee of a new order.

    Attributes:
        name: As the shopper reads it.
        merchant_name: As the merchant reads it; the same where not given.
        source: Who asks for it, e.g. an app.
        tax_class_id: The store's tax class for fees where not given; the costs must fit it.
    """

    name: str
    cost: TaxedAmount
    merchant_name: str | None = None
    source: str | None = None
    tax_class_id: int | None = None


@dataclass(frozen=True, slots=True)
class PickupPlace:
    """Where an order is picked up.

    Attributes:
        country_alpha2: Two letters.
    """

    name: str | None = None
    code: str | None = None
    address_line_1: str | None = None
    address_line_2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country_alpha2: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Pickup:
    """How the lines of a new order are picked up, instead of being shipped."""

    method_id: int
    method_name: str | None = None
    instructions: str | None = None
    time_description: str | None = None
    place: PickupPlace | None = None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order to create; the store sends no confirmation for it.

    Attributes:
        lines: At least one.
        details: Everything else that can be changed later; without `status_id` the order
            becomes Pending.
        pickup: The shopper fetches it; then it has no shipping address.
        created_at: Aware, in whole seconds; for orders that come from elsewhere.
        currency_code: What the shopper pays in, where the store has several currencies.
        ip_address: The shopper's, of version 4 or 6.
    """

    billing_address: Address
    lines: tuple[CatalogLine | CustomLine, ...]
    details: OrderChanges = field(default_factory=OrderChanges)
    fees: tuple[NewFee, ...] = ()
    pickup: Pickup | None = None
    created_at: datetime | None = None
    currency_code: str | None = None
    ip_address: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse what the store would refuse, or misread.

        Raises:
            ValueError: No line, a billing address without its ZIP code, both ways of reaching the
                shopper, or a date without zone.
        """
        check_billing(self.billing_address)
        if not self.lines:
            raise ValueError("an order without lines")
        if self.pickup and self.details.shipping_addresses:
            raise ValueError("an order is picked up or shipped, not both")
        if self.created_at is not None and self.created_at.utcoffset() is None:
            raise ValueError("a date without zone")
