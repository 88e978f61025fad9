"""Order metafields, one at a time."""

from dataclasses import asdict

from bigcommerce_sim.api.access import READ_ORDERS, WRITE_FOREIGN_METAFIELDS, WRITE_ORDERS
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.cursors import CURSORS, cursor_list
from bigcommerce_sim.api.metafield_fields import METAFIELD_FIELDS, read_metafield
from bigcommerce_sim.api.pages import v3_one
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.api.v3_filters import (
    Filters,
    date_from,
    date_is,
    date_to,
    passing,
    read_tests,
    text_in,
)
from bigcommerce_sim.exchange import Response, no_content
from bigcommerce_sim.world.dates import iso8601
from bigcommerce_sim.world.metafields import Metafield
from bigcommerce_sim.world.noting import change_metafield, create_metafield, delete_metafield
from bigcommerce_sim.world.refusal import Refusal, not_found

_FILTERS: Filters[Metafield] = {
    "key": text_in(lambda each: each.key),
    "key:in": text_in(lambda each: each.key),
    "namespace": text_in(lambda each: each.namespace),
    "namespace:in": text_in(lambda each: each.namespace),
    "date_created": date_is(lambda each: each.date_created),
    "date_modified": date_is(lambda each: each.date_modified),
    "date_created:min": date_from(lambda each: each.date_created),
    "date_created:max": date_to(lambda each: each.date_created),
    "date_modified:min": date_from(lambda each: each.date_modified),
    "date_modified:max": date_to(lambda each: each.date_modified),
    "resource_id:in": text_in(lambda each: str(each.resource_id)),
}

_SHAPE = CURSORS | {"include_fields", "direction"}


def list_metafields(call: Call) -> Response:
    """Return the order's metafields that the account may see."""
    return metafield_page(call, call.world.metafields.of(call.order_as_read().id))


def post_metafield(call: Call) -> Response:
    """Add a metafield; 200, not 201."""
    order = call.order()
    given = read_metafield(call.json_object())
    return v3_one(metafield_body(create_metafield(call.world, order, given, call.actor)))


def get_metafield(call: Call) -> Response:
    """Return one metafield."""
    return v3_one(metafield_body(_metafield(call)))


def put_metafield(call: Call) -> Response:
    """Change a metafield."""
    metafield = _metafield(call)
    refuse_foreign(call, metafield)
    body = call.json_object()
    given = read_metafield(body, metafield)
    if body.keys() & METAFIELD_FIELDS:
        metafield = change_metafield(call.world, metafield, given, call.actor)
    return v3_one(metafield_body(metafield))


def delete_one_metafield(call: Call) -> Response:
    """Delete a metafield."""
    metafield = _metafield(call)
    refuse_foreign(call, metafield)
    delete_metafield(call.world, metafield, call.actor)
    return no_content()


def metafield_page(call: Call, rows: list[Metafield]) -> Response:
    """Return a page of metafields, by number or by cursor."""
    tests = read_tests(call, _FILTERS, also=_SHAPE)
    seen = passing([row for row in rows if _may_see(call, row)], tests)
    if call.query.get("direction") == "desc":
        seen.reverse()
    return cursor_list(call, seen, lambda row: _chosen(call, metafield_body(row)))


def metafield_body(metafield: Metafield) -> JsonObject:
    """Return a metafield as the API shows it."""
    return {
        **asdict(metafield),
        "resource_type": "order",
        "date_created": iso8601(metafield.date_created),
        "date_modified": iso8601(metafield.date_modified),
    }


def refuse_foreign(call: Call, metafield: Metafield) -> None:
    """Refuse with 403 to touch another app's metafield without the scope for it.

    Raises:
        Refusal: 403.
    """
    is_own = metafield.owner_client_id == call.account.client_id
    if not is_own and not call.account.may(WRITE_FOREIGN_METAFIELDS):
        raise Refusal(403, "The metafield belongs to another app.")


def _metafield(call: Call) -> Metafield:
    order = call.order()
    metafield = call.world.metafields.get(call.ids[1])
    if metafield is None or metafield.resource_id != order.id or not _may_see(call, metafield):
        raise not_found()
    return metafield


def _may_see(call: Call, metafield: Metafield) -> bool:
    is_own = metafield.owner_client_id == call.account.client_id
    return is_own or metafield.permission_set != "app_only"


def _chosen(call: Call, body: JsonObject) -> JsonObject:
    wanted = call.query.get("include_fields")
    if wanted is None:
        return body
    names = {"id", *(name.strip() for name in wanted.split(","))}
    return {name: value for name, value in body.items() if name in names}


_ALL = "/v3/orders/{}/metafields"
ROUTES = (
    route("GET", _ALL, READ_ORDERS, list_metafields),
    route("POST", _ALL, WRITE_ORDERS, post_metafield),
    route("GET", _ALL + "/{}", READ_ORDERS, get_metafield),
    route("PUT", _ALL + "/{}", WRITE_ORDERS, put_metafield),
    route("DELETE", _ALL + "/{}", WRITE_ORDERS, delete_one_metafield),
)
