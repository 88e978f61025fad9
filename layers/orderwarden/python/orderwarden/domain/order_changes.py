"""What can be written to an order; a field that cannot be written has no name here.

None leaves a field alone. Source: docs/bigcommerce.md, "Writes".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address; its parts are personal, so it does not show itself.

    Attributes:
        zip: Required on billing addresses, changed ones too, where the store wants at least two
            characters.
        country_iso2: Two letters; either this or `country` on a new order.
    """

    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    company: str | None = field(default=None, repr=False)
    street_1: str | None = field(default=None, repr=False)
    street_2: str | None = field(default=None, repr=False)
    city: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)
    zip: str | None = field(default=None, repr=False)
    country: str | None = field(default=None, repr=False)
    country_iso2: str | None = None
    phone: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ShipTo:
    """A shipping address to write.

    Attributes:
        id: The order's address that it changes; None on a new order.
    """

    address: Address
    id: int | None = None
    shipping_method: str | None = None


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """An amount in both forms; the store takes one only with its twin."""

    ex_tax: Decimal
    inc_tax: Decimal


@dataclass(frozen=True, slots=True)
class OrderChanges:
    """The fields of one PUT; what is None stays as it is.

    Totals are recomputed by the store when costs, discount or addresses change.

    Attributes:
        status_id: None only on a store proved safe: a PUT without it may reset the status.
        staff_notes: The whole text, at most 65,535 characters.
        external_merchant_id: Can be written once in an order's life.
        payment_provider_id: The payment's id at its provider.
    """

    status_id: int | None = None
    staff_notes: str | None = None
    customer_message: str | None = None
    customer_id: int | None = None
    channel_id: int | None = None
    billing_address: Address | None = None
    shipping_addresses: tuple[ShipTo, ...] | None = None
    payment_method: str | None = None
    discount_amount: Decimal | None = None
    base_shipping_cost: Decimal | None = None
    base_handling_cost: Decimal | None = None
    base_wrapping_cost: Decimal | None = None
    shipping_cost: TaxedAmount | None = None
    handling_cost: TaxedAmount | None = None
    wrapping_cost: TaxedAmount | None = None
    subtotal: TaxedAmount | None = None
    total: TaxedAmount | None = None
    external_order_id: str | None = None
    external_merchant_id: str | None = None
    external_source: str | None = None
    customer_locale: str | None = None
    payment_provider_id: str | None = None
    order_is_digital: bool | None = None
    ebay_order_id: str | None = None

    def __post_init__(self) -> None:
        """Refuse what the store would refuse.

        Raises:
            ValueError: A billing address without its ZIP code.
        """
        if self.billing_address is not None:
            check_billing(self.billing_address)


def check_billing(address: Address) -> None:
    """Refuse a billing address that the store would not take.

    Raises:
        ValueError: It has no ZIP code.
    """
    if address.zip is None:
        raise ValueError("a billing address without zip")
