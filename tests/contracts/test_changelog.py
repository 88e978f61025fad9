"""What `ports.Changelog` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from itertools import count

import pytest
from contracts.backends import RACES, Backend
from contracts.builders import OTHER_STORE, STORE, a_line, all_at_once
from contracts.values import EXAMPLES, lines
from fakes import NOON
from hypothesis import given
from orderwarden.domain.line import Line, Result

SECOND = timedelta(seconds=1)


def of_order(backend: Backend, order_id: int = 100) -> list[Line]:
    return list(backend.changelog.of_order(STORE, order_id))


def ids_between(backend: Backend, start_s: float, end_s: float) -> list[str]:
    start, end = NOON + start_s * SECOND, NOON + end_s * SECOND
    return [line.id for line in backend.changelog.between(STORE, start, end)]


def test_an_order_nobody_changed_has_no_lines(backend: Backend) -> None:
    assert of_order(backend) == []


def test_a_line_is_stored_where_none_was(backend: Backend) -> None:
    answer = backend.changelog.replace(a_line(), None)

    assert answer is None
    assert of_order(backend) == [a_line()]


def test_a_line_that_exists_is_returned_and_kept_where_none_was_expected(
    backend: Backend,
) -> None:
    backend.changelog.replace(a_line(result=Result.APPLIED), None)

    answer = backend.changelog.replace(a_line(attempt="a2"), None)

    assert answer == a_line(result=Result.APPLIED)
    assert of_order(backend) == [a_line(result=Result.APPLIED)]


def test_a_line_is_replaced_where_result_and_attempt_are_those_read(backend: Backend) -> None:
    blocked = a_line(result=Result.BLOCKED, attempt="a1")
    backend.changelog.replace(blocked, None)

    answer = backend.changelog.replace(a_line(attempt="a2"), blocked)

    assert answer is None
    assert of_order(backend) == [a_line(attempt="a2")]


@pytest.mark.parametrize(
    "stored",
    [a_line(result=Result.APPLIED, attempt="a1"), a_line(result=Result.BLOCKED, attempt="a2")],
)
def test_a_line_of_another_result_or_attempt_is_returned_and_kept(
    backend: Backend, stored: Line
) -> None:
    backend.changelog.replace(stored, None)

    expected = a_line(result=Result.BLOCKED, attempt="a1")
    answer = backend.changelog.replace(a_line(attempt="a3"), expected)

    assert answer == stored
    assert of_order(backend) == [stored]


def test_a_line_that_is_gone_is_answered_with_the_one_expected(backend: Backend) -> None:
    expected = a_line(result=Result.BLOCKED)

    answer = backend.changelog.replace(a_line(attempt="a2"), expected)

    assert answer == expected
    assert of_order(backend) == []


def test_an_intention_whose_answer_was_lost_finds_its_own_attempt(backend: Backend) -> None:
    backend.changelog.replace(a_line(attempt="mine"), None)

    answer = backend.changelog.replace(a_line(attempt="mine"), None)

    assert answer == a_line(attempt="mine")


def test_an_intended_line_is_settled(backend: Backend) -> None:
    backend.changelog.replace(a_line(), None)

    settled = a_line(result=Result.APPLIED, settled_at=NOON + SECOND)
    was_settled = backend.changelog.settle(settled)

    assert was_settled
    assert of_order(backend) == [settled]


@pytest.mark.parametrize("stored", [a_line(result=Result.APPLIED), a_line(attempt="a2")])
def test_a_line_that_is_settled_or_of_another_attempt_is_not_settled(
    backend: Backend, stored: Line
) -> None:
    backend.changelog.replace(stored, None)

    was_settled = backend.changelog.settle(a_line(result=Result.FAILED, attempt="a1"))

    assert not was_settled
    assert of_order(backend) == [stored]


def test_a_line_that_was_never_intended_is_not_settled(backend: Backend) -> None:
    was_settled = backend.changelog.settle(a_line(result=Result.APPLIED))

    assert not was_settled
    assert of_order(backend) == []


def test_a_line_that_was_taken_back_keeps_its_result(backend: Backend) -> None:
    backend.changelog.replace(a_line("l1", result=Result.APPLIED), None)
    backend.changelog.replace(a_line("l2", result=Result.APPLIED), None)

    backend.changelog.mark_undone(STORE, 100, "l1", "l9")

    assert {line.id: (line.result, line.undone_by) for line in of_order(backend)} == {
        "l1": (Result.APPLIED, "l9"),
        "l2": (Result.APPLIED, None),
    }


def test_marking_a_line_that_is_not_there_does_nothing(backend: Backend) -> None:
    backend.changelog.mark_undone(STORE, 100, "l1", "l9")

    assert of_order(backend) == []


def test_the_lines_of_an_order_come_oldest_first(backend: Backend) -> None:
    for second, line_id in ((2, "b"), (1, "c"), (3, "a")):
        backend.changelog.replace(a_line(line_id, at=NOON + second * SECOND), None)
    backend.changelog.replace(a_line("x", order_id=101), None)
    backend.changelog.replace(a_line("y", store=OTHER_STORE), None)

    found = of_order(backend)

    assert [line.id for line in found] == ["c", "b", "a"]


def test_lines_with_and_without_a_fraction_of_a_second_are_in_order(backend: Backend) -> None:
    for microseconds, line_id in ((1, "b"), (0, "a"), (100_000, "c")):
        at = NOON + timedelta(microseconds=microseconds)
        backend.changelog.replace(a_line(line_id, at=at), None)

    found = of_order(backend)

    assert [line.id for line in found] == ["a", "b", "c"]


def test_times_of_other_zones_are_in_order(backend: Backend) -> None:
    new_york = timezone(timedelta(hours=-5))
    for at, line_id in ((NOON + SECOND, "b"), (NOON.astimezone(new_york), "a")):
        backend.changelog.replace(a_line(line_id, at=at), None)

    found = of_order(backend)

    assert [line.id for line in found] == ["a", "b"]


def test_lines_between_two_times_include_the_start_and_not_the_end(backend: Backend) -> None:
    for second in range(5):
        backend.changelog.replace(a_line(f"l{second}", at=NOON + second * SECOND), None)
    backend.changelog.replace(a_line("x", at=NOON + SECOND, store=OTHER_STORE), None)

    assert ids_between(backend, 1, 3) == ["l1", "l2"]
    assert ids_between(backend, 3, 3) == []


def test_lines_between_two_times_come_from_every_order_oldest_first(backend: Backend) -> None:
    for second, order_id in ((3, 100), (1, 101), (2, 102)):
        line = a_line(f"l{order_id}", at=NOON + second * SECOND, order_id=order_id)
        backend.changelog.replace(line, None)

    assert ids_between(backend, 0, 9) == ["l101", "l102", "l100"]


def test_lines_of_one_second_by_the_hundred_are_all_found_once(backend: Backend) -> None:
    expected = {f"{number:032x}" for number in range(600)}
    for line_id in expected:
        backend.changelog.replace(a_line(line_id), None)

    found = ids_between(backend, 0, 1)

    assert len(found) == 600
    assert set(found) == expected


def test_the_lines_of_a_run_come_oldest_first(backend: Backend) -> None:
    for second, order_id in ((3, 100), (1, 101)):
        line = a_line(at=NOON + second * SECOND, order_id=order_id, run_id="run-1")
        backend.changelog.replace(line, None)
    backend.changelog.replace(a_line("x", order_id=102, run_id="run-2"), None)
    backend.changelog.replace(a_line("y", order_id=103), None)

    found = backend.changelog.of_run(STORE, "run-1")

    assert [line.order_id for line in found] == [101, 100]
    assert list(backend.changelog.of_run(OTHER_STORE, "run-1")) == []


def test_every_line_of_a_store_is_listed_however_old(backend: Backend) -> None:
    expected = {a_line(f"{number:032x}") for number in range(600)}
    expected.add(a_line("old", at=datetime(1970, 1, 1, tzinfo=UTC), order_id=0))
    expected.add(a_line("far", at=datetime(2199, 1, 1, tzinfo=UTC), order_id=101))
    for line in (*expected, a_line("x", store=OTHER_STORE)):
        backend.changelog.replace(line, None)

    found = list(backend.changelog.every_line(STORE))

    assert len(found) == 602
    assert set(found) == expected


@pytest.mark.sqlite_only(RACES)
def test_one_of_eight_threads_intends_each_effect(backend: Backend) -> None:
    def intend_all(attempt: str) -> int:
        attempts = (a_line(f"l{number}", attempt=attempt) for number in range(50))
        return sum(backend.changelog.replace(line, None) is None for line in attempts)

    won = all_at_once(partial(intend_all, f"a{n}") for n in range(8))

    assert sum(won) == 50
    assert len(of_order(backend)) == 50


@pytest.mark.sqlite_only(RACES)
def test_one_of_eight_threads_settles_a_line(backend: Backend) -> None:
    backend.changelog.replace(a_line(), None)

    applied = a_line(result=Result.APPLIED)
    settled = all_at_once([partial(backend.changelog.settle, applied)] * 8)

    assert settled.count(True) == 1


numbers = count()


@EXAMPLES
@given(line=lines)
def test_a_line_comes_back_as_it_was_stored(backend: Backend, line: Line) -> None:
    line = replace(line, order_id=next(numbers))

    backend.changelog.replace(line, None)

    assert list(backend.changelog.of_order(line.store, line.order_id)) == [line]
