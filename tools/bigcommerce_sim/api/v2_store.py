"""`/v2/order_statuses`, `/v2/store`, `/v2/time`, `/v2/customer_groups`."""

import uuid
from datetime import UTC, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bigcommerce_sim.api.access import READ_CUSTOMERS, READ_INFORMATION, READ_ORDERS
from bigcommerce_sim.api.call import Call
from bigcommerce_sim.api.order_view import Body
from bigcommerce_sim.api.pages import v2_list
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.exchange import Response, json_response
from bigcommerce_sim.world import statuses
from bigcommerce_sim.world.customers import CustomerGroup
from bigcommerce_sim.world.refusal import not_found


def list_statuses(call: Call) -> Response:
    """Return the fifteen statuses, by ascending id."""
    return json_response([_status_body(call, status) for status in statuses.BY_ID.values()])


def get_status(call: Call) -> Response:
    """Return one status."""
    status = statuses.BY_ID.get(call.ids[0])
    if status is None:
        raise not_found()
    return json_response(_status_body(call, status))


def get_time(call: Call) -> Response:
    """Return the store's time in epoch seconds."""
    return json_response({"time": int(call.world.now().timestamp())})


def get_store(call: Call) -> Response:
    """Return what is known of the store."""
    store = call.world.identity
    domain = f"store-{store.hash}.example.com"
    return json_response(
        {
            "id": store.hash,
            "account_uuid": str(uuid.uuid5(uuid.NAMESPACE_DNS, domain)),
            "domain": domain,
            "secure_url": f"https://{domain}",
            "control_panel_base_url": f"https://{domain}",
            "status": "live",
            "name": store.name,
            "first_name": "Ada",
            "last_name": "Example",
            "address": "1 Example Street",
            "country": "United States",
            "country_code": "US",
            "infrastructure_region": "us-central1",
            "phone": "",
            "admin_email": "owner@example.com",
            "order_email": "orders@example.com",
            "favicon_url": "",
            "timezone": _timezone(call),
            "language": "en",
            "currency": "USD",
            "currency_symbol": "$",
            "decimal_separator": ".",
            "thousands_separator": ",",
            "decimal_places": 2,
            "currency_symbol_location": "left",
            "weight_units": "LBS",
            "dimension_units": "Inches",
            "dimension_decimal_places": 2,
            "dimension_decimal_token": ".",
            "dimension_thousands_token": ",",
            "plan_name": "Standard",
            "plan_level": "Standard",
            "plan_is_trial": False,
            "industry": "Other",
            "logo": [],
            "is_price_entered_with_tax": False,
            "store_id": store.store_id,
            "default_channel_id": 1,
            "default_site_id": 1000,
            "active_comparison_modules": [],
            "features": _features(),
        }
    )


def list_customer_groups(call: Call) -> Response:
    """Return the customer groups; 204 where there is none."""
    return v2_list(call, list(call.world.customers.groups.values()), _group_body)


def get_customer_group(call: Call) -> Response:
    """Return one customer group."""
    group = call.world.customers.groups.get(call.ids[0])
    if group is None:
        raise not_found()
    return json_response(_group_body(group))


def _status_body(call: Call, status: statuses.Status) -> Body:
    return {
        "id": status.id,
        "name": status.name,
        "system_label": status.name,
        "custom_label": call.world.custom_labels.get(status.id, status.name),
        "system_description": status.meaning,
        "order": status.position,
    }


def _group_body(group: CustomerGroup) -> Body:
    return {
        "id": group.id,
        "name": group.name,
        "is_default": group.is_default,
        "category_access": {"type": "all"},
        "discount_rules": [],
        "is_group_for_guests": False,
    }


def _timezone(call: Call) -> Body:
    zone: tzinfo
    try:
        zone = ZoneInfo(call.world.identity.timezone)
    except ZoneInfoNotFoundError:  # a machine without a time zone database
        zone = UTC
    now = call.world.now().astimezone(zone)
    daylight = now.dst() or timedelta()
    offset = now.utcoffset() or timedelta()
    raw_s = int((offset - daylight).total_seconds())
    return {
        "name": call.world.identity.timezone,
        "raw_offset": raw_s,
        "dst_offset": raw_s + 3600,
        "dst_correction": bool(daylight),
        "date_format": {
            "display": "M jS Y",
            "export": "M jS Y",
            "extended_display": "M jS Y @ g:i A",
        },
    }


def _features() -> Body:
    return {
        "stencil_enabled": True,
        "sitewidehttps_enabled": True,
        "facebook_catalog_id": "",
        "checkout_type": "optimized",
        "wishlists_enabled": False,
        "graphql_storefront_api_enabled": True,
        "shopper_consent_tracking_enabled": False,
        "multi_storefront_enabled": False,
        "storefront_limits": {"active": 1, "total_including_inactive": 1},
    }


ROUTES = (
    route("GET", "/v2/order_statuses", READ_ORDERS, list_statuses),
    route("GET", "/v2/order_statuses/{}", READ_ORDERS, get_status),
    route("GET", "/v2/store", READ_INFORMATION, get_store),
    route("GET", "/v2/time", READ_INFORMATION, get_time),
    route("GET", "/v2/customer_groups", READ_CUSTOMERS, list_customer_groups),
    route("GET", "/v2/customer_groups/{}", READ_CUSTOMERS, get_customer_group),
)
