"""`/v2/orders/{id}/...`: lines, addresses, consignments, coupons, taxes, fees, messages."""

from dataclasses import replace

from bigcommerce_sim.api.access import READ_ORDERS, WRITE_ORDERS
from bigcommerce_sim.api.call import Call
from bigcommerce_sim.api.message_filter import MESSAGE_FILTERS, message_tests
from bigcommerce_sim.api.order_includes import consignments_body
from bigcommerce_sim.api.order_parts import read_address
from bigcommerce_sim.api.order_view import Body, fee_body, line_body, shipping_address_body
from bigcommerce_sim.api.pages import v2_list
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.exchange import Response, json_response, no_content
from bigcommerce_sim.world.amounts import ZERO, as_number
from bigcommerce_sim.world.amounts import four_decimals as money
from bigcommerce_sim.world.changes import change_order
from bigcommerce_sim.world.dates import rfc2822
from bigcommerce_sim.world.messages import Message
from bigcommerce_sim.world.order import Coupon, Line, Order, ShippingAddress
from bigcommerce_sim.world.refusal import not_found, read_only

_FIXED = frozenset({"order_id", "items_total", "items_shipped", "shipping_quotes"})


def list_lines(call: Call) -> Response:
    """Return one page of order lines, 50 unless asked otherwise."""
    order = call.order_as_read()
    return v2_list(call, order.lines, lambda line: line_body(order, line))


def get_line(call: Call) -> Response:
    """Return one order line."""
    order = call.order_as_read()
    line = order.line(call.ids[1])
    if line is None:
        raise not_found()
    return json_response(line_body(order, line))


def list_addresses(call: Call) -> Response:
    """Return the shipping addresses; 204 where nothing is shipped."""
    order = call.order_as_read()
    return v2_list(
        call, order.addresses, lambda place: shipping_address_body(call.world, order, place)
    )


def get_address(call: Call) -> Response:
    """Return one shipping address."""
    order = call.order_as_read()
    return json_response(shipping_address_body(call.world, order, _place(order, call.ids[1])))


def put_address(call: Call) -> Response:
    """Change a shipping address; totals are not worked out anew."""
    order = call.order()
    place = _place(order, call.ids[1])
    body = call.json_object()
    for name in body:
        if name in _FIXED or name == "id":
            raise read_only(name)
    rest = {key: value for key, value in body.items() if key != "shipping_method"}
    changed = replace(place, address=read_address("address", rest, place.address))
    addresses = tuple(changed if each.id == place.id else each for each in order.addresses)
    if changed == place and not call.world.settings.same_status_put_modifies:
        return json_response(shipping_address_body(call.world, order, place))
    after = change_order(call.world, order, {"addresses": addresses}, call.actor)
    return json_response(shipping_address_body(call.world, after, changed))


def list_shipping_quotes(call: Call) -> Response:
    """Return 204, as for every order whose shipping was not quoted in the shop."""
    _place(call.order_as_read(), call.ids[1])
    return no_content()


def get_consignments(call: Call) -> Response:
    """Return the consignments, always as an object."""
    order = call.order_as_read()
    with_lines = "consignments.line_items" in call.query.get("include", "")
    return json_response(consignments_body(call, order, with_lines=with_lines))


def list_coupons(call: Call) -> Response:
    """Return the coupons; 204 where none was used."""
    order = call.order_as_read()
    return v2_list(call, order.coupons, lambda coupon: _coupon_body(order, coupon))


def list_taxes(call: Call) -> Response:
    """Return the tax of each line and of shipping; 204 where there is none."""
    order = call.order_as_read()
    details = call.query.get("details", "false").lower() == "true"
    rows = [
        _tax_body(order, line, index, details=details)
        for index, line in enumerate(order.lines)
        if line.price_inc_tax != line.price_ex_tax
    ]
    return v2_list(call, rows, lambda row: row, also=frozenset({"details"}))


def get_fees(call: Call) -> Response:
    """Return the fees, inside an object as the official document shows them."""
    return json_response({"fees": [fee_body(fee) for fee in call.order_as_read().fees]})


def list_messages(call: Call) -> Response:
    """Return the messages; there is no way to post one."""
    order = call.order_as_read()
    tests = message_tests(call)
    messages = call.world.messages.of(order.id)
    rows = [each for each in messages if all(test(each) for test in tests)]
    return v2_list(call, rows, lambda message: _message_body(call, message), MESSAGE_FILTERS)


def _place(order: Order, address_id: int) -> ShippingAddress:
    for place in order.addresses:
        if place.id == address_id:
            return place
    raise not_found()


def _coupon_body(order: Order, coupon: Coupon) -> Body:
    return {
        "id": coupon.id,
        "coupon_id": coupon.id,
        "order_id": order.id,
        "code": coupon.code,
        "amount": money(coupon.amount),
        "type": coupon.type,
        "discount": as_number(coupon.discount),
    }


def _tax_body(order: Order, line: Line, index: int, *, details: bool) -> Body:
    tax = (line.price_inc_tax - line.price_ex_tax) * line.quantity
    rate = (line.price_inc_tax / line.price_ex_tax - 1) * 100 if line.price_ex_tax else ZERO
    body: Body = {
        "id": index + 1,
        "order_id": order.id,
        "order_address_id": line.order_address_id,
        "tax_rate_id": 1,
        "tax_class_id": 0,
        "name": "Tax",
        "class": "Default Tax Class",
        "rate": money(rate),
        "priority": 0,
        "priority_amount": money(tax),
        "line_amount": money(tax),
        "order_pickup_method_id": line.order_pickup_method_id,
    }
    if details:
        body |= {"order_product_id": str(line.id), "line_item_type": "item"}
    return body


def _message_body(call: Call, message: Message) -> Body:
    customer = call.world.customers.get(message.customer_id)
    return {
        "id": message.id,
        "order_id": message.order_id,
        "staff_id": 1 if message.from_staff else 0,
        "customer_id": message.customer_id,
        "type": "staff" if message.from_staff else "customer",
        "subject": message.subject,
        "message": message.text,
        "status": "read" if message.is_read else "unread",
        "is_flagged": message.is_flagged,
        "date_created": rfc2822(message.created_at),
        "customer": {"id": customer.id, "email": customer.email} if customer else {},
    }


_ORDER = "/v2/orders/{}"
# The documents write shipping_addresses, the links in an order shippingaddresses
_ADDRESSES = _ORDER + "/shipping_?addresses"
_QUOTES = _ORDER + "/consignments/shipping/{}/shipping_quotes"
ROUTES = (
    route("GET", _ORDER + "/products", READ_ORDERS, list_lines),
    route("GET", _ORDER + "/products/{}", READ_ORDERS, get_line),
    route("GET", _ADDRESSES, READ_ORDERS, list_addresses),
    route("GET", _ADDRESSES + "/{}", READ_ORDERS, get_address),
    route("PUT", _ADDRESSES + "/{}", WRITE_ORDERS, put_address),
    route("GET", _ADDRESSES + "/{}/shipping_?quotes", READ_ORDERS, list_shipping_quotes),
    route("GET", _ORDER + "/consignments", READ_ORDERS, get_consignments),
    route("GET", _QUOTES, READ_ORDERS, list_shipping_quotes),
    route("GET", _ORDER + "/coupons", READ_ORDERS, list_coupons),
    route("GET", _ORDER + "/taxes", READ_ORDERS, list_taxes),
    route("GET", _ORDER + "/fees", READ_ORDERS, get_fees),
    route("GET", _ORDER + "/messages", READ_ORDERS, list_messages),
)
