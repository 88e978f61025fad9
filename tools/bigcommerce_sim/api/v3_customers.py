"""`/v3/customers`."""

from bigcommerce_sim.api.access import READ_CUSTOMERS
from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.cursors import CURSORS, cursor_list
from bigcommerce_sim.api.routing import route
from bigcommerce_sim.api.v3_filters import (
    Filters,
    date_from,
    date_is,
    date_to,
    number_in,
    passing,
    read_tests,
    text_in,
)
from bigcommerce_sim.exchange import Response
from bigcommerce_sim.world.customers import Customer
from bigcommerce_sim.world.dates import iso8601
from bigcommerce_sim.world.refusal import unprocessable

_FILTERS: Filters[Customer] = {
    "id:in": number_in(lambda each: each.id),
    "customer_group_id:in": number_in(lambda each: each.group_id),
    "email:in": text_in(lambda each: each.email),
    "name:in": text_in(lambda each: f"{each.first_name} {each.last_name}"),
    "name:like": lambda text: lambda each: text.lower() in _name(each),
    "company:in": text_in(lambda each: each.company),
    "phone:in": text_in(lambda each: each.phone),
    "registration_ip_address:in": text_in(lambda _each: ""),
    "date_created": date_is(lambda each: each.created_at),
    "date_modified": date_is(lambda each: each.created_at),
    "date_created:min": date_from(lambda each: each.created_at),
    "date_created:max": date_to(lambda each: each.created_at),
    "date_modified:min": date_from(lambda each: each.created_at),
    "date_modified:max": date_to(lambda each: each.created_at),
}
_SHAPE = CURSORS | {"include", "sort"}
_SORTS = frozenset({"date_created", "date_modified", "last_name"})


def list_customers(call: Call) -> Response:
    """Return one page of customers."""
    rows = passing(list(call.world.customers), read_tests(call, _FILTERS, also=_SHAPE))
    name, _, direction = call.query.get("sort", "").partition(":")
    if name:
        if name not in _SORTS or direction not in ("asc", "desc"):
            raise unprocessable({"sort": "error.expected.validvalue"})
        rows.sort(
            key=lambda each: (
                each.last_name if name == "last_name" else each.created_at.isoformat(),
                each.id,
            ),
            reverse=direction == "desc",
        )
    return cursor_list(call, rows, _body)


def _name(customer: Customer) -> str:
    return f"{customer.first_name} {customer.last_name}".lower()


def _body(customer: Customer) -> JsonObject:
    created = iso8601(customer.created_at)
    return {
        "id": customer.id,
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "company": customer.company,
        "phone": customer.phone,
        "registration_ip_address": "",
        "notes": "",
        "tax_exempt_category": "",
        "customer_group_id": customer.group_id,
        "date_created": created,
        "date_modified": created,
        "address_count": 0,
        "attribute_count": 0,
        "authentication": {"force_password_reset": False},
        "accepts_product_review_abandoned_cart_emails": False,
        "origin_channel_id": 1,
        "channel_ids": [1],
    }


ROUTES = (route("GET", "/v3/customers", READ_CUSTOMERS, list_customers),)
