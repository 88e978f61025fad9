"""The closed table of what a rule may ask of an order: name, type, operators, cost, reader.

A reader returns the value, None where it is unknown, or the resource to fetch first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from orderwarden.domain import money
from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.order import Order
from orderwarden.domain.rules.fulfilment import fully_shipped
from orderwarden.domain.rules.operators import EXISTS, Scalar

Reading = Scalar | Resource | None
Reader = Callable[[Facts], Reading]


class Kind(StrEnum):
    """What a value is, and so how it is written and compared."""

    STATUS = "status"
    MONEY = "money"
    COUNT = "count"
    DURATION = "duration"
    TEXT = "text"
    FLAG = "flag"


_EQUALS: Final = ("is", "is_not")
_ONE_OF: Final = ("in", "not_in")
_ORDER: Final = ("over", "under", "at_least", "at_most", "between")

OPERATORS_OF: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.STATUS: _EQUALS + _ONE_OF,
    Kind.MONEY: _EQUALS + _ONE_OF + _ORDER,
    Kind.COUNT: _EQUALS + _ONE_OF + _ORDER,
    Kind.DURATION: _ORDER,  # to the very second, nothing is ever equal
    Kind.TEXT: (*_EQUALS, *_ONE_OF, "contains", "starts_with", EXISTS),
    Kind.FLAG: _EQUALS,
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the rule language.

    Attributes:
        meaning: For the merchant, one sentence.
        costs: What may have to be fetched for it, an API call each.
        choices: The only values a text can have; empty for any.
    """

    name: str
    kind: Kind
    read: Reader
    meaning: str
    costs: frozenset[Resource] = frozenset()
    choices: tuple[str, ...] = ()

    @property
    def operators(self) -> tuple[str, ...]:
        """Return the operators that make sense for it."""
        return OPERATORS_OF[self.kind]


_SECOND: Final = timedelta(seconds=1)


def _age(facts: Facts) -> int:
    return (facts.now - facts.order.date_created) // _SECOND


def _text(key: str) -> Reader:
    def read(facts: Facts) -> str | None:
        return (facts.order.text(key) or "").strip() or None

    return read


def _body(read: Callable[[Order, str], Reading], key: str) -> Reader:
    return lambda facts: read(facts.order, key)


def _digital(facts: Facts) -> bool | None:
    value = facts.order.raw.get("order_is_digital")
    return value if isinstance(value, bool) else None


_TRANSACTIONS: Final = frozenset({Resource.TRANSACTIONS})
_PRODUCTS: Final = frozenset({Resource.PRODUCTS})

_ALL: Final = (
    Field("status", Kind.STATUS, lambda facts: facts.order.status_id, "The order's status."),
    Field(
        "previous_status",
        Kind.STATUS,
        lambda facts: facts.previous_status_id,
        "The status before the event; unknown where no event says.",
    ),
    Field("age", Kind.DURATION, _age, "Time since the order was placed."),
    Field(
        "total",
        Kind.MONEY,
        _body(Order.money, "total_inc_tax"),
        "The total with tax, in the currency the shopper paid.",
    ),
    Field(
        "subtotal",
        Kind.MONEY,
        _body(Order.money, "subtotal_inc_tax"),
        "The subtotal with tax, in the currency the shopper paid.",
    ),
    Field(
        "currency",
        Kind.TEXT,
        _text("default_currency_code"),
        "The currency the shopper paid in, such as USD.",
    ),
    Field("payment_method", Kind.TEXT, _text("payment_method"), "The payment method's name."),
    Field(
        "payment_status",
        Kind.TEXT,
        _body(Order.text, "payment_status"),
        'What the gateway last said; "" for manual and offline orders.',
        choices=tuple(sorted(money.PAYMENT_STATUSES)),
    ),
    Field(
        "paid",
        Kind.FLAG,
        money.paid,
        "Whether the whole total has come in; unknown for offline methods.",
        _TRANSACTIONS,
    ),
    Field(
        "authorized",
        Kind.FLAG,
        money.authorized,
        "Whether money is held for the order and not taken yet.",
        _TRANSACTIONS,
    ),
    Field("items", Kind.COUNT, _body(Order.count, "items_total"), "How many items were ordered."),
    Field(
        "items_shipped",
        Kind.COUNT,
        _body(Order.count, "items_shipped"),
        "How many items were sent.",
    ),
    Field(
        "fully_shipped",
        Kind.FLAG,
        fully_shipped,
        "Whether everything to be sent was sent; unknown where there is nothing to send.",
        _PRODUCTS,
    ),
    Field("digital", Kind.FLAG, _digital, "Whether everything ordered is digital."),
    Field(
        "test_order",
        Kind.FLAG,
        money.is_test_order,
        "Whether it was placed to try the shop out.",
        _TRANSACTIONS,
    ),
)

FIELDS: Final[Mapping[str, Field]] = {field.name: field for field in _ALL}

PLANNED: Final = frozenset(
    {
        "status_for", "unchanged_for", "amount_paid", "balance_due", "refunded",
        "customer_group", "guest", "channel", "source", "billing_country", "shipping_country",
        "shipping_method", "shipped_by", "has_tracking", "skus", "products", "out_of_stock",
        "backordered", "coupons", "staff_notes", "weekday", "time_of_day",
    }
)  # fmt: skip
"""Fields of the language that this version does not know yet."""


def is_planned(name: str) -> bool:
    """Return whether it is a field of the language that this version does not know yet."""
    return name in PLANNED or name.startswith("meta.")
