"""Every request of the client, and every example answer, against the official documents.

The documents are no part of this repository: ORDERWARDEN_OPENAPI_DIR names their folder.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from contracts.store.store_doubles import (
    Canned,
    InProcess,
    a_line,
    a_store,
    a_transaction,
    an_order,
    answering,
    of_json,
)
from orderwarden.adapters.bigcommerce_store import BigCommerceStore
from requests import PreparedRequest

FOLDER = os.environ.get("ORDERWARDEN_OPENAPI_DIR", "")  # noqa: TID251 - a test's own input
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="ORDERWARDEN_OPENAPI_DIR does not name the folder of the documents"
)

Json = Any
"""A piece of a document; what it holds is for the tests to find out."""

UNDOCUMENTED = {("/orders/{order_id}/transactions", "page")}
"""Parameters the documents lack; sent only after an answer told of more pages."""

CALLS: dict[str, Callable[[BigCommerceStore, int], Any]] = {
    "order": lambda store, order_id: store.order(order_id),
    "transactions": lambda store, order_id: store.transactions(order_id),
    "products": lambda store, order_id: store.products(order_id),
    "shipments": lambda store, order_id: store.shipments(order_id),
    "statuses": lambda store, _order_id: store.statuses(),
    "put_order": lambda store, order_id: store.put_order(
        order_id, status_id=5, staff_notes="Why."
    ),
}


@dataclass(frozen=True)
class Operation:
    """What a document says of one method of one path."""

    document: Json
    template: str
    said: Json

    def resolve(self, node: Json) -> Json:
        """Follow references within the document."""
        while isinstance(node, dict) and "$ref" in node:
            steps = node["$ref"].removeprefix("#/").split("/")
            node = functools.reduce(lambda found, step: found[step], steps, self.document)
        return node

    def parameters(self, place: str) -> dict[str, Json]:
        """Return the parameters of the path and the method in one place, by name."""
        both = self.said.get("parameters", []) + self.document["paths"][self.template].get(
            "parameters", []
        )
        found = [self.resolve(parameter) for parameter in both]
        return {one["name"]: one for one in found if one["in"] == place}

    def properties(self, schema: Json) -> dict[str, Json]:
        """Return the properties of an object schema, those of its parts included."""
        schema = self.resolve(schema)
        found = dict(schema.get("properties", {}))
        for part in schema.get("allOf", []):
            found |= self.properties(part)
        return {name: self.resolve(one) for name, one in found.items()}

    def examples(self) -> Iterator[Json]:
        """Return the example bodies of the good answers."""
        content = self.resolve(self.said["responses"]["200"])["content"]["application/json"]
        for example in content.get("examples", {}).values():
            yield self.resolve(example)["value"]
        if "example" in content:
            yield content["example"]


@functools.cache
def document(version: str) -> Json:
    """Return the document of the orders API of a version."""
    name = {"v2": "orders.v2.oas2.yml", "v3": "orders.v3.yml"}[version]
    return yaml.safe_load((Path(FOLDER) / name).read_text(encoding="utf-8"))


def operation_of(request: PreparedRequest) -> Operation:
    """Return what the documents say of a request; fails where they do not know it."""
    _, stores, store, version, path = urlsplit(str(request.url)).path.split("/", 4)
    assert (stores, store) == ("stores", "abc123")
    for template, methods in document(version)["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", r"[0-9]+", re.escape(template))
        method = str(request.method).lower()
        if re.fullmatch(pattern, f"/{path}") and method in methods:
            return Operation(document(version), template, methods[method])
    raise AssertionError(f"no document knows {request.method} {request.url}")


def two_pages(request: PreparedRequest) -> Canned:
    """Answer anything, lists with a second page."""
    path, query = urlsplit(str(request.url)).path, urlsplit(str(request.url)).query
    page = int(parse_qs(query).get("page", ["1"])[0])
    if path.endswith("/transactions"):
        meta = {"pagination": {"total_pages": 2}}
        return of_json({"data": [a_transaction(page)], "meta": meta})
    if path.endswith(("/products", "/shipments")):
        return of_json([a_line(page * 100 + n) for n in range(50 if page == 1 else 1)])
    if path.endswith("/order_statuses"):
        return of_json([{"id": 7, "system_label": "Awaiting Payment"}])
    return of_json(an_order())


def requests_of(name: str) -> list[PreparedRequest]:
    """Return what one method of the client asks."""
    adapter = InProcess(two_pages)
    CALLS[name](a_store(adapter), 218)
    return adapter.requests


def test_every_method_of_the_client_is_looked_at_here() -> None:
    methods = {name for name in dir(BigCommerceStore) if not name.startswith("_")}

    assert methods - {"close"} == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_every_request_is_one_that_the_documents_know(name: str) -> None:
    for request in requests_of(name):
        operation = operation_of(request)
        documented = operation.parameters("query")

        for parameter, values in parse_qs(urlsplit(str(request.url)).query).items():
            if (operation.template, parameter) in UNDOCUMENTED:
                assert parameter not in documented  # or it is no longer undocumented
                continue
            assert documented[parameter]["schema"]["type"] in {"number", "integer"}
            assert all(value.isdigit() for value in values)


@pytest.mark.parametrize("name", CALLS)
def test_every_request_has_the_headers_that_the_documents_require(name: str) -> None:
    for request in requests_of(name):
        required = {
            header
            for header, said in operation_of(request).parameters("header").items()
            if said.get("required")
        }
        if request.body is None:
            required -= {"Content-Type"}  # asked for by one GET, which has no body to describe

        assert required <= set(request.headers)
        assert request.headers["Accept"] == "application/json"


def test_the_put_writes_what_the_documents_let_it_write() -> None:
    (request,) = requests_of("put_order")
    operation = operation_of(request)
    schema = operation.said["requestBody"]["content"]["application/json"]["schema"]
    properties = operation.properties(schema)
    body = json.loads(request.body or b"")

    assert list(body) == ["status_id", "staff_notes"]
    for name, value in body.items():
        assert not properties[name].get("readOnly")
        assert properties[name]["type"] == {int: "integer", str: "string"}[type(value)]


@pytest.mark.parametrize("name", [name for name in CALLS if name != "transactions"])
def test_every_example_answer_can_be_read(name: str) -> None:
    examples = list(operation_of(requests_of(name)[0]).examples())

    for example in examples:
        order_id = _order_id(example)
        assert CALLS[name](answering(of_json(example)), order_id).value

    assert examples


def test_a_transaction_as_its_schema_describes_it_can_be_read() -> None:
    operation = operation_of(requests_of("transactions")[0])
    content = operation.resolve(operation.said["responses"]["200"])["content"]["application/json"]
    envelope = operation.properties(content["schema"])
    said = operation.properties(envelope["data"]["items"])
    row = {name: _instance(schema) for name, schema in said.items()}

    (found,) = answering(of_json({"data": [row]})).transactions(218).value

    assert (found.event, found.status, found.id) == ("purchase", "ok", "218")


def _order_id(example: Json) -> int:
    first = example[0] if isinstance(example, list) else example
    return int(first.get("order_id", first["id"]))


def _instance(schema: Json) -> object:
    """Return a value of a schema: the first of an enumeration, or the plainest of its type."""
    if "enum" in schema:
        return schema["enum"][0]
    plain = {"string": "218", "integer": 218, "number": 21.8, "boolean": False}
    return plain.get(schema.get("type", ""))
