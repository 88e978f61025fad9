"""`/v3/settings/inventory`, `/v3/orders/settings` and `/v3/store/systemlogs`."""

from bigcommerce_sim.api.access import (
    READ_INFORMATION,
    READ_LOGS,
    READ_ORDERS,
    WRITE_ORDERS,
)
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.pages import v3_list, v3_one, whole_number
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.api.v3_filters import Filters, Test, number_in, passing, read_tests
from bigcommerce_sim.exchange import Response, json_response
from bigcommerce_sim.world.dates import iso8601
from bigcommerce_sim.world.refusal import unprocessable
from bigcommerce_sim.world.system_log import LogRow

_LISTS = frozenset({"order_placed", "forward_invoice"})
_ORDER = frozenset({"sort", "direction"})


def get_inventory_settings(call: Call) -> Response:
    """Return when orders move stock."""
    settings = call.world.settings
    return v3_one(
        {
            "product_out_of_stock_behavior": "do_nothing",
            "option_out_of_stock_behavior": "do_nothing",
            "update_stock_behavior": settings.update_stock_behavior,
            "edit_order_stock_adjustment": True,
            "refund_order_stock_adjustment": settings.refund_order_stock_adjustment,
            "stock_level_display": "dont_show",
            "default_out_of_stock_message": "Currently out of stock",
            "hide_in_product_filtering": False,
            "show_pre_order_stock_levels": False,
            "show_out_of_stock_message": False,
        }
    )


def get_order_settings(call: Call) -> Response:
    """Return who in the store is mailed about orders; customers' mails are not here."""
    lists = {
        name: {"email_addresses": call.world.merchant_emails.get(name, [])} for name in _LISTS
    }
    return json_response({"notifications": lists, "meta": {}})


def put_order_settings(call: Call) -> Response:
    """Set who in the store is mailed about orders."""
    notifications = call.json_object().get("notifications")
    if not isinstance(notifications, dict) or not notifications.keys() <= _LISTS:
        raise unprocessable({"notifications": "error.expected.jsobject"})
    for name, given in notifications.items():
        addresses = given.get("email_addresses") if isinstance(given, dict) else None
        if not isinstance(addresses, list) or not all(isinstance(x, str) for x in addresses):
            raise unprocessable({name: "error.expected.jsarray"})
        call.world.merchant_emails[name] = addresses
    return get_order_settings(call)


def list_system_logs(call: Call) -> Response:
    """Return the system log."""
    rows = passing(list(call.world.system_log), read_tests(call, _LOG_FILTERS, _ORDER))
    if call.query.get("sort") == "type":
        rows.sort(key=lambda row: (row.type, row.id))
    if call.query.get("direction") == "desc":
        rows.reverse()
    return v3_list(call, rows, _log_body)


def _spaced(text: str) -> str:
    return text.replace("+", " ").lower()  # the document writes order+status


def _module(text: str) -> Test[LogRow]:
    return lambda row: row.module == _spaced(text)


def _not_module(text: str) -> Test[LogRow]:
    return lambda row: row.module != _spaced(text)


def _severity_from(text: str) -> Test[LogRow]:
    lowest = whole_number(text)
    return lambda row: row.severity >= lowest


def _severity_to(text: str) -> Test[LogRow]:
    highest = whole_number(text)
    return lambda row: row.severity <= highest


_LOG_FILTERS: Filters[LogRow] = {
    "module": _module,
    "module:not": _not_module,
    "type": lambda text: lambda row: row.type == text,
    "type:not": lambda text: lambda row: row.type != text,
    "severity": number_in(lambda row: row.severity),
    "severity:min": _severity_from,
    "severity:max": _severity_to,
    "id:in": number_in(lambda row: row.id),
}


def _log_body(row: LogRow) -> JsonObject:
    return {
        "id": row.id,
        "type": row.type,
        "module": row.module,
        "severity": str(row.severity),
        "summary": row.summary,
        "message": row.message,
        "date_created": iso8601(row.created_at),
    }


ROUTES = (
    route("GET", "/v3/settings/inventory", READ_INFORMATION, get_inventory_settings),
    route("GET", "/v3/orders/settings", READ_ORDERS, get_order_settings),
    route("PUT", "/v3/orders/settings", WRITE_ORDERS, put_order_settings),
    route("GET", "/v3/store/systemlogs", READ_LOGS, list_system_logs),
)
