"""The limits of SQS, which the embedded queue keeps although nothing forces it to."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import TurnableClock
from orderwarden.errors import Rejected
from orderwarden_local import sqlite_messages as messages
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import Delivery, SqliteQueue
from orderwarden_local.sqlite_rows import time_text

HOUR_S = 3600
DAY_S = 86_400
PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"


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


def test_a_body_of_1_mib_is_taken_and_comes_back(queue: SqliteQueue) -> None:
    body = "é" * (1_048_576 // 2)

    queue.put_body(body, "g")

    assert bodies(queue) == [body]


@pytest.mark.parametrize("body", ["", "x" * 1_048_577, "é" * (1_048_576 // 2) + "x"])
def test_an_empty_body_and_one_above_1_mib_are_rejected(queue: SqliteQueue, body: str) -> None:
    with pytest.raises(Rejected, match="message_size"):
        queue.put_body(body, "g")

    assert queue.depth().queued == 0


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ud800", "\ufffe", "\uffff"])
def test_a_character_that_sqs_does_not_take_is_rejected(
    queue: SqliteQueue, character: str
) -> None:
    with pytest.raises(Rejected, match="message_characters"):
        queue.put_body(f"a{character}b", "g")


def test_the_characters_at_the_edge_of_what_sqs_takes_come_back(queue: SqliteQueue) -> None:
    body = "\t\n\r \x7f\ud7ff\ue000\ufffd\U00010000\U0010ffff"

    queue.put_body(body, "g")

    assert bodies(queue) == [body]


@pytest.mark.parametrize("group", ["g", "x" * 128, PUNCTUATION, "Az09"])
def test_a_group_of_up_to_128_letters_digits_and_signs_is_taken(
    queue: SqliteQueue, group: str
) -> None:
    queue.put_body("a", group)

    assert receive_one(queue).group == group


@pytest.mark.parametrize("group", ["", "x" * 129, "a b", "é", "a\n", "\x7f"])
def test_any_other_group_is_rejected(queue: SqliteQueue, group: str) -> None:
    with pytest.raises(Rejected, match="message_group"):
        queue.put_body("a", group)


@pytest.mark.parametrize("limit", [0, 11, -1])
def test_a_batch_of_none_or_of_more_than_ten_is_rejected(queue: SqliteQueue, limit: int) -> None:
    with pytest.raises(Rejected, match="batch_size"):
        queue.receive(limit)


@pytest.mark.parametrize("seconds", [-1, 43_201, float("nan"), float("inf")])
def test_a_visibility_below_zero_or_above_12_hours_is_rejected(
    queue: SqliteQueue, seconds: float
) -> None:
    queue.put_body("a", "g")
    with pytest.raises(Rejected, match="visibility_timeout"):
        queue.receive(1, seconds)
    handle = receive_one(queue, 43_200).receipt_handle

    with pytest.raises(Rejected, match="visibility_timeout"):
        queue.change_visibility(handle, seconds)
    with pytest.raises(Rejected, match="visibility_timeout"):
        queue.give_back(handle, seconds)


def test_nobody_hides_a_message_beyond_12_hours_from_its_receive(
    queue: SqliteQueue, clock: TurnableClock
) -> None:
    queue.put_body("a", "g")
    first = receive_one(queue, 43_200).receipt_handle
    clock.advance(11 * HOUR_S)

    assert queue.change_visibility(first, HOUR_S)
    with pytest.raises(Rejected, match="visibility_timeout"):
        queue.change_visibility(first, HOUR_S + 1)
    assert queue.give_back(first, 0)
    second = receive_one(queue).receipt_handle
    assert queue.change_visibility(second, 43_200)


def test_a_message_stays_in_hand_though_the_clock_was_set_back(
    queue: SqliteQueue, clock: TurnableClock
) -> None:
    queue.put_body("a", "g")
    handle = receive_one(queue).receipt_handle
    clock.advance(-HOUR_S)

    assert queue.change_visibility(handle, 30)
    assert bodies(queue) == []


def test_while_too_many_are_out_none_is_received(database: Database, clock: TurnableClock) -> None:
    queue = SqliteQueue(database, clock, max_in_flight=3)
    for number in range(5):
        queue.put_body(str(number), f"g{number}")
    out = queue.receive(10, 60)
    queue.give_back(out[0].receipt_handle, 60)

    with_three_invisible = bodies(queue)
    queue.delete(out[1].receipt_handle)

    assert len(out) == 3
    assert with_three_invisible == []
    assert bodies(queue) == ["3"]


def test_what_may_be_received_again_is_out_no_more(
    database: Database, clock: TurnableClock
) -> None:
    queue = SqliteQueue(database, clock, max_in_flight=1)
    queue.put_body("a", "g")
    queue.receive(1, 60)

    clock.advance(60)

    assert bodies(queue) == ["a"]


def test_a_message_is_gone_14_days_after_it_was_sent(
    queue: SqliteQueue, clock: TurnableClock
) -> None:
    queue.put_body("old", "g")
    clock.advance(DAY_S)
    queue.put_body("young", "g")

    clock.advance(13 * DAY_S - 1)
    assert queue.depth().queued == 2
    clock.advance(1)

    assert queue.depth().queued == 1
    assert bodies(queue) == ["young"]


def test_retention_counts_from_sending_however_often_a_message_is_received(
    queue: SqliteQueue, clock: TurnableClock
) -> None:
    queue.put_body("old", "g")
    clock.advance(14 * DAY_S - 10)
    handle = receive_one(queue, 3600).receipt_handle
    queue.put_body("young", "g")
    clock.advance(10)

    assert bodies(queue) == ["young"]
    assert not queue.delete(handle)


def test_thousands_of_expired_messages_are_gone_in_one_receive(
    database: Database, queue: SqliteQueue, clock: TurnableClock
) -> None:
    fill(database, clock, [f"g{number % 3000}" for number in range(6000)])
    clock.advance(14 * DAY_S)
    queue.put_body("young", "g0")

    assert bodies(queue) == ["young"]
    with database.reading() as connection:
        counts = connection.execute(
            "SELECT (SELECT count(*) FROM queue_messages), (SELECT count(*) FROM queue_groups)"
        ).fetchall()
    assert counts == [(1, 1)]
