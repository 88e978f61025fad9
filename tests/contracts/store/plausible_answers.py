"""Answers that every call of the client takes, whatever it asks."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from contracts.store.client_calls import NOON
from contracts.store.store_doubles import Canned, of_json
from requests import PreparedRequest

Responder = Callable[[PreparedRequest], Canned]


def a_row(number: int, order_id: int = 218) -> dict[str, object]:
    """Return a row that is one of any list."""
    at = NOON.strftime("%a, %d %b %Y %H:%M:%S +0000")
    return {
        "id": str(number),
        "order_id": order_id,
        "resource_id": order_id,
        "status_id": 7,
        "date_created": at,
        "date_modified": at,
        "type": "physical",
        **dict.fromkeys(("quantity", "quantity_shipped", "quantity_refunded"), 1),
        "namespace": "orderwarden",
        "key": "keep_until",
        "value": "2026-12-24",
        "event": "purchase",
        "status": "ok",
        "system_label": "Awaiting Payment",
        "name": "Wholesale",
        "identity": {"variant_id": number, "product_id": number},
        "scope": "store/order/*",
        "destination": "https://hooks.example.com/in",
        "count": 3,
        "time": 1_529_512_970,
        "update_stock_behavior": "order_placed",
        "pickups": [],
        "hooks_list": [],
        **dict.fromkeys(("total_refund_amount", "total_refund_tax_amount"), 1.5),
    }


def two_pages(request: PreparedRequest) -> Canned:
    """Answer anything; every list has a second page."""
    parts = urlsplit(str(request.url))
    query = parse_qs(parts.query)
    page = int(query.get("page", ["1"])[0])
    is_single = request.method != "GET" or parts.path.endswith(("/admin", "/settings/inventory"))
    if request.method == "DELETE":
        return Canned(204) if request.body is None else of_json({"data": [6]})
    if "/v3/" in parts.path:
        meta = {"pagination": {"total_pages": 2}}
        order = re.search("/orders/([0-9]+)/", parts.path)
        row = a_row(6 if is_single else page, int(order[1]) if order else 218)
        return of_json({"data": row if is_single else [row], "meta": meta})
    if "limit" not in query and not parts.path.endswith("/order_statuses"):
        return of_json(a_row(218))
    first = int(query["min_id"][0]) if "min_id" in query else page * 100
    return of_json([a_row(first + n) for n in range(50 if first in (1, 100) else 1)])


def nothing_there(request: PreparedRequest) -> Canned:
    """Answer every question with nothing."""
    return Canned(204) if request.method == "GET" else two_pages(request)
