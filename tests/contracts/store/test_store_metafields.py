"""Texts kept with orders: written once each, whoever else writes, and in batches."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest
from contracts.store.client_calls import MARK
from contracts.store.store_doubles import (
    TOKEN,
    Canned,
    InProcess,
    a_store,
    answering,
    body_of,
    of_json,
    written,
)
from orderwarden.domain.metafield_changes import BatchProblem, BatchResult, NewMetafield
from orderwarden.errors import AnswerLost, NotFound, Refused, TryAgain
from requests import PreparedRequest


class Metafields:
    """The metafields of order 218 as the store keeps them; one of them cannot be written."""

    def __init__(
        self, *rows: dict[str, object], put_status: int = 200, post_status: int = 200
    ) -> None:
        self.rows = list(rows)
        self.put_status = put_status
        self.post_status = post_status
        self.calls: list[str] = []

    def __call__(self, request: PreparedRequest) -> Canned:
        method, path = str(request.method), urlsplit(str(request.url)).path
        self.calls.append(method)
        if method == "GET":
            return of_json({"data": self.rows})
        status = self.post_status
        if method == "PUT":
            status = self.put_status if path.endswith("/5") else 200
        if status != 200:
            return of_json({"status": status, "title": f"No {method}"}, status)
        return of_json({"data": {**body_of(request), "id": 6, "resource_id": 218}})


def a_metafield(metafield_id: int, **fields_of: object) -> dict[str, object]:
    """Return a metafield of the name of MARK."""
    row = {"namespace": "orderwarden", "key": "keep_until", "value": "2026-11-01"}
    return {"id": metafield_id, "resource_id": 218, **row, **fields_of}


def test_a_metafield_that_is_not_there_is_made() -> None:
    store = Metafields(a_metafield(5, key="KEEP_UNTIL"))

    made = a_store(InProcess(store)).write_metafield(218, MARK).value

    assert store.calls == ["GET", "POST"]
    assert (made.id, made.value, made.order_id) == (6, "2026-12-24", 218)


def test_a_metafield_that_is_there_is_changed() -> None:
    store = Metafields(a_metafield(5))

    changed = a_store(InProcess(store)).write_metafield(218, MARK).value

    assert store.calls == ["GET", "PUT"]
    assert changed.value == "2026-12-24"


@pytest.mark.parametrize("status", [403, 404])
def test_a_metafield_of_another_app_or_one_just_deleted_does_not_keep_us_from_making_ours(
    status: int,
) -> None:
    store = Metafields(a_metafield(5), put_status=status)

    a_store(InProcess(store)).write_metafield(218, MARK)

    assert store.calls == ["GET", "PUT", "POST"]


def test_ours_is_changed_beside_that_of_another_app() -> None:
    store = Metafields(a_metafield(5), a_metafield(6), put_status=403)

    a_store(InProcess(store)).write_metafield(218, MARK)

    assert store.calls == ["GET", "PUT", "PUT"]


@pytest.mark.parametrize("status", [400, 405, 409, 413, 422])
def test_a_change_that_is_refused_for_good_is_not_tried_another_way(status: int) -> None:
    store = Metafields(a_metafield(5), put_status=status, post_status=409)

    with pytest.raises(Refused, match="No PUT") as raised:
        a_store(InProcess(store)).write_metafield(218, MARK)

    assert raised.value.http_status == status
    assert store.calls == ["GET", "PUT"]


@pytest.mark.parametrize("status", [429, 503])
def test_a_change_that_fails_for_now_is_not_made_anew(status: int) -> None:
    store = Metafields(a_metafield(5), put_status=status)

    with pytest.raises(TryAgain):
        a_store(InProcess(store)).write_metafield(218, MARK)

    assert store.calls == ["GET", "PUT"]


@pytest.mark.parametrize("rows", [[], [a_metafield(5)]], ids=["made", "deleted and made again"])
def test_a_metafield_that_another_worker_made_meanwhile_is_tried_again(
    rows: list[dict[str, object]],
) -> None:
    store = Metafields(*rows, put_status=404, post_status=409)

    with pytest.raises(TryAgain, match="metafield_contended") as raised:
        a_store(InProcess(store)).write_metafield(218, MARK)

    assert (raised.value.http_status, raised.value.detail) == (409, "No POST")


@pytest.mark.parametrize(
    "row",
    [a_metafield(5), a_metafield(5, key="KEEP_UNTIL")],
    ids=["of another app", "in capitals"],
)
def test_what_stays_in_the_way_refuses_ours_for_good(row: dict[str, object]) -> None:
    store = Metafields(row, put_status=403, post_status=409)

    with pytest.raises(Refused, match="No POST"):
        a_store(InProcess(store)).write_metafield(218, MARK)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"namespace": ""}, "namespace must have 1 to 64 characters"),
        ({"namespace": "n" * 65}, "namespace must have 1 to 64 characters"),
        ({"key": ""}, "key must have 1 to 64 characters"),
        ({"key": "k" * 65}, "key must have 1 to 64 characters"),
        ({"value": ""}, "value must have 1 to 65535 characters"),
        ({"value": "v" * 65_536}, "value must have 1 to 65535 characters"),
        ({"description": "d" * 256}, "description must have at most 255 characters"),
    ],
)
def test_a_metafield_that_the_store_would_refuse_cannot_be_named(
    given: dict[str, str], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        replace(MARK, **given)  # type: ignore[arg-type]


def test_a_metafield_of_the_greatest_lengths_is_written_as_it_is() -> None:
    longest = NewMetafield("n" * 64, "ü" * 64, "v" * 65_535, description="d" * 255)
    store = Metafields()

    made = a_store(InProcess(store)).write_metafield(218, longest).value

    assert (made.namespace, made.key, made.value) == ("n" * 64, "ü" * 64, "v" * 65_535)
    assert made.raw["description"] == "d" * 255


def test_a_metafield_that_is_gone_is_not_found() -> None:
    with pytest.raises(NotFound):
        answering(of_json({"status": 404, "title": "Not found"}, 404)).delete_metafield(218, 6)


def test_a_batch_of_which_something_failed_tells_what_was_done() -> None:
    error = {"status": 422, "title": "Bulk operation has failed", "errors": {"1": "Not yours"}}
    body = {"data": [{"id": 6}], "errors": [error], "meta": {"success": 1, "failed": 1}}

    answer = answering(of_json(body, 422)).create_metafields([(218, MARK), (219, MARK)])

    assert answer.value == BatchResult((6,), (BatchProblem("1", "Not yours"),))


def test_a_batch_names_the_order_of_each_metafield_it_makes() -> None:
    request = written(
        lambda store: store.create_metafields([(218, MARK), (219, MARK)]), {"data": [{"id": 6}]}
    )

    assert [row["resource_id"] for row in json.loads(request.body or b"")] == [218, 219]


def test_a_batch_of_which_every_row_failed_tells_why_of_each() -> None:
    first = {"title": "Bulk", "errors": {"0": "jane@example.com is nobody", "2": [TOKEN, "No"]}}
    second = {"status": 422, "title": "Bulk operation has failed", "errors": {}}
    third = {"title": "Bulk", "errors": {"7": {"sku": "odd"}}}
    body = {"data": [], "errors": [first, second, third]}

    answer = answering(of_json(body, 422)).update_metafields({6: MARK})

    assert answer.value.done == ()
    assert [(each.row, each.words) for each in answer.value.problems] == [
        ("0", "[e-mail] is nobody"),
        ("2", "[secret] / No"),
        ("", "Bulk operation has failed"),
        ("7", "Bulk"),
    ]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"status": 422, "title": "Too many", "type": "x"}', "Too many"),
        (b'{"title": "Too many", "errors": {"body": "why"}}', "Too many / body: why"),
        (b'[{"status": 422, "message": "Too many"}]', "Too many"),
    ],
)
@pytest.mark.parametrize(
    "batch",
    [
        lambda store: store.create_metafields([(218, MARK)]),
        lambda store: store.update_metafields({6: MARK}),
        lambda store: store.delete_metafields([6]),
    ],
    ids=["create", "update", "delete"],
)
def test_a_batch_that_is_refused_as_a_whole_is_refused(
    batch: Callable[[Any], object], body: bytes, words: str
) -> None:
    with pytest.raises(Refused) as raised:
        batch(answering(Canned(422, body)))

    assert (raised.value.http_status, raised.value.message) == (422, words)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b'{"data": [6',
        b"<h1>Too many</h1>",
        b'{"data": [{"id": 6}], "errors": [], "meta": {}}',
        b"[]",
        b"null",
    ],
)
def test_a_batch_of_which_nobody_tells_what_failed_may_have_been_made_in_part(
    body: bytes,
) -> None:
    with pytest.raises(AnswerLost, match="nonsense_answer"):
        answering(Canned(422, body)).create_metafields([(218, MARK)])


def test_metafields_that_were_deleted_are_told_by_their_ids() -> None:
    request = written(lambda store: store.delete_metafields([6, 7]), {"data": [6, 7]})
    answer = answering(of_json({"data": [6, 7], "errors": [], "meta": {}})).delete_metafields([6])

    assert request.body == b"[6, 7]"
    assert (answer.value.done, answer.value.problems) == ((6, 7), ())
