"""What the embedded queue does beyond the contract: SQS's limits, dead letters, its costs."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from fakes import NOON, TurnableClock
from orderwarden.errors import Rejected
from orderwarden.ports import Depth
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


# Limits


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


# Retention


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


# Handles


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


# Dead letters


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


# Waiting


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


# Costs


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
