"""Whatever comes in, the store answers for itself: never a 5xx of its own accord."""

from __future__ import annotations

import json

import pytest
from bigcommerce_sim import Request
from bigcommerce_sim.api.routes import TABLE
from bigcommerce_sim.api.routing import Route
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.simulator.calls import JSON_HEADERS, Sim

NAMES = (
    "status_id", "staff_notes", "products", "fees", "billing_address", "shipping_addresses",
    "consignments", "is_deleted", "date_created", "discount_amount", "total_inc_tax",
    "total_ex_tax", "items", "order_address_id", "tracking_number", "payments", "quantity",
    "tax_adjustment_amount", "merchant_calculated_override", "scope", "destination", "headers",
    "is_active", "emails", "permission_set", "namespace", "key", "value", "resource_id", "id",
    "notifications", "order_id", "pickup_method_id", "pickup_items", "ready_at", "item_type",
    "item_id", "amount", "order_product_id", "product_id", "name", "price_inc_tax", "zip",
    "price_ex_tax", "provider_id", "adjustments", "sku", "location_id", "variant_id",
)  # fmt: skip
WEIRD = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(("PRODUCT", "ORDER", "1e999999", "store/order/*", "2026-01-05", "\ud800"))
    | st.sampled_from((0, 1, 11, 100, 101, 3011, 5001011))
)
VALUES = st.recursive(
    WEIRD,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)
    ),
    max_leaves=8,
)
QUERY_NAMES = (
    "status_id", "min_id", "limit", "page", "sort", "min_date_created", "include", "id:in",
    "after", "before", "min_total", "is_deleted", "created:min", "module", "severity",
    "direction", "include_fields", "key:in", "email", "variant_id:in", "details", "status",
)  # fmt: skip
QUERY_VALUES = ("", "-1", "1", "9" * 400, "NaN", "inf", "x", "%ff", "2026-13-01", "1,,2", "a:desc")


def a_lived_store() -> Sim:
    sim = Sim(orders=3)
    for order_id in (101, 102):
        sim.store.shopper.authorise(order_id)
    sim.hook()
    return sim


SIM = a_lived_store()


def fill(pattern: str, number: int) -> str:
    return pattern.replace("([0-9]{1,18})", str(number)).replace("_?", "_")


@settings(
    max_examples=250, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
@given(
    route=st.sampled_from(TABLE),
    number=st.sampled_from((0, 1, 100, 101, 102, 3011, 10**17)),
    body=st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=6) | VALUES,
    query=st.dictionaries(st.sampled_from(QUERY_NAMES), st.sampled_from(QUERY_VALUES), max_size=3),
)
def test_no_body_and_no_query_makes_it_fail(
    route: Route, number: int, body: object, query: dict[str, str]
) -> None:
    path = "/stores/abc123" + fill(route.pattern.pattern, number)
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    encoded = json.dumps(body).encode()

    answer = SIM.store.handle(Request(route.method, path, asked, JSON_HEADERS, encoded))

    # 503 is what a second refund gets while one is under way
    assert answer.status < 500 or (answer.status == 503 and "refunds" in path)
    if answer.body:
        json.loads(answer.body)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"x"',
        b"[" * 100_000,
        b'{"status_id":' + b"9" * 5000 + b"}",
        b'{"status_id":1e400}',
        b'{"status_id":Infinity}',
        b'{"staff_notes":"\\ud800"}\x00',
    ],
)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v2/orders/100"),
        ("POST", "/v2/orders"),
        ("POST", "/v2/orders/100/shipments"),
        ("POST", "/v3/hooks"),
        ("POST", "/v3/orders/100/payment_actions/refunds"),
        ("DELETE", "/v3/orders/metafields"),
    ],
)
def test_a_body_that_is_no_proper_json_is_a_client_error(
    method: str, path: str, raw: bytes
) -> None:
    answer = SIM.call(method, path, raw=raw)

    assert 400 <= answer.status < 500


ODD_PATHS = (
    "/", "/v2", "/v2/", "/v2/orders/", "//v2/orders", "/v2/orders/1/../2", "/v2/orders/\uff11",
    "/v2/orders/0x1", "/v4/orders", "/v2/orders/%00", "/v2/orders/" + "9" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("path", ODD_PATHS, ids=lambda path: path[:20])
def test_an_odd_path_is_not_found(path: str) -> None:
    assert SIM.get(path).status == 404


def test_odd_headers_do_no_harm() -> None:
    for headers in ({"x-auth-token": "\x00"}, {"accept": "é"}, {"content-type": ";;;"}):
        answer = SIM.put("/v2/orders/100", {"staff_notes": "x"}, headers=headers)
        assert 400 <= answer.status < 500
