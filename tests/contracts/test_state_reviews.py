"""What `ports.Reviews` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from contracts.backends import RACES, Backend
from contracts.builders import OTHER_STORE, STORE, a_review, all_at_once
from contracts.values import EXAMPLES, reviews
from fakes import NOON
from hypothesis import given
from orderwarden.ports import Review


def test_the_same_matter_is_asked_once(backend: Backend) -> None:
    first = backend.state.open_review(a_review(detail="first"))
    second = backend.state.open_review(a_review(detail="second"))

    assert (first, second) == (True, False)
    assert list(backend.state.reviews(STORE)) == [a_review(detail="first")]


@pytest.mark.parametrize("state", ["approved", "rejected"])
def test_a_matter_that_was_decided_is_not_asked_again(backend: Backend, state: str) -> None:
    backend.state.open_review(a_review())
    backend.state.close_review(STORE, "r1", state)

    is_new = backend.state.open_review(a_review())

    assert not is_new
    assert list(backend.state.reviews(STORE)) == []
    assert list(backend.state.reviews(STORE, state)) == [a_review(state=state)]


def test_a_review_is_decided_once(backend: Backend) -> None:
    backend.state.open_review(a_review())

    first = backend.state.close_review(STORE, "r1", "approved")
    second = backend.state.close_review(STORE, "r1", "rejected")

    assert (first, second) == (True, False)
    assert list(backend.state.reviews(STORE, None)) == [a_review(state="approved")]


def test_a_review_that_is_not_there_was_not_open(backend: Backend) -> None:
    assert not backend.state.close_review(STORE, "r1", "approved")


def test_reviews_come_oldest_first(backend: Backend) -> None:
    for minute, review_id in ((2, "a"), (1, "b"), (3, "c")):
        backend.state.open_review(a_review(review_id, at=NOON + timedelta(minutes=minute)))
    backend.state.close_review(STORE, "a", "approved")

    assert [review.id for review in backend.state.reviews(STORE)] == ["b", "c"]
    assert [review.id for review in backend.state.reviews(STORE, None)] == ["b", "a", "c"]


def test_each_store_has_its_own_reviews(backend: Backend) -> None:
    backend.state.open_review(a_review())

    is_new = backend.state.open_review(a_review(store=OTHER_STORE))
    backend.state.close_review(OTHER_STORE, "r1", "rejected")

    assert is_new
    assert list(backend.state.reviews(STORE)) == [a_review()]


@pytest.mark.sqlite_only(RACES)
def test_one_of_eight_threads_opens_and_one_closes_a_review(backend: Backend) -> None:
    opened = all_at_once([partial(backend.state.open_review, a_review())] * 8)
    closed = all_at_once([partial(backend.state.close_review, STORE, "r1", "approved")] * 8)

    assert opened.count(True) == 1
    assert closed.count(True) == 1


numbers = count()


@EXAMPLES
@given(review=reviews)
def test_a_review_comes_back_as_it_was_stored(backend: Backend, review: Review) -> None:
    review = replace(review, store=f"store-{next(numbers)}")

    backend.state.open_review(review)

    assert list(backend.state.reviews(review.store, None)) == [review]
