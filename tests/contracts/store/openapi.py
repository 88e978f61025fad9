"""The official documents of the API: which operations there are, and what goes in and out.

The documents are no part of this repository: ORDERWARDEN_OPENAPI_DIR names their folder.
"""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import yaml

FOLDER = os.environ.get("ORDERWARDEN_OPENAPI_DIR", "")  # noqa: TID251 - a test's own input

Json = Any
"""A piece of a document, or a body; what it holds is for the tests to find out."""

DOCUMENTS = {
    "v2": ("orders.v2.oas2.yml", "store_information.v2.yml"),
    "v3": (
        "orders.v3.yml",
        "webhooks.v3.yml",
        "customers.v3.yml",
        "inventory.v3.yml",
        "locations.v3.yml",
        "settings.v3.yml",
        "store_logs.v3.yml",
    ),
}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


LEFT_OPEN = {
    "status_id": 7,
    "date_created": "Tue, 05 Mar 2019 21:40:11 +0000",
    "date_modified": "Mon, 11 Mar 2019 15:17:25 +0000",
}
"""Values of an order that its schema describes in words only."""


@functools.cache
def document(name: str) -> Json:
    """Return a document."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load((Path(FOLDER) / name).read_text(encoding="utf-8"), loader)  # noqa: S506


@dataclass(frozen=True)
class Operation:
    """What a document says of one method of one path."""

    document: str
    method: str
    template: str

    @property
    def said(self) -> Json:
        """Return the operation's own part of the document."""
        return document(self.document)["paths"][self.template][self.method]

    def resolve(self, node: Json) -> Json:
        """Follow references within the document."""
        while isinstance(node, dict) and "$ref" in node:
            steps = node["$ref"].removeprefix("#/").split("/")
            whole = document(self.document)
            node = functools.reduce(
                lambda found, step: found[step.replace("~1", "/")], steps, whole
            )
        return node

    def parameters(self, place: str) -> dict[str, Json]:
        """Return the parameters of the path and the method in one place, by name."""
        both = self.said.get("parameters", []) + document(self.document)["paths"][
            self.template
        ].get("parameters", [])
        found = [self.resolve(parameter) for parameter in both]
        return {one["name"]: one for one in found if one["in"] == place}

    def body_schema(self) -> Json:
        """Return the schema of the request's body; None where there is none."""
        body = self.resolve(self.said.get("requestBody", {}))
        return body.get("content", {}).get("application/json", {}).get("schema")

    def good_contents(self) -> Iterator[Json]:
        """Return the JSON content of each good answer that has one."""
        for status, said in self.said["responses"].items():
            content = self.resolve(said).get("content", {})
            has_body = str(status) in ("200", "201")  # one 204 is shown with a body
            if has_body and "application/json" in content:
                yield content["application/json"]

    def examples(self) -> Iterator[Json]:
        """Return the example bodies of the good answers."""
        for content in self.good_contents():
            for example in content.get("examples", {}).values():
                yield self.resolve(example)["value"]
            if "example" in content:
                yield content["example"]

    def instances(self) -> Iterator[Json]:
        """Return a body made of each good answer's schema and the examples within it."""
        for content in self.good_contents():
            if "schema" in content:
                yield self.instance(content["schema"])

    def instance(self, schema: Json, deep: int = 0) -> Json:
        """Return a value of a schema: its example, or the plainest of its type."""
        schema = self.resolve(schema)
        if "example" in schema:
            return schema["example"]
        if "enum" in schema:
            return schema["enum"][0]
        merged = self.alternatives(schema)[0]
        if merged.get("type") == "array" or "items" in merged:
            return [self.instance(merged.get("items", {}), deep + 1)] if deep < 8 else []
        if merged.get("properties"):
            return {
                name: LEFT_OPEN[name] if name in LEFT_OPEN else self.instance(one, deep + 1)
                for name, one in merged["properties"].items()
            }
        plain = {"string": "218", "integer": 218, "number": 21.8, "boolean": False, "object": {}}
        return plain.get(merged.get("type", ""))

    def alternatives(self, schema: Json) -> list[Json]:
        """Return the schema without allOf, anyOf and oneOf: each way in which they combine."""
        schema = self.resolve(schema)
        own = {name: said for name, said in schema.items() if name not in WORDS}
        parts = [[own]]
        parts += [self.alternatives(one) for one in schema.get("allOf", [])]
        for word in ("anyOf", "oneOf"):
            if schema.get(word):
                parts.append([each for one in schema[word] for each in self.alternatives(one)])
        return [functools.reduce(_merged, choice) for choice in product(*parts)]

    def problems(self, schema: Json, value: Json, at: str = "body") -> list[str]:
        """Return what in a request's value the schema does not allow; read-only counts."""
        ways = [list(self._problems(way, value, at)) for way in self.alternatives(schema)]
        return min(ways, key=len)

    def _problems(self, schema: Json, value: Json, at: str) -> Iterator[str]:
        kind = schema.get("type")
        if value is None and schema.get("nullable"):
            return
        is_stray_bool = isinstance(value, bool) and kind != "boolean"
        if kind and (is_stray_bool or not isinstance(value, TYPES[kind])):
            yield f"{at}: {value!r} is no {kind}"
        elif "enum" in schema and value not in schema["enum"]:
            yield f"{at}: {value!r} is not listed"
        elif isinstance(value, str) and not _fits(schema, value):
            yield f"{at}: {len(value)} characters"
        elif isinstance(value, list):
            for index, each in enumerate(value):
                yield from self.problems(schema.get("items", {}), each, f"{at}[{index}]")
        elif isinstance(value, dict):
            yield from self._problems_of_members(schema, value, at)

    def _problems_of_members(self, schema: Json, value: Json, at: str) -> Iterator[str]:
        known = schema.get("properties", {})
        yield from (
            f"{at}.{name}: missing" for name in schema.get("required", []) if name not in value
        )
        if not known and schema.get("additionalProperties", True):
            return  # an object of any fields
        for name, each in value.items():
            said = self.resolve(known.get(name, {}))
            if name not in known:
                yield f"{at}.{name}: not in the document"
            elif said.get("readOnly"):
                yield f"{at}.{name}: read-only"
            else:
                yield from self.problems(said, each, f"{at}.{name}")

    def query_problems(self, url: str) -> Iterator[str]:
        """Return what in a request's query the document does not allow."""
        known = self.parameters("query")
        for name, text in parse_qsl(
            urlsplit(url).query.replace("+", "%2B"), keep_blank_values=True
        ):
            if name not in known:
                yield f"{name}: not in the document"
                continue
            schema = self.resolve(known[name].get("schema", {}))
            if schema.get("type") == "array":
                items = self.resolve(schema.get("items", {}))
                for each in text.split(","):
                    yield from self._problems(items, _read(items, each), name)
            else:
                yield from self._problems(schema, _read(schema, text), name)


WORDS = ("allOf", "anyOf", "oneOf")


@functools.cache
def operations() -> list[tuple[str, Operation]]:
    """Return every operation of the documents with its version."""
    return [
        (version, Operation(name, method, template))
        for version, names in DOCUMENTS.items()
        for name in names
        for template, methods in document(name)["paths"].items()
        for method in methods
        if method != "parameters"
    ]


def operation_of(method: str, url: str) -> Operation | None:
    """Return what the documents say of a request; None where they do not know it.

    A template without parameters wins, as `/hooks/admin` over `/hooks/{webhook_id}`.
    """
    _, _, _, version, path = urlsplit(url).path.split("/", 4)
    found = [
        operation
        for known, operation in operations()
        if (known, operation.method) == (version, method.lower())
        and re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(operation.template)), f"/{path}")
    ]
    return min(found, key=lambda operation: operation.template.count("{"), default=None)


def _merged(one: Json, other: Json) -> Json:
    both = {**one, **other}
    for word in ("properties", "required"):
        if word in one and word in other:
            is_list = isinstance(one[word], list)
            both[word] = one[word] + other[word] if is_list else {**one[word], **other[word]}
    return both


def _fits(schema: Json, text: str) -> bool:
    least, most = schema.get("minLength", 0), schema.get("maxLength", len(text))
    return int(least) <= len(text) <= int(most)


def _read(schema: Json, text: str) -> Json:
    """Return a query's value in the type that the document gives it, if it is of that type."""
    kind = schema.get("type")
    if kind == "integer" and re.fullmatch("-?[0-9]+", text):
        return int(text)
    if kind == "number" and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return float(text)
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    return text
