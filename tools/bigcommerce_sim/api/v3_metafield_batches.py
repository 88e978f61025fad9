"""Order metafields, many at a time; what cannot be done is told beside what was."""

from collections.abc import Callable
from typing import TypeVar

from bigcommerce_sim.api import fields
from bigcommerce_sim.api.access import READ_ORDERS, WRITE_ORDERS
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.metafield_fields import read_metafield
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.api.v3_metafields import metafield_body, metafield_page, refuse_foreign
from bigcommerce_sim.exchange import Response, json_response
from bigcommerce_sim.world.metafields import Metafield
from bigcommerce_sim.world.noting import change_metafield, create_metafield, delete_metafield
from bigcommerce_sim.world.refusal import Refusal, unprocessable

_MOST = 250
Done = TypeVar("Done")


def list_all_metafields(call: Call) -> Response:
    """Return the metafields of all orders."""
    return metafield_page(call, list(call.world.metafields))


def post_metafields(call: Call) -> Response:
    """Add metafields; each names its order as `resource_id`."""

    def create(row: object) -> JsonObject:
        body = _object(row)
        order = call.world.orders.get(_number(body.get("resource_id")))
        if order is None:
            raise Refusal(422, "The order does not exist")
        made = create_metafield(call.world, order, read_metafield(body), call.actor)
        return metafield_body(made)

    return _batch(call, create)


def put_metafields(call: Call) -> Response:
    """Change metafields; each names itself as `id`."""

    def change(row: object) -> JsonObject:
        body = _object(row)
        metafield = _own(call, body.get("id"))
        given = read_metafield(body, metafield)
        return metafield_body(change_metafield(call.world, metafield, given, call.actor))

    return _batch(call, change)


def delete_metafields(call: Call) -> Response:
    """Delete metafields, given as a list of ids."""

    def delete(row: object) -> int:
        metafield = _own(call, row)
        delete_metafield(call.world, metafield, call.actor)
        return metafield.id

    return _batch(call, delete)


def _batch(call: Call, do: Callable[[object], Done]) -> Response:
    rows = call.json_list()
    if not 1 <= len(rows) <= _MOST:
        raise Refusal(400, f"Between 1 and {_MOST} at once.")
    done: list[Done] = []
    failed: dict[str, str] = {}
    for index, row in enumerate(rows):
        try:
            done.append(do(row))
        except Refusal as refusal:
            failed[str(index)] = refusal.message
    meta = {"total": len(rows), "success": len(done), "failed": len(failed)}
    if not failed:
        return json_response({"data": done, "errors": [], "meta": meta})
    error = {
        "status": 422,
        "title": "Bulk operation has failed",
        "type": "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes",
        "errors": failed,
    }
    return json_response({"data": done, "errors": [error], "meta": meta}, 422)


def _own(call: Call, number: object) -> Metafield:
    metafield = call.world.metafields.get(_number(number))
    if metafield is None:
        raise Refusal(422, "Metafield does not exist")
    refuse_foreign(call, metafield)
    return metafield


def _object(row: object) -> JsonObject:
    if not isinstance(row, dict):
        raise unprocessable({}, "Not an object")
    return row


def _number(value: object) -> int:
    try:
        return fields.whole(1)(value)
    except ValueError:
        raise unprocessable({}, "Not an id") from None


_ALL = "/v3/orders/metafields"
ROUTES = (
    route("GET", _ALL, READ_ORDERS, list_all_metafields),
    route("POST", _ALL, WRITE_ORDERS, post_metafields),
    route("PUT", _ALL, WRITE_ORDERS, put_metafields),
    route("DELETE", _ALL, WRITE_ORDERS, delete_metafields),
)
