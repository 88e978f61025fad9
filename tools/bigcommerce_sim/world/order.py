"""An order as the store keeps it: immutable, so that old versions can be shown."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Literal

from bigcommerce_sim.world.amounts import ZERO

LineType = Literal["physical", "digital", "giftcertificate"]


@dataclass(frozen=True, slots=True)
class Address:
    """Hold a person's address; every value is invented."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street_1: str = ""
    street_2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    country_iso2: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class ShippingAddress:
    """Hold where a part of the order goes; `id` is the lines' `order_address_id`."""

    id: int
    address: Address
    shipping_method: str = "Flat Rate"


@dataclass(frozen=True, slots=True)
class LineOption:
    """Hold one chosen option of a line."""

    id: int
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Line:
    """Hold one order line; prices are for one piece."""

    id: int
    name: str
    quantity: int
    price_ex_tax: Decimal
    price_inc_tax: Decimal
    product_id: int = 0
    variant_id: int = 0
    sku: str = ""
    type: LineType = "physical"
    order_address_id: int = 0
    order_pickup_method_id: int = 0
    quantity_shipped: int = 0
    quantity_refunded: int = 0
    quantity_backordered: int = 0
    options: tuple[LineOption, ...] = ()
    discount: Decimal = ZERO

    @property
    def to_ship(self) -> int:
        """Return how many pieces still need a shipment."""
        if self.type != "physical" or self.order_pickup_method_id:
            return 0
        return max(self.quantity - self.quantity_refunded - self.quantity_shipped, 0)


@dataclass(frozen=True, slots=True)
class Fee:
    """Hold an order-level fee; `merchant_name` is what the panel calls it."""

    id: int
    name: str
    cost_ex_tax: Decimal
    cost_inc_tax: Decimal
    source: str = ""
    tax_class_id: int | None = None
    merchant_name: str = ""


@dataclass(frozen=True, slots=True)
class Coupon:
    """Hold a coupon that was used; `type` is 0 per item, 1 percent, 2 per total, ..."""

    id: int
    code: str
    amount: Decimal
    type: int
    discount: Decimal


@dataclass(frozen=True, slots=True)
class Pickup:
    """Hold a pickup consignment: the customer fetches these lines."""

    id: int
    pickup_method_id: int
    display_name: str = "Pickup in store"
    location_id: int = 1


@dataclass(frozen=True, slots=True)
class Order:
    """Hold an order; plain fields carry the API's names, dates are cut to the second."""

    id: int
    status_id: int
    date_created: datetime
    date_modified: datetime
    billing_address: Address
    lines: tuple[Line, ...]
    date_shipped: datetime | None = None
    customer_id: int = 0
    channel_id: int = 1
    addresses: tuple[ShippingAddress, ...] = ()
    pickups: tuple[Pickup, ...] = ()
    fees: tuple[Fee, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    base_shipping_cost: Decimal = ZERO
    shipping_cost_ex_tax: Decimal = ZERO
    shipping_cost_inc_tax: Decimal = ZERO
    base_handling_cost: Decimal = ZERO
    handling_cost_ex_tax: Decimal = ZERO
    handling_cost_inc_tax: Decimal = ZERO
    base_wrapping_cost: Decimal = ZERO
    wrapping_cost_ex_tax: Decimal = ZERO
    wrapping_cost_inc_tax: Decimal = ZERO
    discount_amount: Decimal = ZERO
    store_credit_amount: Decimal = ZERO
    gift_certificate_amount: Decimal = ZERO
    subtotal_ex_tax: Decimal = ZERO
    subtotal_inc_tax: Decimal = ZERO
    total_ex_tax: Decimal = ZERO
    total_inc_tax: Decimal = ZERO
    payment_method: str = ""
    payment_provider_id: str | int = ""
    payment_status: str = ""
    currency_code: str = "USD"
    default_currency_code: str = "USD"
    staff_notes: str = ""
    customer_message: str = ""
    order_is_digital: bool = False
    is_deleted: bool = False
    ip_address: str = ""
    ip_address_v6: str = ""
    geoip_country: str = ""
    geoip_country_iso2: str = ""
    ebay_order_id: str = "0"
    cart_id: str = ""
    order_source: str = "www"
    external_source: str | None = None
    external_merchant_id: str | None = None
    external_order_id: str = ""
    customer_locale: str = "en"

    @property
    def items_total(self) -> int:
        """Return the number of pieces ordered."""
        return sum(line.quantity for line in self.lines)

    @property
    def items_shipped(self) -> int:
        """Return the number of pieces shipped."""
        return sum(line.quantity_shipped for line in self.lines)

    @property
    def coupon_discount(self) -> Decimal:
        """Return what the coupons took off."""
        return sum((coupon.discount for coupon in self.coupons), ZERO)

    def line(self, line_id: int) -> Line | None:
        """Return the line with this id."""
        return next((line for line in self.lines if line.id == line_id), None)


def ways_to_pay(order: Order) -> list[tuple[str, Decimal]]:
    """Return how the whole order is paid, as transaction methods with their amounts.

    What store credit and gift certificates do not cover is on the card, which comes first.
    """
    credit = min(order.store_credit_amount, order.total_inc_tax)
    certificate = min(order.gift_certificate_amount, order.total_inc_tax - credit)
    ways = [
        ("credit_card", order.total_inc_tax - credit - certificate),
        ("store_credit", credit),
        ("gift_certificate", certificate),
    ]
    return [(method, amount) for method, amount in ways if amount > 0]


def with_changes(order: Order, changes: Mapping[str, object]) -> Order:
    """Return the order with other values; whoever read them has checked their types."""
    return replace(order, **changes)  # type: ignore[arg-type]


def with_totals(order: Order) -> Order:
    """Return the order with subtotal and total worked out from its parts."""
    subtotal_ex = sum((line.price_ex_tax * line.quantity for line in order.lines), ZERO)
    subtotal_inc = sum((line.price_inc_tax * line.quantity for line in order.lines), ZERO)
    off = order.discount_amount + order.coupon_discount
    extra_ex = order.shipping_cost_ex_tax + order.handling_cost_ex_tax + order.wrapping_cost_ex_tax
    extra_inc = (
        order.shipping_cost_inc_tax + order.handling_cost_inc_tax + order.wrapping_cost_inc_tax
    )
    fees_ex = sum((fee.cost_ex_tax for fee in order.fees), ZERO)
    fees_inc = sum((fee.cost_inc_tax for fee in order.fees), ZERO)
    return replace(
        order,
        subtotal_ex_tax=subtotal_ex,
        subtotal_inc_tax=subtotal_inc,
        total_ex_tax=max(subtotal_ex + extra_ex + fees_ex - off, ZERO),
        total_inc_tax=max(subtotal_inc + extra_inc + fees_inc - off, ZERO),
    )
