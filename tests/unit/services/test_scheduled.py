"""What is done for each store by the clock: one that fails is told, and the others go on."""

from __future__ import annotations

import pytest
from orderwarden.errors import OrderwardenError, Refused, StoreUnauthorised, TryAgain
from orderwarden.services.scheduled import Round, rounds


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (TryAgain("timeout"), "timeout"),
        (
            TryAgain("store_error", detail="Down for maintenance"),
            "store_error: Down for maintenance",
        ),
        (
            StoreUnauthorised("abc123", 401, "Bad token."),
            "store abc123: the API answered 401: Bad token.",
        ),
        (Refused(422, "No such filter."), "422: No such filter."),
    ],
    ids=["no words", "words", "words told already", "refused"],
)
def test_what_the_store_said_is_told_once_and_the_next_store_goes_on(
    error: OrderwardenError, told: str
) -> None:
    def work(store: str) -> Round:
        if store == "abc123":
            raise error
        return Round(store)

    found = list(rounds(["abc123", "xyz789"], 0, work, lambda: True))

    assert [(each.store, each.error) for each in found] == [("abc123", told), ("xyz789", "")]


def test_a_store_is_not_begun_without_time_and_that_is_told_as_a_failure() -> None:
    begun: list[str] = []

    def work(store: str) -> Round:
        begun.append(store)
        return Round(store)

    found = list(rounds(["one", "two", "three"], 0, work, lambda: len(begun) < 2))

    assert begun == ["one", "two"]
    assert [each.error for each in found] == ["", "", "no_time"]


def test_the_first_store_is_begun_in_any_case() -> None:
    assert [each.error for each in rounds(["one"], 0, Round, lambda: False)] == [""]


def test_each_run_begins_with_another_store() -> None:
    orders = [
        [each.store for each in rounds(["one", "two", "three"], turn, Round, lambda: True)]
        for turn in range(4)
    ]

    assert orders == [
        ["one", "two", "three"],
        ["two", "three", "one"],
        ["three", "one", "two"],
        ["one", "two", "three"],
    ]
