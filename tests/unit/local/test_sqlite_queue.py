"""What the embedded queue does beyond the contract: old handles, waiting, what it costs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOON, TurnableClock
from orderwarden_local import sqlite_messages as messages
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import Delivery, SqliteQueue
from orderwarden_local.sqlite_rows import time_text


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


def fill(database: Database, clock: TurnableClock, groups: list[str]) -> None:
    """Queue a message for each group named, in one transaction."""
    with database.writing() as connection:
        for group in groups:
            messages.add(connection, (uuid.uuid4().hex, group, "x", time_text(clock.now())))


def test_an_old_handle_does_nothing_once_the_message_was_received_again(
    queue: SqliteQueue, clock: TurnableClock
) -> None:
    queue.put_body("a", "g")
    old = receive_one(queue, 30).receipt_handle
    clock.advance(30)
    receive_one(queue, 30)

    done = [
        queue.delete(old),
        queue.change_visibility(old, 600),
        queue.give_back(old, 0),
        queue.bury(old, "unreadable"),
    ]

    clock.advance(30)
    assert done == [False, False, False, False]
    assert bodies(queue) == ["a"]


def test_a_handle_whose_time_ran_out_is_good_until_the_message_is_received_again(
    queue: SqliteQueue, clock: TurnableClock
) -> None:
    queue.put_body("a", "g")
    handle = receive_one(queue, 30).receipt_handle
    clock.advance(31)

    assert queue.change_visibility(handle, 30)
    assert bodies(queue) == []
    assert queue.delete(handle)


def test_a_late_renewal_does_not_cut_the_wait_of_what_was_given_back(
    queue: SqliteQueue, clock: TurnableClock
) -> None:
    queue.put_body("a", "g")
    handle = receive_one(queue).receipt_handle
    queue.give_back(handle, 900)

    renewed = queue.change_visibility(handle, 30)
    clock.advance(899)

    assert not renewed
    assert bodies(queue) == []


def test_a_handle_that_never_was_does_nothing(queue: SqliteQueue) -> None:
    assert not queue.delete("")
    assert not queue.change_visibility("never", 1)


def test_an_empty_queue_has_nothing_to_wait_for(queue: SqliteQueue) -> None:
    assert queue.next_visible_at() is None


def test_what_may_be_received_already_is_due_now(queue: SqliteQueue, clock: TurnableClock) -> None:
    queue.put_body("a", "g1")
    queue.put_body("b", "g2")
    receive_one(queue, 30)
    clock.advance(5)

    assert queue.next_visible_at() == clock.now()


def test_the_soonest_waiting_message_says_when_to_look_again(queue: SqliteQueue) -> None:
    for name in ("a", "b", "c"):
        queue.put_body(name, f"group-{name}")
    queue.give_back(receive_one(queue).receipt_handle, 300)
    queue.give_back(receive_one(queue).receipt_handle, 60)
    receive_one(queue, 200)

    assert queue.next_visible_at() == NOON + timedelta(seconds=60)


def test_an_idle_receive_needs_no_write_lock(queue: SqliteQueue, tmp_path: Path) -> None:
    other = Database(tmp_path / "orderwarden.sqlite3")

    with other.writing():
        found = queue.receive()

    assert found == []
    other.close()


def steps_of_one_delivery(database: Database, queue: SqliteQueue) -> int:
    """Count the work of receiving and deleting one message, in tens of SQLite's own steps."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    with database.reading() as connection:
        connection.set_progress_handler(count, 10)
    assert queue.delete(receive_one(queue).receipt_handle)
    connection.set_progress_handler(None, 10)
    return steps


def test_a_receive_costs_the_same_behind_thousands_that_must_wait(
    database: Database, queue: SqliteQueue, clock: TurnableClock
) -> None:
    few = ["busy"] * 5 + [f"g{number}" for number in range(5)]
    many = ["busy"] * 5000 + [f"h{number}" for number in range(5000)]
    fill(database, clock, few)
    receive_one(queue, 3600)
    before = steps_of_one_delivery(database, queue)

    fill(database, clock, many)
    after = steps_of_one_delivery(database, queue)

    assert before > 10
    assert after <= before * 1.5
