"""What `include` adds to an order: consignments as an object, and fees as a list."""

from bigcommerce_sim.api.call import Call
from bigcommerce_sim.api.order_view import (
    Body,
    address_body,
    fee_body,
    line_body,
    link,
    order_body,
)
from bigcommerce_sim.world.amounts import ZERO, as_number
from bigcommerce_sim.world.order import Line, Order, Pickup, ShippingAddress
from bigcommerce_sim.world.refusal import invalid

_KNOWN = frozenset({"consignments", "consignments.line_items", "fees"})


def with_includes(call: Call, order: Order) -> Body:
    """Return the order with what the query's `include` asks for.

    Raises:
        Refusal: 400 for an unknown include, or consignments that are not asked for with
            `consignment_structure=object`.
    """
    body = order_body(call.world, order)
    wanted = {each for each in call.query.get("include", "").split(",") if each}
    if not wanted:
        return body
    if not wanted <= _KNOWN:
        raise invalid("include")
    if wanted - {"fees"}:
        if call.query.get("consignment_structure") != "object":
            raise invalid("consignment_structure")
        with_lines = "consignments.line_items" in wanted
        body["consignments"] = consignments_body(call, order, with_lines=with_lines)
    if "fees" in wanted:
        body["fees"] = [fee_body(fee) for fee in order.fees]
    return body


def consignments_body(call: Call, order: Order, *, with_lines: bool = False) -> Body:
    """Return the order's consignments; money is in numbers here."""

    def lines(chosen: list[Line]) -> list[Body]:
        if with_lines:
            return [line_body(order, line) for line in chosen]
        return [link(call.world, order.id, f"products/{line.id}") for line in chosen]

    def of_type(name: str) -> list[Line]:
        return [line for line in order.lines if line.type == name]

    email = order.billing_address.email
    downloads = of_type("digital")
    certificates = of_type("giftcertificate")
    fetched = [line for line in order.lines if line.order_pickup_method_id]
    pickups = order.pickups or ((Pickup(1, 1),) if fetched else ())
    return {
        "pickups": [{**_pickup(pickup), "line_items": lines(fetched)} for pickup in pickups],
        "shipping": [
            {
                **_shipping(call, order, place),
                "line_items": lines([x for x in order.lines if x.order_address_id == place.id]),
            }
            for place in order.addresses
        ],
        "downloads": _mailed(email, lines(downloads)),
        "email": {"gift_certificates": _mailed(email, lines(certificates))},
    }


def _mailed(email: str, line_items: list[Body]) -> list[Body]:
    return [{"recipient_email": email, "line_items": line_items}] if line_items else []


def _pickup(pickup: Pickup) -> Body:
    return {
        "id": pickup.id,
        "pickup_method_id": pickup.pickup_method_id,
        "pickup_method_display_name": pickup.display_name,
        "collection_instructions": "",
        "collection_time_description": "",
        "location": {"id": pickup.location_id, "name": "Default location"},
    }


def _shipping(call: Call, order: Order, place: ShippingAddress) -> Body:
    is_first = order.addresses[0].id == place.id
    ex = as_number(order.shipping_cost_ex_tax if is_first else ZERO)
    inc = as_number(order.shipping_cost_inc_tax if is_first else ZERO)
    lines = [line for line in order.lines if line.order_address_id == place.id]
    return {
        "id": place.id,
        **address_body(place.address),
        "form_fields": [],
        "items_total": sum(line.quantity for line in lines),
        "items_shipped": sum(line.quantity_shipped for line in lines),
        "shipping_method": place.shipping_method,
        "base_cost": ex,
        "cost_ex_tax": ex,
        "cost_inc_tax": inc,
        "cost_tax": as_number(order.shipping_cost_inc_tax - order.shipping_cost_ex_tax)
        if is_first
        else 0.0,
        "cost_tax_class_id": 2,
        "base_handling_cost": 0.0,
        "handling_cost_ex_tax": 0.0,
        "handling_cost_inc_tax": 0.0,
        "handling_cost_tax": 0.0,
        "handling_cost_tax_class_id": 2,
        "shipping_zone_id": 1,
        "shipping_zone_name": "United States",
        "shipping_quotes": link(
            call.world, order.id, f"consignments/shipping/{place.id}/shipping_quotes"
        ),
    }
