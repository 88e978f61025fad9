"""`/v2/orders/{id}/shipments`."""

from datetime import timedelta

from bigcommerce_sim.api import fields
from bigcommerce_sim.api.access import READ_ORDERS, WRITE_ORDERS
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.order_parts import objects
from bigcommerce_sim.api.order_view import Body, address_body
from bigcommerce_sim.api.pages import v2_list
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.exchange import Response, json_response, no_content
from bigcommerce_sim.world.amounts import four_decimals as money
from bigcommerce_sim.world.changes import Changes
from bigcommerce_sim.world.dates import rfc2822
from bigcommerce_sim.world.order import Address, Order
from bigcommerce_sim.world.refusal import invalid, not_found, read_only, unsupported
from bigcommerce_sim.world.shipments import Shipment, ShipmentFields, with_field_changes
from bigcommerce_sim.world.shipping import change_shipment, create_shipment, delete_shipment

PROVIDERS = {
    "": "",
    "auspost": "Australia Post",
    "canadapost": "Canada Post",
    "endicia": "Endicia",
    "usps": "USPS",
    "fedex": "FedEx",
    "royalmail": "Royal Mail",
    "ups": "UPS",
    "upsready": "UPS Ready",
    "upsonline": "UPS Online",
    "shipperhq": "ShipperHQ",
}
_FIELDS: dict[str, fields.Reader] = {
    "tracking_number": fields.text(50),
    "tracking_link": fields.text(500),
    "tracking_carrier": fields.text(255),
    "shipping_provider": fields.text(255),
    "shipping_method": fields.text(255),
    "merchant_shipping_cost": fields.amount,
    "comments": fields.text(),
}
_READ_ONLY = frozenset(
    {
        "id",
        "order_id",
        "customer_id",
        "date_created",
        "billing_address",
        "shipping_address",
        "shipping_provider_display_name",
        "generated_tracking_link",
    }
)


def list_shipments(call: Call) -> Response:
    """Return one page of shipments; 204 where there is none."""
    order = call.order_as_read()
    return v2_list(call, _visible(call, order), lambda each: _body(order, each))


def count_shipments(call: Call) -> Response:
    """Return how many shipments there are."""
    return json_response({"count": len(_visible(call, call.order_as_read()))})


def get_shipment(call: Call) -> Response:
    """Return one shipment."""
    order = call.order_as_read()
    return json_response(_body(order, _shipment(call)))


def post_shipment(call: Call) -> Response:
    """Ship some lines; the order moves to Shipped or Partially Shipped by itself."""
    order = call.order()
    body = call.json_object()
    changes = _changes(body, also=frozenset({"order_address_id", "items"}))
    items = _items(body)
    try:
        address_id = fields.whole(1)(body.get("order_address_id"))
    except ValueError:
        raise invalid("order_address_id") from None
    shipment = create_shipment(
        call.world,
        order,
        address_id,
        items,
        with_field_changes(ShipmentFields(), changes),
        actor=call.actor,
    )
    return json_response(_body(order, shipment), 201)


def put_shipment(call: Call) -> Response:
    """Change tracking and the like; what a shipment holds cannot be changed."""
    order = call.order()
    shipment = _shipment(call)
    body = call.json_object()
    if "items" in body:
        raise read_only("items")
    if body.get("order_address_id", shipment.order_address_id) != shipment.order_address_id:
        raise invalid("order_address_id")
    changes = _changes(body, also=frozenset({"order_address_id"}))
    changed = change_shipment(call.world, shipment, changes, call.actor) if changes else shipment
    return json_response(_body(order, changed))


def delete_one_shipment(call: Call) -> Response:
    """Delete a shipment; the order's status stays."""
    call.order()
    delete_shipment(call.world, _shipment(call), call.actor)
    return no_content()


def delete_shipments(call: Call) -> Response:
    """Delete all shipments of the order; its status stays."""
    order = call.order()
    for shipment in call.world.shipments_of(order.id).of(order.id):
        delete_shipment(call.world, shipment, call.actor)
    return no_content()


def _visible(call: Call, order: Order) -> list[Shipment]:
    shipments = call.world.shipments_of(order.id).of(order.id)
    lag_s = call.world.settings.read_lag_s
    if not lag_s:
        return shipments
    newest = call.world.now() - timedelta(seconds=lag_s)
    return [each for each in shipments if each.created_at <= newest]


def _shipment(call: Call) -> Shipment:
    order_id, shipment_id = call.ids
    shipment = call.world.shipments_of(order_id).get(order_id, shipment_id)
    if shipment is None:
        raise not_found()
    return shipment


def _changes(body: JsonObject, also: frozenset[str]) -> Changes:
    changes: dict[str, object] = {}
    for name, value in body.items():
        if name in _READ_ONLY:
            raise read_only(name)
        if name in also:
            continue
        if name not in _FIELDS:
            raise unsupported(name)
        try:
            changes[name] = _FIELDS[name](value)
        except ValueError:
            raise invalid(name) from None
    provider = str(changes.get("shipping_provider", ""))
    if provider not in PROVIDERS and not provider.startswith("carrier_"):
        raise invalid("shipping_provider")
    return changes


def _items(body: JsonObject) -> dict[int, int]:
    items: dict[int, int] = {}
    for given in objects("items", body.get("items")):
        if "product_id" in given:
            raise read_only("product_id")
        try:
            line_id = fields.whole(1)(given.get("order_product_id"))
            items[line_id] = items.get(line_id, 0) + fields.whole(1)(given.get("quantity"))
        except ValueError:
            raise invalid("items") from None
    return items


def _body(order: Order, shipment: Shipment) -> Body:
    places = {place.id: place.address for place in order.addresses}
    lines = {line.id: line for line in order.lines}
    sent = shipment.fields
    return {
        "id": shipment.id,
        "order_id": order.id,
        "customer_id": order.customer_id,
        "order_address_id": shipment.order_address_id,
        "date_created": rfc2822(shipment.created_at),
        "tracking_number": sent.tracking_number,
        "merchant_shipping_cost": money(sent.merchant_shipping_cost),
        "shipping_method": sent.shipping_method,
        "comments": sent.comments,
        "shipping_provider": sent.shipping_provider,
        "shipping_provider_display_name": PROVIDERS.get(sent.shipping_provider, ""),
        "tracking_carrier": sent.tracking_carrier,
        "tracking_link": sent.tracking_link,
        "generated_tracking_link": _generated_link(sent),
        "billing_address": address_body(order.billing_address),
        "shipping_address": address_body(places.get(shipment.order_address_id, Address())),
        "items": [
            {
                "order_product_id": line_id,
                "product_id": lines[line_id].product_id if line_id in lines else 0,
                "quantity": quantity,
            }
            for line_id, quantity in shipment.items.items()
        ],
    }


def _generated_link(sent: ShipmentFields) -> str:
    carrier = sent.shipping_provider or sent.tracking_carrier
    if sent.tracking_link or not carrier or not sent.tracking_number:
        return ""
    return f"https://tracking.example.com/{carrier}/{sent.tracking_number}"


_ALL = "/v2/orders/{}/shipments"
ROUTES = (
    route("GET", _ALL, READ_ORDERS, list_shipments),
    route("POST", _ALL, WRITE_ORDERS, post_shipment),
    route("DELETE", _ALL, WRITE_ORDERS, delete_shipments),
    route("GET", _ALL + "/count", READ_ORDERS, count_shipments),
    route("GET", _ALL + "/{}", READ_ORDERS, get_shipment),
    route("PUT", _ALL + "/{}", WRITE_ORDERS, put_shipment),
    route("DELETE", _ALL + "/{}", WRITE_ORDERS, delete_one_shipment),
)
