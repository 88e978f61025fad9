"""The dead letters of the embedded queue: kept until a person retries them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from orderwarden_local import sqlite_messages as messages
from orderwarden_local.sqlite_rows import Table


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that the queue gave up, or that no code could read.

    Attributes:
        id: Stays the same when it is retried and buried again.
        reason: `too_many_receives`, or why somebody buried it.
    """

    id: str
    group_id: str
    body: str
    sent_at: datetime
    receive_count: int
    buried_at: datetime
    reason: str


_TABLE: Final = Table("dead_letters", DeadLetter)


def bury(connection: sqlite3.Connection, number: int, reason: str, now: str) -> None:
    """Move a message to the dead letters."""
    [(group,)] = connection.execute(
        "SELECT group_id FROM queue_messages WHERE number = ?", (number,)
    ).fetchall()
    connection.execute(
        """
        INSERT INTO dead_letters (id, group_id, body, sent_at, receive_count, buried_at, reason)
        SELECT id, group_id, body, sent_at, receive_count, ?, ?
        FROM queue_messages WHERE number = ?
        """,
        (now, reason, number),
    )
    messages.remove(connection, number, group)


def oldest(connection: sqlite3.Connection, limit: int) -> list[DeadLetter]:
    """Return so many, the first buried first."""
    rows = connection.execute(f"{_TABLE.select} ORDER BY number LIMIT ?", (limit,))
    return [_TABLE.unpack(row) for row in rows.fetchall()]


def every_id(connection: sqlite3.Connection) -> list[str]:
    """Return the ids of all, the first buried first."""
    rows = connection.execute("SELECT id FROM dead_letters ORDER BY number").fetchall()
    return [row[0] for row in rows]


def put_back(connection: sqlite3.Connection, ids: Iterable[str], now: str) -> int:
    """Queue these anew, as if just sent; return how many there were."""
    return sum(_put_back_one(connection, letter_id, now) for letter_id in ids)


def _put_back_one(connection: sqlite3.Connection, letter_id: str, now: str) -> int:
    rows = connection.execute(
        "SELECT id, group_id, body FROM dead_letters WHERE id = ?", (letter_id,)
    ).fetchall()
    for row in rows:
        connection.execute("DELETE FROM dead_letters WHERE id = ?", (letter_id,))
        messages.add(connection, (*row, now))
    return len(rows)
