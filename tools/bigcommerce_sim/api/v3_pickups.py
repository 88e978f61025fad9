"""`/v3/orders/pickups`: orders that customers fetch."""

from dataclasses import replace
from datetime import UTC, datetime

from bigcommerce_sim.api import fields
from bigcommerce_sim.api.access import READ_FULFILMENT, WRITE_FULFILMENT
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.api.v3_filters import Filters, number_in, passing, read_tests
from bigcommerce_sim.exchange import Response, json_response, no_content
from bigcommerce_sim.world.dates import iso8601, read_date, whole_second
from bigcommerce_sim.world.pickups import PickupItem, PickupRecord
from bigcommerce_sim.world.refusal import unprocessable

_FILTERS: Filters[PickupRecord] = {
    "order_id:in": number_in(lambda pickup: pickup.order_id),
    "pickup_id:in": number_in(lambda pickup: pickup.id),
}


def list_pickups(call: Call) -> Response:
    """Return the pickups."""
    rows = passing(list(call.world.pickups), read_tests(call, _FILTERS))
    return _answer(rows)


def post_pickups(call: Call) -> Response:
    """Have lines wait at the counter."""
    made = [_new(call, row) for row in _rows(call)]
    for pickup in made:
        _save(call, pickup, "pickup.create")
    return _answer(made)


def put_pickups(call: Call) -> Response:
    """Say that lines are ready, or were fetched."""
    changed = [_changed(call, row) for row in _rows(call)]
    for pickup in changed:
        _save(call, pickup, "pickup.update")
    return _answer(changed)


def delete_pickups(call: Call) -> Response:
    """Delete pickups."""
    by_id: Filters[PickupRecord] = {"id:in": number_in(lambda pickup: pickup.id)}
    tests = read_tests(call, by_id)
    if not tests:
        raise unprocessable({"id:in": "error.path.missing."})
    for pickup in passing(list(call.world.pickups), tests):
        call.world.pickups.remove(pickup.id)
    return no_content()


def _rows(call: Call) -> list[JsonObject]:
    rows = call.json_list()
    if not rows:
        raise unprocessable({"0": "error.path.missing."})
    return [row if isinstance(row, dict) else {} for row in rows]


def _new(call: Call, row: JsonObject) -> PickupRecord:
    try:
        order_id = fields.whole(1)(row.get("order_id"))
        method_id = fields.whole(1)(row.get("pickup_method_id"))
        given = row.get("pickup_items")
        if call.world.orders.get(order_id) is None or not isinstance(given, list) or not given:
            raise ValueError("no such order, or nothing to fetch")
        items = tuple(_item(call, order_id, each) for each in given)
        now = whole_second(call.world.now())
        return PickupRecord(
            id=call.world.numbers.next("pickup"),
            order_id=order_id,
            pickup_method_id=method_id,
            ready_at=_moment(row.get("ready_at")),
            created_at=now,
            updated_at=now,
            items=items,
            collected_at=_moment(row["collected_at"]) if row.get("collected_at") else None,
        )
    except ValueError as problem:
        raise unprocessable({"0": str(problem)}) from None


def _item(call: Call, order_id: int, row: object) -> PickupItem:
    if not isinstance(row, dict):
        raise ValueError("not an object")
    order = call.world.orders.get(order_id)
    line = order.line(fields.whole(1)(row.get("order_product_id"))) if order else None
    quantity = fields.whole(1)(row.get("quantity"))
    if line is None or quantity > line.quantity:
        raise ValueError("no such line, or not that many pieces")
    return PickupItem(call.world.numbers.next("pickup_item"), line.id, quantity)


def _changed(call: Call, row: JsonObject) -> PickupRecord:
    try:
        pickup = call.world.pickups.get(fields.whole(1)(row.get("id", row.get("pickup_id"))))
        if pickup is None:
            raise ValueError("no such pickup")
        changed = replace(pickup, updated_at=whole_second(call.world.now()))
        if "ready_at" in row:
            changed = replace(changed, ready_at=_moment(row["ready_at"]))
        if "collected_at" in row:
            changed = replace(changed, collected_at=_moment(row["collected_at"]))
        return changed
    except ValueError as problem:
        raise unprocessable({"0": str(problem)}) from None


def _moment(value: object) -> datetime:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 10:
        return datetime.fromtimestamp(int(value), UTC)
    moment = read_date(value) if isinstance(value, str) else None
    if moment is None:
        raise ValueError("not a date")
    return whole_second(moment)


def _save(call: Call, pickup: PickupRecord, action: str) -> None:
    call.world.pickups.save(pickup)
    order = call.world.orders.get(pickup.order_id)
    call.world.record_write(call.actor, action, order, order, {"pickup_id": pickup.id})


def _answer(rows: list[PickupRecord]) -> Response:
    return json_response({"data": [_body(pickup) for pickup in rows], "meta": {}})


def _body(pickup: PickupRecord) -> JsonObject:
    collected = iso8601(pickup.collected_at) if pickup.collected_at else None
    return {
        "id": pickup.id,
        "pickup_method_id": pickup.pickup_method_id,
        "order_id": pickup.order_id,
        "ready_at": iso8601(pickup.ready_at),
        "created_at": iso8601(pickup.created_at),
        "updated_at": iso8601(pickup.updated_at),
        "pickup_items": [
            {
                "id": item.id,
                "order_product_id": item.order_product_id,
                "quantity": item.quantity,
                "status": "COLLECTED" if collected else "AWAITING_COLLECTION",
                "collected_at": collected,
            }
            for item in pickup.items
        ],
    }


_ALL = "/v3/orders/pickups"
ROUTES = (
    route("GET", _ALL, READ_FULFILMENT, list_pickups),
    route("POST", _ALL, WRITE_FULFILMENT, post_pickups),
    route("PUT", _ALL, WRITE_FULFILMENT, put_pickups),
    route("DELETE", _ALL, WRITE_FULFILMENT, delete_pickups),
)
