"""What `ports.SeenOrders` promises."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import count

import pytest
from contracts.backends import RACES, Backend
from contracts.builders import OTHER_STORE, STORE, a_seen, all_at_once
from contracts.values import EXAMPLES, seen_orders
from hypothesis import given
from orderwarden.domain.seen import Seen


def test_an_order_that_was_never_read_was_not_seen(backend: Backend) -> None:
    backend.state.replace_seen(a_seen(100), None)

    assert backend.state.seen(STORE, 101) is None
    assert backend.state.seen(OTHER_STORE, 100) is None


def test_a_first_reading_has_revision_1_whatever_the_caller_wrote(backend: Backend) -> None:
    was_stored = backend.state.replace_seen(a_seen(revision=9), None)

    assert was_stored
    assert backend.state.seen(STORE, 100) == a_seen(revision=1)


def test_a_reading_replaces_the_one_that_was_read(backend: Backend) -> None:
    backend.state.replace_seen(a_seen(), None)

    was_stored = backend.state.replace_seen(a_seen(status_id=10), a_seen(revision=1))

    assert was_stored
    assert backend.state.seen(STORE, 100) == a_seen(status_id=10, revision=2)


def test_a_reading_replaces_no_other_than_the_one_that_was_read(backend: Backend) -> None:
    backend.state.replace_seen(a_seen(), None)
    backend.state.replace_seen(a_seen(status_id=10), a_seen(revision=1))

    over_an_old_one = backend.state.replace_seen(a_seen(status_id=5), a_seen(revision=1))
    over_none = backend.state.replace_seen(a_seen(status_id=5), None)
    over_one_that_is_gone = backend.state.replace_seen(a_seen(101), a_seen(101))

    assert (over_an_old_one, over_none, over_one_that_is_gone) == (False, False, False)
    assert backend.state.seen(STORE, 100) == a_seen(status_id=10, revision=2)
    assert backend.state.seen(STORE, 101) is None


def test_a_reading_whose_answer_was_lost_is_not_stored_twice(backend: Backend) -> None:
    backend.state.replace_seen(a_seen(status_id=10), None)

    was_stored = backend.state.replace_seen(a_seen(status_id=10), None)

    assert not was_stored
    assert backend.state.seen(STORE, 100) == a_seen(status_id=10)


def test_many_orders_are_looked_up_at_once(backend: Backend) -> None:
    for order_id in range(101, 351):
        backend.state.replace_seen(a_seen(order_id), None)
    backend.state.replace_seen(a_seen(7, store=OTHER_STORE), None)

    found = backend.state.seen_many(STORE, [7, *range(100, 351), 120])

    assert list(found) == list(range(101, 351))
    assert found[350] == a_seen(350)


def test_every_reading_of_a_store_is_listed(backend: Backend) -> None:
    for order_id in range(1, 602):
        backend.state.replace_seen(a_seen(order_id), None)
    backend.state.replace_seen(a_seen(7, store=OTHER_STORE), None)
    backend.state.hold(STORE, 7, "cancel-unpaid", "undone")

    found = list(backend.state.every_seen(STORE))

    assert len(found) == 601
    assert set(found) == {a_seen(order_id, revision=1) for order_id in range(1, 602)}


@pytest.mark.sqlite_only(RACES)
def test_one_of_eight_threads_stores_its_reading(backend: Backend) -> None:
    stored = all_at_once(
        partial(backend.state.replace_seen, a_seen(status_id=status_id), None)
        for status_id in range(8)
    )

    winner = backend.state.seen(STORE, 100)
    assert winner is not None
    assert stored == [status_id == winner.status_id for status_id in range(8)]


numbers = count()


@EXAMPLES
@given(seen=seen_orders)
def test_a_reading_comes_back_as_it_was_stored(backend: Backend, seen: Seen) -> None:
    seen = replace(seen, order_id=next(numbers))

    backend.state.replace_seen(seen, None)

    assert backend.state.seen(seen.store, seen.order_id) == seen
