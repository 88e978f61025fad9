"""Orders, lines, transactions and rules for tests of the rule language."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

from orderwarden.domain.calendar import UTC_WITHOUT_HOLIDAYS, Calendar
from orderwarden.domain.facts import Facts, Fetched, Resource
from orderwarden.domain.order import Order, OrderLine, Shipment, Transaction
from orderwarden.domain.rules.model import Action, Condition, Limits, Rule
from orderwarden.domain.signal import Trigger

# An order of the official documents, as the API shows it (docs/bigcommerce.md, "Orders").
ORDER_JSON = """{
 "id":218,"customer_id":11,"date_created":"Tue, 05 Mar 2019 21:40:11 +0000",
 "date_modified":"Mon, 11 Mar 2019 15:17:25 +0000","date_shipped":"",
 "status_id":7,"status":"Awaiting Payment","custom_status":"Awaiting Payment",
 "subtotal_ex_tax":"62.6793","subtotal_inc_tax":"67.8400","subtotal_tax":"4.4000",
 "shipping_cost_inc_tax":"12.0000","total_ex_tax":"64.5300","total_inc_tax":"69.8400",
 "total_tax":"5.3100","is_tax_inclusive_pricing":false,"items_total":4,"items_shipped":0,
 "payment_method":"Credit Card","payment_provider_id":"","payment_status":"",
 "refunded_amount":"0.0000","order_is_digital":false,"store_credit_amount":"0.0000",
 "gift_certificate_amount":"0.0000","ip_address":"","currency_id":1,"currency_code":"USD",
 "currency_exchange_rate":"1.0000000000","default_currency_id":1,"default_currency_code":"USD",
 "store_default_currency_code":"","staff_notes":"","discount_amount":"5.0000",
 "coupon_discount":"5.0000","shipping_address_count":1,"is_deleted":false,"cart_id":"",
 "billing_address":{"country":"United States","country_iso2":"US","form_fields":[]},
 "credit_card_type":null,"order_source":"external","channel_id":1,"external_source":null,
 "coupons":{"url":"","resource":"/orders/218/coupons"},"external_id":null
}"""

MISSING = object()
ODD_VALUES: tuple[object, ...] = (MISSING, None, {}, [])
"""What the API shows where it has nothing to show; "" is another such value for some fields."""

_ids = count(1)


def an_order(**changes: object) -> Order:
    raw = {**json.loads(ORDER_JSON), **changes}
    return Order.from_json({key: value for key, value in raw.items() if value is not MISSING})


def some_facts(
    order: Order | None = None,
    *,
    age: timedelta = timedelta(hours=1),
    previous_status_id: int | None = None,
    transactions: Fetched | None = None,
    products: Fetched | None = None,
    offline_methods: frozenset[str] = frozenset(),
    status_since: datetime | None = None,
    calendar: Calendar = UTC_WITHOUT_HOLIDAYS,
    **more: Fetched,
) -> Facts:
    """Return facts; further resources by name, such as `coupons=()`."""
    order = order or an_order()
    fetched = {Resource.TRANSACTIONS: transactions, Resource.PRODUCTS: products}
    known = {name: value for name, value in fetched.items() if value is not None}
    return Facts(
        order=order,
        now=order.date_created + age,
        previous_status_id=previous_status_id,
        resources=known | {Resource(name): value for name, value in more.items()},
        offline_methods=offline_methods,
        status_since=status_since,
        calendar=calendar,
    )


def a_transaction(
    event: str = "purchase",
    amount: str | None = "69.84",
    *,
    key: str | None = None,
    status: str = "ok",
    currency: str = "USD",
    test: bool = False,
    of: str | None = None,
    method: str = "credit_card",
    gateway: str = "stripe",
) -> Transaction:
    return Transaction(
        id=key or str(next(_ids)),
        event=event,
        status=status,
        amount=None if amount is None else Decimal(amount),
        currency=currency,
        is_test=test,
        reference_id=of,
        raw={"method": method, "gateway": gateway},
    )


def a_line(
    quantity: int,
    shipped: int = 0,
    refunded: int = 0,
    *,
    line_type: str = "physical",
    **raw: object,
) -> OrderLine:
    return OrderLine(next(_ids), line_type, quantity, shipped, refunded, raw=raw)


def a_shipment(tracking_number: str = "EJ958083578US", **raw: object) -> Shipment:
    return Shipment(next(_ids), tracking_number, {}, raw=raw)


def a_rule(
    when: Condition, *, on: Trigger = Trigger.STATUS_UPDATED, set_status: int | None = None
) -> Rule:
    action = Action("staff_note", "n") if set_status is None else Action("set_status", set_status)
    return Rule("r", frozenset({on}), when, (action,), Limits(None, None), True, "")
