"""`/v2/orders`: list, count, get, create, update, archive."""

from dataclasses import replace

from bigcommerce_sim.api.access import READ_ORDERS, WRITE_ORDERS
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.order_fields import (
    MOVES_TOTALS,
    TOTALS,
    check_names,
    read_plain,
)
from bigcommerce_sim.api.order_filter import matching, one_page, read_filter
from bigcommerce_sim.api.order_includes import with_includes
from bigcommerce_sim.api.order_lines import patched_lines, read_wanted
from bigcommerce_sim.api.order_parts import (
    objects,
    patched_addresses,
    read_address,
    read_billing,
    read_fees,
)
from bigcommerce_sim.api.order_view import order_body
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.exchange import Response, json_response, no_content
from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.changes import archive_order, change_order
from bigcommerce_sim.world.order import Order, with_changes, with_totals
from bigcommerce_sim.world.placing import blank_order, place_order
from bigcommerce_sim.world.refusal import Refusal, invalid, read_only


def list_orders(call: Call) -> Response:
    """Return one page of orders; 204 where nothing matches."""
    heads = one_page(call, read_filter(call))
    shown = [with_includes(call, call.read(head.id)) for head in heads]
    return json_response(shown) if shown else no_content()


def count_orders(call: Call) -> Response:
    """Return how many orders match, by status."""
    counts = dict.fromkeys(statuses.BY_ID, 0)
    for head in matching(call, read_filter(call, is_count=True)):
        counts[head.status_id] += 1
    rows = [
        {
            "id": status.id,
            "name": status.name,
            "system_label": status.name,
            "custom_label": call.world.custom_labels.get(status.id, status.name),
            "system_description": status.meaning,
            "count": counts[status.id],
            "sort_order": status.position,
        }
        for status in statuses.IN_PANEL_ORDER
    ]
    return json_response({"statuses": rows, "count": sum(counts.values())})


def get_order(call: Call) -> Response:
    """Return one order."""
    return json_response(with_includes(call, call.order_as_read()))


def put_order(call: Call) -> Response:
    """Change an order; a body with one bad field changes nothing."""
    order = call.order()
    body = call.json_object()
    check_names(body)
    if "default_currency_code" in body:
        raise read_only("default_currency_code")
    changes = read_plain(body)
    _check_archived(call, order, changes)
    if order.external_merchant_id is not None and "external_merchant_id" in changes:
        raise Refusal(400, "The field 'external_merchant_id' can be written only once.")
    if "status_id" not in changes and call.world.settings.put_without_status == "pending":
        changes["status_id"] = statuses.PENDING
    changed = _with_parts(call, with_changes(order, changes), body, changes)
    if changed.is_deleted and not order.is_deleted:
        order = archive_order(call.world, order, call.actor)
    return json_response(order_body(call.world, _save(call, order, changed)))


def post_order(call: Call) -> Response:
    """Create an order; the API sends no confirmation e-mail for it."""
    body = call.json_object()
    check_names(body)
    if ("products" in body) == ("consignments" in body):
        raise Refusal(400, "Give either products or consignments.")
    if "billing_address" not in body:
        raise invalid("billing_address")
    plain = read_plain(body)
    overrides = {name: plain.pop(name) for name in TOTALS & plain.keys()}
    billing = read_billing(body["billing_address"])
    draft = blank_order(call.world, statuses.PENDING, billing)
    standard = {"order_source": "external", "payment_method": "Manual"}
    draft = with_changes(draft, {**standard, **plain})
    if "fees" in body:
        draft = replace(draft, fees=read_fees(call.world, body["fees"]))
    wanted_rows, is_pickup = _wanted_rows(body)
    wanted = [replace(read_wanted(call.world, row), is_pickup=is_pickup) for row in wanted_rows]
    addresses = [
        read_address(
            "shipping_addresses", {k: v for k, v in row.items() if k != "shipping_method"}
        )
        for row in objects("shipping_addresses", body.get("shipping_addresses", []))
    ]
    order = place_order(
        call.world,
        draft,
        wanted,
        addresses or [billing],
        call.actor,
        overrides=overrides,
    )
    return json_response(order_body(call.world, order), call.world.settings.created_status)


def delete_order(call: Call) -> Response:
    """Archive an order."""
    order = call.order()
    if not order.is_deleted:
        archive_order(call.world, order, call.actor)
    return no_content()


def delete_all_orders(call: Call) -> Response:
    """Archive every order."""
    for head in list(matching(call, read_filter(replace(call, query={})))):
        order = call.world.orders.get(head.id)
        if order is not None and not order.is_deleted:
            archive_order(call.world, order, call.actor)
    return no_content()


def _wanted_rows(body: JsonObject) -> tuple[list[dict[str, object]], bool]:
    if "products" in body:
        rows = objects("products", body["products"])
    else:
        consignments = body["consignments"]
        if "shipping_addresses" in body or not isinstance(consignments, dict):
            raise invalid("consignments")
        pickups = objects("consignments", consignments.get("pickups"))
        if len(pickups) != 1:
            raise invalid("consignments.pickups")
        rows = objects("consignments.pickups", pickups[0].get("line_items"))
    if not rows:
        raise invalid("products")
    return rows, "consignments" in body


def _check_archived(call: Call, order: Order, changes: dict[str, object]) -> None:
    how = call.world.settings.archived_put
    if order.is_deleted and how == "refuse":
        raise Refusal(400, "The order is archived.")
    if order.is_deleted and how == "resurrect":
        changes.setdefault("is_deleted", False)


def _with_parts(call: Call, order: Order, body: JsonObject, changes: dict[str, object]) -> Order:
    if "billing_address" in body:
        billing = read_billing(body["billing_address"], order.billing_address)
        order = replace(order, billing_address=billing)
    if "shipping_addresses" in body:
        order = replace(
            order, addresses=patched_addresses(call.world, order, body["shipping_addresses"])
        )
    if "products" in body:
        order = replace(order, lines=patched_lines(call.world, order, body["products"]))
    if "fees" in body:
        order = replace(order, fees=read_fees(call.world, body["fees"], order.fees))
    if MOVES_TOTALS & body.keys():
        overrides = {name: changes[name] for name in TOTALS & changes.keys()}
        order = with_changes(with_totals(order), overrides)
    return order


def _save(call: Call, before: Order, after: Order) -> Order:
    changed = {
        name: getattr(after, name)
        for name in Order.__dataclass_fields__
        if name != "date_modified" and getattr(after, name) != getattr(before, name)
    }
    if not changed and not call.world.settings.same_status_put_modifies:
        return before
    return change_order(call.world, before, changed, call.actor)


ROUTES = (
    route("GET", "/v2/orders", READ_ORDERS, list_orders),
    route("POST", "/v2/orders", WRITE_ORDERS, post_order),
    route("DELETE", "/v2/orders", WRITE_ORDERS, delete_all_orders),
    route("GET", "/v2/orders/count", READ_ORDERS, count_orders),
    route("GET", "/v2/orders/{}", READ_ORDERS, get_order),
    route("PUT", "/v2/orders/{}", WRITE_ORDERS, put_order),
    route("DELETE", "/v2/orders/{}", WRITE_ORDERS, delete_order),
)
