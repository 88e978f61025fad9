"""`/v3/orders/{id}/payment_actions`: capture, void, quotes and refunds."""

from decimal import Decimal

from bigcommerce_sim.api import fields
from bigcommerce_sim.api.access import MOVE_MONEY, READ_REFUNDS
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.pages import v3_list, v3_one
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.api.v3_filters import (
    Filters,
    Test,
    date_from,
    date_to,
    number_in,
    passing,
    read_tests,
)
from bigcommerce_sim.exchange import Response, json_response
from bigcommerce_sim.world.amounts import ZERO, as_number, read_amount
from bigcommerce_sim.world.dates import iso8601
from bigcommerce_sim.world.paying import begin_capture, begin_void
from bigcommerce_sim.world.refunding import Quote, begin_refund, quote_refund
from bigcommerce_sim.world.refunds import Refund, RefundItem, RefundPayment
from bigcommerce_sim.world.refusal import not_found, unprocessable

_BY_QUANTITY = frozenset({"PRODUCT", "GIFT_WRAPPING"})
_BY_AMOUNT = frozenset({"SHIPPING", "HANDLING", "ORDER", "TAX", "FEE"})


def post_capture(call: Call) -> Response:
    """Schedule a capture; 201 means scheduled, not done."""
    begin_capture(call.world, call.order(), call.actor)
    return json_response({}, 201)


def post_void(call: Call) -> Response:
    """Schedule a void; 201 means scheduled, not done."""
    begin_void(call.world, call.order(), call.actor)
    return json_response({}, 201)


def post_quote(call: Call) -> Response:
    """Say what a refund would come to and how it could be paid."""
    order = call.order()
    body = call.json_object()
    items, tax_adjustment = _items(body)
    return v3_one(
        _quote_body(order.id, quote_refund(call.world, order, items, tax_adjustment)), 201
    )


def post_refund(call: Call) -> Response:
    """Schedule a refund; `is_declined` tells later whether it went through."""
    order = call.order()
    body = call.json_object()
    items, tax_adjustment = _items(body)
    payments = [_payment(given) for given in _rows(body, "payments")]
    if tax_adjustment and "payments" not in body:
        payments = list(quote_refund(call.world, order, items, tax_adjustment).methods[0])
    refund = begin_refund(
        call.world,
        order,
        items,
        payments,
        call.actor,
        override=_override(body),
        tax_adjustment=tax_adjustment,
    )
    return v3_one(_refund_body(refund), 201)


def list_order_refunds(call: Call) -> Response:
    """Return the refunds of one order."""
    order = call.order_as_read()
    tests = read_tests(call, {"transaction_id": _FILTERS["transaction_id"]})
    return v3_list(call, passing(call.world.refunds.of(order.id), tests), _refund_body)


def list_refunds(call: Call) -> Response:
    """Return refunds of the whole store, by ascending id."""
    rows = passing(list(call.world.refunds), read_tests(call, _FILTERS))
    return v3_list(call, rows, _refund_body)


def get_refund(call: Call) -> Response:
    """Return one refund; its items' amounts are text here, as the document has them."""
    refund = call.world.refunds.get(call.ids[0])
    if refund is None:
        raise not_found()
    items = [
        {**_item_body(item), "requested_amount": f"{item.amount:.2f}"} for item in refund.items
    ]
    return v3_one({**_refund_body(refund), "items": items})


def _paid_by(text: str) -> Test[Refund]:
    return lambda refund: text in {payment.transaction_id for payment in refund.payments}


_FILTERS: Filters[Refund] = {
    "order_id:in": number_in(lambda refund: refund.order_id),
    "id:in": number_in(lambda refund: refund.id),
    "created:min": date_from(lambda refund: refund.created_at),
    "created:max": date_to(lambda refund: refund.created_at),
    "transaction_id": _paid_by,
}


def _rows(body: JsonObject, name: str) -> list[JsonObject]:
    rows = body.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unprocessable({name: "error.expected.jsarray"})
    return rows


def _items(body: JsonObject) -> tuple[list[RefundItem], Decimal]:
    if ("items" in body) == ("tax_adjustment_amount" in body):
        raise unprocessable({"items": "error.path.missing."})
    try:
        tax_adjustment = read_amount(body.get("tax_adjustment_amount", 0))
        return [_item(row) for row in _rows(body, "items")], tax_adjustment
    except ValueError:
        raise unprocessable({"items": "error.expected.validvalue"}) from None


def _item(row: JsonObject) -> RefundItem:
    kind = fields.text(20)(row.get("item_type"))
    item_id = fields.whole(1)(row.get("item_id"))
    reason = fields.text(1000)(row.get("reason", ""))
    if kind in _BY_QUANTITY:
        quantity = fields.whole(1, 1_000_000)(row.get("quantity"))
        kept_back = sum((_adjustment(each) for each in _rows(row, "adjustments")), ZERO)
        return RefundItem(kind, item_id, ZERO, quantity, reason, kept_back)
    if kind in _BY_AMOUNT:
        amount = read_amount(row.get("amount"))
        if amount <= 0:
            raise ValueError("not above 0")
        return RefundItem(kind, item_id, amount, reason=reason)
    raise ValueError("unknown item type")


def _adjustment(row: JsonObject) -> Decimal:
    amount = read_amount(row.get("amount"))
    if amount > 0:
        raise ValueError("above 0")
    return amount


def _payment(row: JsonObject) -> RefundPayment:
    try:
        provider_id = fields.text(255)(row.get("provider_id"))
        amount = read_amount(row.get("amount"))
        offline = fields.yes_or_no(row.get("offline", False))
    except ValueError:
        raise unprocessable({"payments": "error.expected.validvalue"}) from None
    return RefundPayment(0, provider_id, amount, offline)


def _override(body: JsonObject) -> tuple[Decimal, Decimal] | None:
    given = body.get("merchant_calculated_override")
    if given is None:
        return None
    if not isinstance(given, dict):
        raise unprocessable({"merchant_calculated_override": "error.expected.jsobject"})
    try:
        return read_amount(given.get("total_amount")), read_amount(given.get("total_tax"))
    except ValueError:
        raise unprocessable({"merchant_calculated_override": "error.path.missing."}) from None


def _quote_body(order_id: int, quote: Quote) -> JsonObject:
    at_order = (item.amount for item in quote.items if item.item_type == "ORDER")
    adjustment = sum((item.adjustment for item in quote.items), ZERO)
    return {
        "order_id": order_id,
        "total_refund_amount": as_number(quote.total),
        "total_refund_tax_amount": as_number(quote.tax),
        "rounding": 0,
        "adjustment": as_number(adjustment),
        "tax_inclusive": False,
        "order_level_refund_amount": as_number(sum(at_order, ZERO)),
        "refund_methods": [
            [
                {
                    "provider_id": payment.provider_id,
                    "provider_description": payment.provider_id.title(),
                    "amount": as_number(payment.amount),
                    "offline": payment.offline,
                    "offline_provider": payment.offline,
                    "offline_reason": "No online payment to give back" if payment.offline else "",
                }
                for payment in method
            ]
            for method in quote.methods
        ],
    }


def _refund_body(refund: Refund) -> JsonObject:
    return {
        "id": refund.id,
        "order_id": refund.order_id,
        "user_id": 0,
        "created": iso8601(refund.created_at),
        "reason": refund.reason,
        "total_amount": as_number(refund.total_amount),
        "total_tax": as_number(refund.total_tax),
        "uses_merchant_override_values": refund.uses_override,
        "items": [_item_body(item) for item in refund.items],
        "payments": [
            {
                "id": payment.id,
                "provider_id": payment.provider_id,
                "amount": as_number(payment.amount),
                "offline": payment.offline,
                "is_declined": payment.is_declined,
                "declined_message": payment.declined_message,
                "transaction_id": payment.transaction_id,
            }
            for payment in refund.payments
        ],
    }


def _item_body(item: RefundItem) -> JsonObject:
    return {
        "item_type": item.item_type,
        "item_id": item.item_id,
        "quantity": item.quantity or 1,
        "requested_amount": as_number(item.amount),
        "reason": item.reason,
    }


_ONE = "/v3/orders/{}/payment_actions/"
_ALL = "/v3/orders/payment_actions/refunds"
ROUTES = (
    route("POST", _ONE + "capture", MOVE_MONEY, post_capture),
    route("POST", _ONE + "void", MOVE_MONEY, post_void),
    route("POST", _ONE + "refund_quotes", MOVE_MONEY, post_quote),
    route("POST", _ONE + "refunds", MOVE_MONEY, post_refund),
    route("GET", _ONE + "refunds", READ_REFUNDS, list_order_refunds),
    route("GET", _ALL, READ_REFUNDS, list_refunds),
    route("GET", _ALL + "/{}", READ_REFUNDS, get_refund),
)
