"""Every answer that the documents name, good or not, is taken for what it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from contracts.store.client_calls import ALL_CALLS, Ids
from contracts.store.openapi import FOLDER, Json, Operation, operation_of
from contracts.store.plausible_answers import nothing_there, two_pages
from contracts.store.store_doubles import Canned, InProcess, a_store, of_json
from contracts.store.test_store_openapi import EXAMPLE_CALLS, documented, order_of
from orderwarden.adapters.bigcommerce_errors import MEANINGS, Meaning
from orderwarden.errors import (
    OrderwardenError,
    Refused,
    StoreUnauthorised,
    TryAgain,
)
from requests import PreparedRequest

pytestmark = pytest.mark.skipif(
    not FOLDER, reason="ORDERWARDEN_OPENAPI_DIR does not name the folder of the documents"
)

KINDS: dict[Meaning, type[OrderwardenError]] = {
    Meaning.UNAUTHORISED: StoreUnauthorised,
    Meaning.ABSENT: Refused,
    Meaning.REFUSED: Refused,
    Meaning.UNCLEAR: TryAgain,
}
"""What the errors that the documents name are raised as."""


class Said(NamedTuple):
    """One answer of the documents; None is no body."""

    operation: Operation
    status: int
    body: Json


def said_of(name: str) -> Iterator[Said]:
    """Return every answer that the documents name for what a method asks."""
    for operation in dict.fromkeys(operation for _, operation in documented(name)):
        for status, response in operation.said["responses"].items():
            content = operation.resolve(response).get("content", {}).get("application/json", {})
            examples = content.get("examples", {}).values()
            bodies = [operation.resolve(each)["value"] for each in examples]
            bodies += [content["example"]] if "example" in content else []
            bodies += [operation.instance(content["schema"])] if "schema" in content else []
            for body in bodies or [None]:
                yield Said(operation, int(status), None if int(status) == 204 else body)


def is_error(name: str, said: Said) -> bool:
    """Return whether an answer ends the call; some are part of a longer way."""
    if said.status < 300:
        return False
    is_done_in_part = said.status == 422 and said.operation.template == "/orders/metafields"
    is_made_anew = name == "write_metafield" and said.status == 404
    return not is_done_in_part and not is_made_anew


def has_words(body: Json) -> bool:
    """Return whether an error's body holds words for a person; one is a bare `errors: {}`."""
    return any(f'"{key}": "' in json.dumps(body) for key in ("title", "message", "error"))


class Once:
    """Answers one operation as the documents say, once, and everything else as it should be."""

    def __init__(self, said: Said) -> None:
        self.was_said = False
        self._said = said
        self._otherwise = nothing_there if said.operation.method == "post" else two_pages

    def __call__(self, request: PreparedRequest) -> Canned:
        operation = operation_of(str(request.method), str(request.url))
        if self.was_said or operation != self._said.operation:
            return self._otherwise(request)
        self.was_said = True
        status, body = self._said.status, self._said.body
        return Canned(status) if body is None else of_json(body, status)


@pytest.mark.parametrize("name", ALL_CALLS)
def test_every_documented_success_is_one(name: str) -> None:
    good = [said for said in said_of(name) if said.status < 300]

    for said in good:
        once = Once(said)
        EXAMPLE_CALLS[name](a_store(InProcess(once)), Ids(order_id=order_of(said.body)))
        assert once.was_said


@pytest.mark.parametrize("name", ALL_CALLS)
def test_every_documented_error_is_raised_with_its_words(name: str) -> None:
    for said in [said for said in said_of(name) if is_error(name, said)]:
        once = Once(said)

        with pytest.raises(OrderwardenError) as raised:
            EXAMPLE_CALLS[name](a_store(InProcess(once)), Ids())

        is_contended = name == "write_metafield" and said.status == 409
        kind = TryAgain if is_contended else KINDS[MEANINGS[said.status]]
        assert isinstance(raised.value, kind)
        words = getattr(raised.value, "message", raised.value.detail)
        assert bool(words) is has_words(said.body)
