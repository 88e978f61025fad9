"""Dead letters of the embedded queue: what is given up, and how it comes back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOON, TurnableClock
from orderwarden.ports import Depth
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import Delivery, SqliteQueue

DAY_S = 86_400


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "orderwarden.sqlite3", wait_s=0.2)
    yield database
    database.close()


@pytest.fixture
def queue(database: Database, clock: TurnableClock) -> SqliteQueue:
    return SqliteQueue(database, clock)


def receive_one(queue: SqliteQueue, visibility_s: float = 30) -> Delivery:
    [delivery] = queue.receive(1, visibility_s)
    return delivery


def bodies(queue: SqliteQueue, limit: int = 10) -> list[str]:
    return [delivery.body for delivery in queue.receive(limit)]


def test_a_message_is_buried_with_its_reason_and_its_group_goes_on(
    queue: SqliteQueue, clock: TurnableClock
) -> None:
    queue.put_body("not a signal", "g")
    queue.put_body("next", "g")
    clock.advance(1)

    was_buried = queue.bury(receive_one(queue).receipt_handle, "not_a_signal")

    [letter] = queue.dead_letters(10)
    assert was_buried
    assert (letter.body, letter.group_id, letter.reason) == ("not a signal", "g", "not_a_signal")
    assert (letter.sent_at, letter.buried_at) == (NOON, NOON + timedelta(seconds=1))
    assert letter.receive_count == 1
    assert bodies(queue) == ["next"]


def test_a_message_is_buried_by_the_receive_after_the_hundredth(queue: SqliteQueue) -> None:
    queue.put_body("poison", "g")
    for _ in range(100):
        queue.give_back(receive_one(queue).receipt_handle, 0)

    found = bodies(queue)

    [letter] = queue.dead_letters(10)
    assert found == []
    assert (letter.body, letter.reason) == ("poison", "too_many_receives")
    assert letter.receive_count == 100
    assert queue.depth() == Depth(queued=0, in_flight=0, dead_letters=1)


def buried(queue: SqliteQueue, *names: str) -> None:
    for name in names:
        queue.put_body(name, f"group-{name}")
        queue.bury(receive_one(queue).receipt_handle, "unreadable")


def test_dead_letters_come_first_buried_first_and_stay(
    queue: SqliteQueue, clock: TurnableClock
) -> None:
    buried(queue, "a", "b", "c")
    clock.advance(365 * DAY_S)
    queue.receive()

    assert [letter.body for letter in queue.dead_letters(2)] == ["a", "b"]
    assert queue.depth().dead_letters == 3


def test_chosen_dead_letters_are_queued_as_if_just_sent(
    queue: SqliteQueue, clock: TurnableClock
) -> None:
    buried(queue, "a", "b", "c")
    ids = {letter.body: letter.id for letter in queue.dead_letters(10)}
    clock.advance(15 * DAY_S)

    count = queue.retry_dead_letters([ids["c"], ids["a"], ids["a"], "never was"])

    first, second = queue.receive(10)
    assert count == 2
    assert [(d.body, d.group, d.receive_count) for d in (first, second)] == [
        ("c", "group-c", 1),
        ("a", "group-a", 1),
    ]
    assert first.sent_at == clock.now()
    assert [letter.body for letter in queue.dead_letters(10)] == ["b"]


def test_all_dead_letters_are_queued_in_the_order_they_were_buried(queue: SqliteQueue) -> None:
    buried(queue, "a", "b", "c")

    count = queue.retry_dead_letters()

    assert count == 3
    assert bodies(queue) == ["a", "b", "c"]
    assert queue.dead_letters(10) == []


def test_a_retried_message_may_be_buried_again(queue: SqliteQueue) -> None:
    buried(queue, "a")
    [before] = queue.dead_letters(10)
    queue.retry_dead_letters([before.id])

    queue.bury(receive_one(queue).receipt_handle, "again")

    [after] = queue.dead_letters(10)
    assert (after.id, after.reason) == (before.id, "again")
