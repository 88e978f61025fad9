"""The closed table of what a rule may ask of an order.

A reader returns the value, None where the order does not say, or the resource to fetch first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from orderwarden.domain import money
from orderwarden.domain.calendar import WEEKDAYS
from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.order import Order
from orderwarden.domain.rules import buyers, clock, fulfilment, goods
from orderwarden.domain.rules.clock import Beginning, seconds_since
from orderwarden.domain.rules.field import Field, currency_of
from orderwarden.domain.rules.kinds import Kind
from orderwarden.domain.rules.metafields import is_metafield, metafield
from orderwarden.domain.rules.readings import Reader, Reading


def field_named(name: str) -> Field | None:
    """Return a field of the language, None where there is none of that name."""
    return FIELDS.get(name) or (metafield(name) if is_metafield(name) else None)


def _text(key: str) -> Reader:
    def read(facts: Facts) -> str | None:
        return (facts.order.text(key) or "").strip() or None

    return read


def _body(read: Callable[[Order, str], Reading], key: str) -> Reader:
    return lambda facts: read(facts.order, key)


def _digital(facts: Facts) -> bool | None:
    value = facts.order.raw.get("order_is_digital")
    return value if isinstance(value, bool) else None


def _staff_notes(facts: Facts) -> Reading:
    notes = facts.order.text("staff_notes")
    return None if notes is None else tuple(filter(None, [notes.strip()]))


def _duration(name: str, since: Beginning, meaning: str, unknown: str = "") -> Field:
    return Field(name, Kind.DURATION, seconds_since(since), meaning, unknown, since=since)


def _amount(name: str, read: Reader, meaning: str, unknown: str, *costs: Resource) -> Field:
    return Field(name, Kind.MONEY, read, meaning, unknown, costs)


def _flag(name: str, read: Reader, meaning: str, unknown: str, *costs: Resource) -> Field:
    return Field(name, Kind.FLAG, read, meaning, unknown, costs)


def _names(name: str, read: Reader, meaning: str, unknown: str, *costs: Resource) -> Field:
    return Field(name, Kind.TEXT, read, meaning, unknown, costs, is_several=True)


_UNSAID: Final = "the order does not say"
_NO_TRANSACTION: Final = (
    "the payment method leaves no transaction or is not a known one, money is on its way, or a "
    "transaction is odd, in another currency or without an amount"
)
_NOWHERE: Final = "the order has no shipping address"

_ALL: Final = (
    Field("status", Kind.STATUS, lambda facts: facts.order.status_id, "The order's status."),
    Field(
        "previous_status",
        Kind.STATUS,
        lambda facts: facts.previous_status_id,
        "The status before the event.",
        "no event says it, as in a sweep",
    ),
    _duration(
        "status_for",
        clock.status_given,
        "How long the order has had its status.",
        "nobody saw it change; then `at_least` is true once nothing changed for so long",
    ),
    _duration("age", clock.placed, "Time since the order was placed."),
    _duration("unchanged_for", clock.modified, "Time since anything in the order changed."),
    _amount(
        "total",
        _body(Order.money, "total_inc_tax"),
        "The total with tax, in the currency the shopper paid.",
        _UNSAID,
    ),
    _amount(
        "subtotal",
        _body(Order.money, "subtotal_inc_tax"),
        "The subtotal with tax, in the currency the shopper paid.",
        _UNSAID,
    ),
    Field("currency", Kind.TEXT, currency_of, "The currency the shopper paid in.", _UNSAID),
    Field(
        "payment_method",
        Kind.TEXT,
        _text("payment_method"),
        "The payment method's name.",
        _UNSAID,
    ),
    Field(
        "payment_status",
        Kind.TEXT,
        _body(Order.text, "payment_status"),
        'What the gateway last said; "" for manual and offline orders.',
        _UNSAID,
        choices=tuple(sorted(money.PAYMENT_STATUSES)),
    ),
    _flag(
        "paid",
        money.paid,
        "Whether the whole total has come in, less what was refunded.",
        f"{_NO_TRANSACTION}; or a part of the total came in",
        Resource.TRANSACTIONS,
    ),
    _flag(
        "authorized",
        money.authorized,
        "Whether money is held for the order and not taken yet.",
        "a transaction is odd",
        Resource.TRANSACTIONS,
    ),
    _amount(
        "amount_paid",
        money.amount_paid,
        "What has come in less what was refunded, store credit and gift certificates included.",
        _NO_TRANSACTION,
        Resource.TRANSACTIONS,
    ),
    _amount(
        "balance_due",
        money.balance_due,
        "What is still to come of the total.",
        _NO_TRANSACTION,
        Resource.TRANSACTIONS,
    ),
    _amount(
        "refunded",
        money.refunded,
        "What was given back by refunds that were not declined.",
        "a refund is without an amount",
        Resource.REFUNDS,
    ),
    _names(
        "customer_group",
        buyers.customer_group,
        "The customer's group, by name or id; guests have none.",
        "the customer was deleted",
        Resource.CUSTOMER,
    ),
    _flag("guest", buyers.guest, "Whether it was placed without an account.", _UNSAID),
    Field("channel", Kind.ID, _body(Order.count, "channel_id"), "The channel's id.", _UNSAID),
    Field("source", Kind.TEXT, _text("order_source"), "How it came in, such as www.", _UNSAID),
    _names(
        "billing_country",
        buyers.billing_country,
        "The country of the billing address, as a code such as US or by name.",
        _UNSAID,
    ),
    _names(
        "shipping_country",
        buyers.shipping_country,
        "The countries it is sent to, as codes such as US or by name.",
        _NOWHERE,
        Resource.SHIPPING_ADDRESSES,
    ),
    _names(
        "shipping_method",
        buyers.shipping_method,
        "The shipping methods' names.",
        _NOWHERE,
        Resource.SHIPPING_ADDRESSES,
    ),
    _flag("digital", _digital, "Whether everything ordered is digital.", _UNSAID),
    Field(
        "items", Kind.COUNT, _body(Order.count, "items_total"), "How many were ordered.", _UNSAID
    ),
    Field(
        "items_shipped",
        Kind.COUNT,
        _body(Order.count, "items_shipped"),
        "How many were sent.",
        _UNSAID,
    ),
    _flag(
        "fully_shipped",
        fulfilment.fully_shipped,
        "Whether everything to be sent was sent.",
        "there is nothing to send",
        Resource.PRODUCTS,
    ),
    Field(
        "shipped_by",
        Kind.WORD,
        fulfilment.shipped_by,
        "What says that it was sent: a shipment, or its status alone.",
        f"nothing says it, or {_NOWHERE}",
        (Resource.SHIPMENTS,),
        choices=fulfilment.SHIPPED_BY,
    ),
    _flag(
        "has_tracking",
        fulfilment.has_tracking,
        "Whether it was sent and every parcel has a tracking number or link.",
        _NOWHERE,
        Resource.SHIPMENTS,
    ),
    _names("skus", goods.skus, "The SKUs ordered.", "a line hides its SKU", Resource.PRODUCTS),
    _names(
        "products",
        goods.products,
        "The products ordered, by name or id.",
        "a line hides its name",
        Resource.PRODUCTS,
    ),
    _flag(
        "out_of_stock",
        goods.out_of_stock,
        "Whether of something still to be sent nothing is left at any location.",
        "the inventory does not know something that was ordered",
        Resource.PRODUCTS,
        Resource.INVENTORY,
    ),
    _flag(
        "backordered",
        goods.backordered,
        "Whether something was ordered on backorder.",
        "the lines do not say, as in stores without backorders",
        Resource.PRODUCTS,
    ),
    _names(
        "coupons",
        goods.coupons,
        "The codes of the coupons used.",
        "a coupon hides its code",
        Resource.COUPONS,
    ),
    Field(
        "staff_notes",
        Kind.TEXT,
        _staff_notes,
        "The staff notes.",
        _UNSAID,
        is_several=True,
        is_private=True,
    ),
    _flag(
        "test_order",
        money.is_test_order,
        "Whether it was placed to try the shop out.",
        "",
        Resource.TRANSACTIONS,
    ),
    Field("weekday", Kind.WORD, clock.weekday, "What day it is in the store.", choices=WEEKDAYS),
    Field("time_of_day", Kind.TIME_OF_DAY, clock.time_of_day, "What time it is in the store."),
)

FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _ALL}
