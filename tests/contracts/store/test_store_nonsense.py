"""A 200 that makes no sense is no answer: never an empty list, never a write that was made."""

from __future__ import annotations

import io
import json

import pytest
from contracts.store.store_doubles import (
    READS,
    Canned,
    InProcess,
    a_line,
    a_store,
    a_transaction,
    an_order,
    answering,
    of_json,
)
from fakes import TurnableClock
from orderwarden.errors import (
    AnswerLost,
    TryAgain,
)
from requests import PreparedRequest

NONSENSE: dict[str, bytes] = {
    "html": b"<html><body>We will be back soon</body></html>",
    "truncated": b'{"id": 218, "status_id": 7, "date_cre',
    "empty": b"",
    "blank": b"  \n",
    "null": b"null",
    "text": b'"218"',
    "number": b"218",
    "nan": b'[{"id": NaN}]',
    "not utf-8": b'{"id": 218, "staff_notes": "\xff\xfe\xfa"}',
    "array of nothing": b"[null]",
    "array of arrays": b"[[], []]",
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "long number": b'{"id": ' + b"9" * 10_000 + b"}",
    "object without anything": b"{}",
    "data that is no array": b'{"data": {"id": 1}}',
    "an error within a 200": b'{"data": [{"status": 500, "title": "Oops"}]}',
}


@pytest.mark.parametrize("resource", list(READS))
@pytest.mark.parametrize("kind", list(NONSENSE))
def test_nonsense_within_a_200_is_no_answer(resource: str, kind: str) -> None:
    store = answering(Canned(200, NONSENSE[kind]))

    with pytest.raises(TryAgain) as raised:
        READS[resource](store)

    assert (raised.value.reason, raised.value.http_status) == ("nonsense_answer", 200)
    assert not isinstance(raised.value, AnswerLost)


@pytest.mark.parametrize("kind", list(NONSENSE))
def test_after_a_put_nonsense_leaves_open_whether_it_was_made(kind: str) -> None:
    with pytest.raises(AnswerLost) as raised:
        answering(Canned(200, NONSENSE[kind])).put_order(218, status_id=5)

    assert raised.value.reason == "nonsense_answer"


@pytest.mark.parametrize("resource", ["order", "statuses"])
def test_no_content_is_no_answer_where_there_must_be_some(resource: str) -> None:
    with pytest.raises(TryAgain, match="nonsense_answer"):
        READS[resource](answering(Canned(204)))


def test_no_content_after_a_put_leaves_open_whether_it_was_made() -> None:
    with pytest.raises(AnswerLost, match="nonsense_answer"):
        answering(Canned(204)).put_order(218, status_id=5)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_know_makes_the_whole_body_nonsense(number: str) -> None:
    body = json.dumps(an_order(total_inc_tax=0)).replace("0}", f"{number}}}")
    assert number in body

    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(Canned(200, body.encode())).order(218)


def test_an_empty_list_of_statuses_is_no_answer() -> None:
    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(of_json([])).statuses()


def test_the_body_of_another_order_is_no_answer() -> None:
    store = answering(of_json(an_order(219)))

    with pytest.raises(TryAgain, match="nonsense_answer"):
        store.order(218)
    with pytest.raises(AnswerLost, match="nonsense_answer"):
        store.put_order(218, status_id=7)


def test_rows_of_another_order_are_no_answer() -> None:
    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(of_json([a_line(order_id=219)])).products(218)
    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(of_json({"data": [a_transaction(order_id="219")]})).transactions(218)


@pytest.mark.parametrize("status", [None, 5, [], ["active"], {}, "asleep"])
def test_a_hook_whose_status_makes_no_sense_is_a_hook_without_one(status: object) -> None:
    row = {"id": 9, "scope": "store/order/*", "destination": "https://x.example.com/in"}

    [hook] = answering(of_json({"data": [{**row, "status": status}]})).hooks().value

    assert (hook.id, hook.status) == (9, None)


def test_a_store_that_repeats_its_first_page_does_not_hold_us_for_ever() -> None:
    adapter = InProcess(lambda _request: of_json([a_line(number) for number in range(250)]))

    with pytest.raises(TryAgain, match="nonsense_answer"):
        a_store(adapter).products(218)

    assert len(adapter.requests) == 2


def test_a_list_without_an_end_does_not_hold_us_for_ever() -> None:
    def answer(request: PreparedRequest) -> Canned:
        page = int(str(request.url).split("page=")[1].split("&")[0])
        return of_json([a_line(page * 1000 + number) for number in range(50)])

    adapter = InProcess(answer)

    with pytest.raises(TryAgain, match="nonsense_answer"):
        a_store(adapter).products(218)

    assert len(adapter.requests) == 100


def test_a_body_that_is_far_too_large_is_no_answer() -> None:
    class Endless(io.RawIOBase):
        read_bytes = 0

        def readable(self) -> bool:
            return True

        def read1(self, amount: int) -> bytes:
            self.read_bytes += amount
            return b" " * amount

    body = Endless()

    with pytest.raises(TryAgain, match="nonsense_answer"):
        answering(Canned(200, body)).order(218)

    assert body.read_bytes < 17 * 1024 * 1024


def test_a_body_that_drips_is_given_up_after_its_time() -> None:
    clock = TurnableClock()

    class Dripping(io.RawIOBase):
        drops = 0

        def readable(self) -> bool:
            return True

        def read1(self, _amount: int) -> bytes:
            self.drops += 1
            clock.advance(7)
            return b" "

    body = Dripping()

    with pytest.raises(AnswerLost, match="nonsense_answer"):
        a_store(InProcess(lambda _request: Canned(200, body)), clock=clock).put_order(
            218, status_id=5
        )

    assert body.drops == 3  # 20 s are over after three times seven
