"""Every request of the client, and every example answer, against the official documents."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from contracts.store.client_calls import ALL_CALLS, CALLS, Call, Ids
from contracts.store.openapi import FOLDER, Json, Operation, operation_of
from contracts.store.plausible_answers import Responder, nothing_there, two_pages
from contracts.store.store_doubles import Canned, InProcess, a_store, of_json
from orderwarden.adapters.bigcommerce_store import BigCommerceReader, BigCommerceStore
from orderwarden.domain.order import whole
from orderwarden.domain.order_filter import OrderFilter
from orderwarden.domain.refunding import RefundFilter
from orderwarden.errors import OrderwardenError
from requests import PreparedRequest

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="ORDERWARDEN_OPENAPI_DIR does not name the folder of the documents"
)

ELSEWHERE = {("GET", "/v2/customer_groups")}
"""In the document of the customers of v2, which is not among those at hand."""

UNDOCUMENTED = {
    # sent only after an answer told of more pages
    ("/orders/{order_id}/transactions", "page"),
    ("/orders/{order_id}/payment_actions/refunds", "page"),
}

DISAGREEMENTS = {
    # Typed as one whole number, and described as a list of them separated by commas.
    ("/inventory/items", "variant_id:in: '74,75' is no integer"),
    ("/inventory/items", "product_id:in: '111,112' is no integer"),
    ("/inventory/items", "location_id:in: '1,2' is no integer"),
    # The values listed have no direction, and the text adds it.
    ("/orders", "sort: 'date_modified:desc' is not listed"),
}
"""Where a request is as one part of the documents says, and not as another does."""

EXAMPLE_CALLS: Mapping[str, Call] = {
    **ALL_CALLS,
    "orders": lambda store, _ids: store.orders(OrderFilter()),
    "order_pages": lambda store, _ids: list(store.order_pages(OrderFilter())),
    "every_order": lambda store, _ids: list(store.every_order(OrderFilter())),
    "every_refund": lambda store, _ids: list(store.every_refund(RefundFilter())),
}


def requests_of(name: str, responder: Responder) -> list[PreparedRequest]:
    """Return what one method of the client asks."""
    adapter = InProcess(responder)
    with suppress(OrderwardenError):
        ALL_CALLS[name](a_store(adapter), Ids())
    return adapter.requests


def all_requests(name: str) -> list[PreparedRequest]:
    """Return what one method asks where there are two pages of everything, or nothing."""
    return [*requests_of(name, two_pages), *requests_of(name, nothing_there)]


def documented(name: str) -> Iterator[tuple[PreparedRequest, Operation]]:
    """Return the requests of one method with what the documents say of each."""
    for request in all_requests(name):
        path = urlsplit(str(request.url)).path.removeprefix("/stores/abc123")
        operation = operation_of(str(request.method), str(request.url))
        if operation is None:
            assert (request.method, path) in ELSEWHERE, f"no document knows {request.url}"
        else:
            yield request, operation


def test_every_method_of_the_client_is_looked_at_here() -> None:
    methods = {
        name
        for name, member in inspect.getmembers(BigCommerceStore, callable)
        if not name.startswith("_")
    }

    assert methods - {"allowance", "close", "telling"} == set(CALLS)


@pytest.mark.parametrize("name", ALL_CALLS)
def test_a_call_ends_well_when_the_store_answers_well(name: str) -> None:
    ALL_CALLS[name](a_store(InProcess(two_pages)), Ids())


@pytest.mark.parametrize("name", ALL_CALLS)
def test_every_query_is_one_that_the_documents_know(name: str) -> None:
    problems = {
        (operation.template, problem)
        for request, operation in documented(name)
        for problem in operation.query_problems(str(request.url))
    }

    known = {(template, f"{name}: not in the document") for template, name in UNDOCUMENTED}
    assert problems - DISAGREEMENTS - known == set()


@pytest.mark.parametrize("name", ALL_CALLS)
def test_every_body_is_one_that_the_documents_know(name: str) -> None:
    for request, operation in documented(name):
        schema = operation.body_schema()

        if request.body is None:
            assert schema is None
        else:
            assert operation.problems(schema, json.loads(request.body)) == []


@pytest.mark.parametrize("name", ALL_CALLS)
def test_every_request_has_the_headers_that_the_documents_require(name: str) -> None:
    for request, operation in documented(name):
        required = {
            header
            for header, said in operation.parameters("header").items()
            if said.get("required")
        }

        assert required <= set(request.headers)
        assert request.headers["Accept"] == "application/json"


def test_no_disagreement_is_listed_that_is_none() -> None:
    problems = {
        (operation.template, problem)
        for name in ALL_CALLS
        for request, operation in documented(name)
        for problem in operation.query_problems(str(request.url))
    }

    assert problems == DISAGREEMENTS | {
        (template, f"{name}: not in the document") for template, name in UNDOCUMENTED
    }


@pytest.mark.parametrize("name", ALL_CALLS)
def test_every_example_answer_can_be_read(name: str) -> None:
    """Those that the documents give, and one made of each schema."""
    for operation in dict.fromkeys(operation for _, operation in documented(name)):
        for body in [*operation.examples(), *operation.instances()]:
            responder = Example(operation, body)

            EXAMPLE_CALLS[name](a_store(InProcess(responder)), Ids(order_id=order_of(body)))

            assert responder.was_shown


class Example:
    """Answers one operation with an example, once, and everything else as it should be."""

    def __init__(self, operation: Operation, body: Json) -> None:
        self.was_shown = False
        self._operation = operation
        self._body = body

    def __call__(self, request: PreparedRequest) -> Canned:
        operation = operation_of(str(request.method), str(request.url))
        if operation == self._operation and not self.was_shown:
            self.was_shown = True
            return of_json(self._body)
        return nothing_there(request) if self._operation.method == "post" else two_pages(request)


def order_of(body: Json) -> int:
    """Return the order that an example is about."""
    found = body.get("data", body) if isinstance(body, dict) else body
    row = (found or [{}])[0] if isinstance(found, list) else found
    keys = ("order_id", "resource_id", "id") if isinstance(row, dict) else ()
    ids = (whole(row.get(key)) for key in keys)
    return next((each for each in ids if each is not None), 218)


def test_the_read_only_client_has_no_method_that_writes() -> None:
    reads = {name for name in CALLS if hasattr(BigCommerceReader, name)}

    methods = {request.method for name in reads for request in requests_of(name, two_pages)}

    assert methods == {"GET"}
    assert {"put_order", "create_hook", "refund_quote", "capture"}.isdisjoint(reads)


def test_what_the_documents_do_not_allow_is_seen() -> None:
    address = "https://api.example.com/stores/abc123/v2/orders"
    put, listing = operation_of("PUT", f"{address}/218"), operation_of("GET", address)
    assert put is not None
    assert listing is not None

    body = {"external_id": "E-1", "status": "Shipped", "staff_notes": 5, "channel_id": True}
    in_body = put.problems(put.body_schema(), body)
    in_query = list(listing.query_problems(f"{address}?status_id=7,11&sort=id:asc&ids=3&page=2"))

    assert in_body == [
        "body.external_id: read-only",
        "body.status: not in the document",
        "body.staff_notes: 5 is no string",
        "body.channel_id: True is no integer",
    ]
    assert in_query == [
        "status_id: '7,11' is no integer",
        "sort: 'id:asc' is not listed",
        "ids: not in the document",
    ]
    assert operation_of("GET", f"{address}/218/transactions") is None
    assert operation_of("PATCH", address) is None
