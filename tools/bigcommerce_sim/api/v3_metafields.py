"""Order metafields, one at a time."""

import base64
from dataclasses import asdict
from urllib.parse import quote

from bigcommerce_sim.api.access import READ_ORDERS, WRITE_FOREIGN_METAFIELDS, WRITE_ORDERS
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.metafield_fields import METAFIELD_FIELDS, read_metafield
from bigcommerce_sim.api.pages import page_and_limit, pagination, v3_one
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.api.v3_filters import (
    Filters,
    date_from,
    date_to,
    passing,
    read_tests,
    text_in,
)
from bigcommerce_sim.exchange import Response, json_response, no_content
from bigcommerce_sim.world.dates import iso8601
from bigcommerce_sim.world.metafields import Metafield
from bigcommerce_sim.world.noting import change_metafield, create_metafield, delete_metafield
from bigcommerce_sim.world.refusal import Refusal, not_found, unprocessable

_FILTERS: Filters[Metafield] = {
    "key": text_in(lambda each: each.key),
    "key:in": text_in(lambda each: each.key),
    "namespace": text_in(lambda each: each.namespace),
    "namespace:in": text_in(lambda each: each.namespace),
    "date_created:min": date_from(lambda each: each.date_created),
    "date_created:max": date_to(lambda each: each.date_created),
    "date_modified:min": date_from(lambda each: each.date_modified),
    "date_modified:max": date_to(lambda each: each.date_modified),
    "resource_id:in": text_in(lambda each: str(each.resource_id)),
}

_SHAPE = frozenset({"include_fields", "direction", "after", "before"})


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
    page, limit = page_and_limit(call)
    shown, total = _cut(call, seen, page, limit), len(seen)
    data = [_chosen(call, metafield_body(row)) for row in shown]
    meta = {
        "pagination": pagination(call, total, len(data), page, limit),
        "cursor_pagination": _cursors(shown, seen, limit),
    }
    return json_response({"data": data, "meta": meta})


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


def _cut(call: Call, rows: list[Metafield], page: int, limit: int) -> list[Metafield]:
    ids = [row.id for row in rows]
    try:
        if "after" in call.query:
            start = ids.index(_id_of(call.query["after"])) + 1
            return rows[start : start + limit]
        if "before" in call.query:
            end = ids.index(_id_of(call.query["before"]))
            return rows[max(end - limit, 0) : end]
    except ValueError:
        raise unprocessable({"cursor": "error.expected.validvalue"}) from None
    return rows[(page - 1) * limit : page * limit]


def _cursors(shown: list[Metafield], rows: list[Metafield], limit: int) -> JsonObject:
    body: JsonObject = {"count": len(shown), "per_page": limit, "links": {}}
    if not shown:
        return body
    start, end = _cursor_of(shown[0]), _cursor_of(shown[-1])
    links = {}
    if shown[0] is not rows[0]:
        links["previous"] = f"?limit={limit}&before={quote(start)}"
    if shown[-1] is not rows[-1]:
        links["next"] = f"?limit={limit}&after={quote(end)}"
    return {**body, "start_cursor": start, "end_cursor": end, "links": links}


def _cursor_of(metafield: Metafield) -> str:
    return base64.b64encode(f"id:{metafield.id}".encode()).decode("ascii")


def _id_of(cursor: str) -> int:
    return int(base64.b64decode(cursor, validate=True).removeprefix(b"id:")[:18])


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
