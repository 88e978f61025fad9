"""`/v3/inventory`: items, locations, adjustments."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from bigcommerce_sim.api import fields
from bigcommerce_sim.api.access import READ_INVENTORY, READ_LOCATIONS, WRITE_INVENTORY
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.pages import v3_list
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.api.v3_filters import Filters, flag, number_in, passing, read_tests, text_in
from bigcommerce_sim.exchange import Response, json_response
from bigcommerce_sim.world.dates import iso8601
from bigcommerce_sim.world.inventory import Location, Stock, Variant
from bigcommerce_sim.world.refusal import not_found, unprocessable
from bigcommerce_sim.world.stock import set_on_hand

_MOST_ITEMS = 2000
_LARGEST_PAGE = 1000
_ITEM_FILTERS: Filters[Variant] = {
    "variant_id:in": number_in(lambda variant: variant.id),
    "product_id:in": number_in(lambda variant: variant.product_id),
    "sku:in": text_in(lambda variant: variant.sku),
}
_PLACE_FILTERS: Filters[Location] = {
    "location_id:in": number_in(lambda location: location.id),
    "location_code:in": text_in(lambda location: location.code),
}


_LOCATION_FILTERS: Filters[Location] = {
    **_PLACE_FILTERS,
    "is_default": flag(lambda location: location.id == 1),
    "is_active": flag(lambda location: location.enabled),
    "managed_by_external_source": flag(lambda _location: False),
    "storefront_visibility": flag(lambda _location: True),
    "type_id:in": text_in(lambda _location: "PHYSICAL"),
}


def list_items(call: Call) -> Response:
    """Return stock by variant, each with its locations."""
    variants = passing(
        list(call.world.inventory), read_tests(call, _ITEM_FILTERS, frozenset(_PLACE_FILTERS))
    )
    place_tests = read_tests(call, _PLACE_FILTERS, frozenset(_ITEM_FILTERS))
    places = passing(list(call.world.inventory.locations.values()), place_tests)
    return v3_list(
        call, variants, lambda variant: _item_body(call, variant, places), most=_LARGEST_PAGE
    )


def list_items_at(call: Call) -> Response:
    """Return stock by variant at one location."""
    location = call.world.inventory.locations.get(call.ids[0])
    if location is None:
        raise not_found()
    variants = passing(list(call.world.inventory), read_tests(call, _ITEM_FILTERS))

    def show(variant: Variant) -> JsonObject:
        stock = _stock(call, variant, location) or Stock(0)
        return {"identity": _identity(variant), **_stock_body(call, stock)}

    return v3_list(call, variants, show, most=_LARGEST_PAGE)


def list_locations(call: Call) -> Response:
    """Return the locations."""
    tests = read_tests(call, _LOCATION_FILTERS)
    return v3_list(
        call,
        passing(list(call.world.inventory.locations.values()), tests),
        lambda location: _location_body(call, location),
    )


def put_absolute(call: Call) -> Response:
    """Set stock levels; never fails for want of stock."""
    for adjustment in _adjustments(call):
        _apply(call, adjustment, adjustment.quantity)
    return json_response({"transaction_id": _transaction_id(call)})


def post_relative(call: Call) -> Response:
    """Move stock levels; fails whole where one would become negative."""
    adjustments = _adjustments(call)
    levels = []
    for index, adjustment in enumerate(adjustments):
        on_hand = call.world.inventory.stock(adjustment.variant.id, adjustment.location_id).on_hand
        if on_hand + adjustment.quantity < 0:
            raise unprocessable({str(index): "Insufficient stock"}, "Input is invalid")
        levels.append(on_hand + adjustment.quantity)
    for adjustment, level in zip(adjustments, levels, strict=True):
        _apply(call, adjustment, level)
    return json_response({"transaction_id": _transaction_id(call)})


@dataclass(frozen=True, slots=True)
class _Adjustment:
    variant: Variant
    location_id: int
    quantity: int


def _adjustments(call: Call) -> list[_Adjustment]:
    items = call.json_object().get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= _MOST_ITEMS:
        raise unprocessable({"items": f"between 1 and {_MOST_ITEMS} are needed"})
    adjustments = []
    for index, row in enumerate(items):
        try:
            adjustments.append(_adjustment(call, row))
        except ValueError:
            raise unprocessable({str(index): "Input is invalid"}, "Input is invalid") from None
    return adjustments


def _adjustment(call: Call, row: object) -> _Adjustment:
    if not isinstance(row, dict):
        raise ValueError("not an object")
    location_id = fields.whole(1)(row.get("location_id"))
    quantity = fields.whole(-1_000_000_000, 1_000_000_000)(row.get("quantity"))
    variant = _variant(call, row)
    if variant is None or location_id not in call.world.inventory.locations:
        raise ValueError("unknown item or location")
    return _Adjustment(variant, location_id, quantity)


def _variant(call: Call, row: JsonObject) -> Variant | None:
    inventory = call.world.inventory
    if "sku" in row:
        return inventory.by_sku(str(row["sku"]))
    if "variant_id" in row:
        return inventory.variants.get(fields.whole(1)(row["variant_id"]))
    return inventory.of_product(fields.whole(1)(row.get("product_id")))


def _apply(call: Call, adjustment: _Adjustment, level: int) -> None:
    set_on_hand(call.world, adjustment.variant, level, call.actor, adjustment.location_id)


def _transaction_id(call: Call) -> str:
    return str(uuid.UUID(int=call.world.dice("inventory").getrandbits(128), version=4))


def _item_body(call: Call, variant: Variant, places: list[Location]) -> JsonObject:
    locations = []
    for location in places:
        stock = _stock(call, variant, location)
        if stock is not None:
            locations.append(
                {
                    "location_id": location.id,
                    "location_code": location.code,
                    "location_name": location.label,
                    "location_enabled": location.enabled,
                    **_stock_body(call, stock),
                }
            )
    return {"identity": _identity(variant), "locations": locations}


def _identity(variant: Variant) -> JsonObject:
    return {
        "sku": variant.sku,
        "sku_id": variant.sku_id,
        "variant_id": variant.id,
        "product_id": variant.product_id,
    }


def _stock(call: Call, variant: Variant, location: Location) -> Stock | None:
    lag = timedelta(seconds=call.world.settings.inventory_lag_s)
    moment = call.world.now() - lag
    return call.world.inventory.stock_as_of(variant.id, location.id, moment)


def _stock_body(call: Call, stock: Stock) -> JsonObject:
    settings: JsonObject = {
        "safety_stock": stock.safety_stock,
        "is_in_stock": stock.available > 0,
        "warning_level": stock.warning_level,
        "bin_picking_number": stock.bin_picking_number,
    }
    body: JsonObject = {
        "available_to_sell": stock.available,
        "total_inventory_onhand": stock.on_hand,
        "settings": settings,
    }
    if call.world.settings.backorders:
        settings["backorder_limit"] = stock.backorder_limit
        body["qty_backordered"] = stock.backordered
    return body


def _location_body(call: Call, location: Location) -> JsonObject:
    made = iso8601(call.world.now() - timedelta(days=400))
    return {
        "id": location.id,
        "code": location.code,
        "label": location.label,
        "description": "",
        "managed_by_external_source": False,
        "type_id": "PHYSICAL",
        "enabled": location.enabled,
        "operating_hours": {},
        "time_zone": "Etc/UTC",
        "created_at": made,
        "updated_at": made,
        "address": {
            "address1": "1 Example Street",
            "address2": "",
            "city": "Sampleton",
            "state": "TX",
            "zip": "78701",
            "email": "warehouse@example.com",
            "phone": "",
            "geo_coordinates": {"latitude": 0, "longitude": 0},
            "country_code": "US",
        },
        "storefront_visibility": True,
        "special_hours": [],
    }


ROUTES = (
    route("GET", "/v3/inventory/items", READ_INVENTORY, list_items),
    route("GET", "/v3/inventory/locations", READ_LOCATIONS, list_locations),
    route("GET", "/v3/inventory/locations/{}/items", READ_INVENTORY, list_items_at),
    route("PUT", "/v3/inventory/adjustments/absolute", WRITE_INVENTORY, put_absolute),
    route("POST", "/v3/inventory/adjustments/relative", WRITE_INVENTORY, post_relative),
)
