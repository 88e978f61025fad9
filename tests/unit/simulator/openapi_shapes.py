"""Check an answer against BigCommerce's own OpenAPI documents."""

from __future__ import annotations

import os  # the folder is the test run's business
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

Schema = Mapping[str, Any]
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def documents() -> Path:
    """The folder of the documents; without it the test is skipped."""
    folder = os.environ.get("ORDERWARDEN_OPENAPI_DIR")  # noqa: TID251
    if not folder:
        pytest.skip("ORDERWARDEN_OPENAPI_DIR does not name the OpenAPI documents")
    return Path(folder)


@cache
def load(path: Path) -> Schema:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with path.open() as opened:
        loaded: Schema = yaml.load(opened, loader)  # noqa: S506  # both loaders are safe ones
    return loaded


def problems(document: str, method: str, path: str, status: int, body: object) -> list[str]:
    """What in `body` is not as the document says it is for this operation and status."""
    whole = load(documents() / document)
    operation = whole["paths"][path][method.lower()]
    assert str(status) in operation["responses"], f"{status} is not in the document"
    response = _follow(whole, operation["responses"][str(status)])
    content = response.get("content") or {}
    if not content:
        return [] if body is None else ["a body where the document has none"]
    schema = next(iter(content.values())).get("schema") or {}
    return list(_check(whole, schema, body, "body"))


def _check(whole: Schema, schema: Schema, value: object, at: str) -> Iterator[str]:
    schema = _follow(whole, schema)
    if value is None:
        if "type" in schema and not schema.get("nullable"):
            yield f"{at}: null"
        return
    for part in schema.get("allOf", ()):
        yield from _check(whole, part, value, at)
    for word in ("oneOf", "anyOf"):
        options = schema.get(word)
        if options and all(list(_check(whole, each, value, at)) for each in options):
            yield f"{at}: none of {word} fits {str(value)[:60]}"
    yield from _check_type(whole, schema, value, at)


def _check_type(whole: Schema, schema: Schema, value: object, at: str) -> Iterator[str]:
    kind = schema.get("type")
    is_stray_bool = isinstance(value, bool) and kind != "boolean"
    if kind and (is_stray_bool or not isinstance(value, _TYPES[kind])):
        yield f"{at}: {value!r} is no {kind}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is not one of the enumeration"
    if schema.get("format") == "date-time" and isinstance(value, str):
        datetime.fromisoformat(value)
    if isinstance(value, list) and "items" in schema:
        for index, each in enumerate(value):
            yield from _check(whole, schema["items"], each, f"{at}[{index}]")
    if isinstance(value, dict):
        yield from _check_members(whole, schema, value, at)


def _check_members(whole: Schema, schema: Schema, value: dict[str, Any], at: str) -> Iterator[str]:
    known = schema.get("properties") or {}
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{at}.{name}: missing"
    for name, each in value.items():
        if name in known:
            yield from _check(whole, known[name], each, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}.{name}: not in the document"


def _follow(whole: Schema, schema: Schema) -> Schema:
    while "$ref" in schema:
        node: Any = whole
        for part in schema["$ref"].removeprefix("#/").split("/"):
            node = node[part.replace("~1", "/").replace("~0", "~")]
        schema = node
    return schema
