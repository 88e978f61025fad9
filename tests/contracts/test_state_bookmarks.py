"""What `ports.Bookmarks` promises."""

from __future__ import annotations

from functools import partial

import pytest
from contracts.backends import RACES, Backend
from contracts.builders import OTHER_STORE, STORE, all_at_once


def test_there_is_no_bookmark_before_the_first(backend: Backend) -> None:
    backend.state.replace_bookmark(STORE, "reconcile", "order 7", None)

    assert backend.state.bookmark(STORE, "sweep") is None
    assert backend.state.bookmark(OTHER_STORE, "reconcile") is None


def test_a_bookmark_replaces_the_one_that_was_read(backend: Backend) -> None:
    was_new = backend.state.replace_bookmark(STORE, "reconcile", "order 7", None)
    was_moved = backend.state.replace_bookmark(STORE, "reconcile", "order 9", "order 7")

    assert (was_new, was_moved) == (True, True)
    assert backend.state.bookmark(STORE, "reconcile") == "order 9"


def test_a_bookmark_replaces_no_other_than_the_one_that_was_read(backend: Backend) -> None:
    backend.state.replace_bookmark(STORE, "reconcile", "order 7", None)

    over_another = backend.state.replace_bookmark(STORE, "reconcile", "order 9", "order 5")
    over_none = backend.state.replace_bookmark(STORE, "reconcile", "order 9", None)
    where_none_is = backend.state.replace_bookmark(STORE, "sweep", "order 9", "order 7")

    assert (over_another, over_none, where_none_is) == (False, False, False)
    assert backend.state.bookmark(STORE, "reconcile") == "order 7"
    assert backend.state.bookmark(STORE, "sweep") is None


def test_a_bookmark_whose_answer_was_lost_counts_as_written(backend: Backend) -> None:
    backend.state.replace_bookmark(STORE, "reconcile", "order 7", None)

    first_again = backend.state.replace_bookmark(STORE, "reconcile", "order 7", None)
    backend.state.replace_bookmark(STORE, "reconcile", "order 9", "order 7")
    move_again = backend.state.replace_bookmark(STORE, "reconcile", "order 9", "order 7")

    assert (first_again, move_again) == (True, True)


@pytest.mark.sqlite_only(RACES)
def test_one_of_eight_threads_moves_the_bookmark(backend: Backend) -> None:
    moved = all_at_once(
        partial(backend.state.replace_bookmark, STORE, "reconcile", f"order {number}", None)
        for number in range(8)
    )

    winner = backend.state.bookmark(STORE, "reconcile")
    assert moved == [winner == f"order {number}" for number in range(8)]
