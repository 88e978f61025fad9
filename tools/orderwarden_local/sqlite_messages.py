"""The queue's two tables, kept in step: the messages, and the first one of each group.

Without the second, a receive would walk past every message of every group that must wait.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from orderwarden_local.sqlite_rows import Cell


def add(connection: sqlite3.Connection, row: tuple[Cell, ...]) -> None:
    """Append a message: id, group, body, time of sending."""
    number = connection.execute(
        "INSERT INTO queue_messages (id, group_id, body, sent_at) VALUES (?, ?, ?, ?)", row
    ).lastrowid
    connection.execute(
        """
        INSERT INTO queue_groups (group_id, first_number) VALUES (?, ?)
        ON CONFLICT (group_id) DO NOTHING
        """,
        (row[1], number),
    )


def remove(connection: sqlite3.Connection, number: int, group: str) -> None:
    """Delete a message, wherever in its group it stands."""
    connection.execute("DELETE FROM queue_messages WHERE number = ?", (number,))
    refresh(connection, group)


def refresh(connection: sqlite3.Connection, group: str) -> None:
    """Find a group's first message anew, and until when the last one that is out may stay out."""
    connection.execute("DELETE FROM queue_groups WHERE group_id = ?", (group,))
    connection.execute(
        """
        INSERT INTO queue_groups (group_id, first_number, blocked_until)
        SELECT group_id, number,
            (SELECT max(visible_at) FROM queue_messages
             WHERE group_id = ? AND visible_at IS NOT NULL)
        FROM queue_messages WHERE group_id = ? ORDER BY number LIMIT 1
        """,
        (group, group),
    )


def release_groups(connection: sqlite3.Connection, now: str) -> None:
    """Unblock the groups whose time has come."""
    connection.execute(
        "UPDATE queue_groups SET blocked_until = NULL WHERE blocked_until <= ?", (now,)
    )


def ready_group(connection: sqlite3.Connection) -> str | None:
    """Return the group of the oldest message that may be received."""
    rows = connection.execute(
        """
        SELECT group_id FROM queue_groups
        WHERE blocked_until IS NULL ORDER BY first_number LIMIT 1
        """
    ).fetchall()
    return rows[0][0] if rows else None


def first_of(
    connection: sqlite3.Connection, group: str, limit: int
) -> list[tuple[int, str, int, str]]:
    """Return number, body, receive count and time of sending of a group's first messages."""
    return connection.execute(
        """
        SELECT number, body, receive_count, sent_at FROM queue_messages
        WHERE group_id = ? ORDER BY number LIMIT ?
        """,
        (group, limit),
    ).fetchall()


def hand_out(
    connection: sqlite3.Connection, number: int, handle: str, span: tuple[str, str]
) -> None:
    """Mark a message as received at, and invisible until."""
    connection.execute(
        """
        UPDATE queue_messages SET receive_count = receive_count + 1,
            receipt_handle = ?, received_at = ?, visible_at = ?
        WHERE number = ?
        """,
        (handle, *span, number),
    )


@dataclass(frozen=True, slots=True)
class InHand:
    """A message that somebody received."""

    number: int
    group: str
    received_at: str


def in_hand(connection: sqlite3.Connection, handle: str) -> InHand | None:
    """Return the message of a receipt handle; None if it is no longer in that hand."""
    rows = connection.execute(
        "SELECT number, group_id, received_at FROM queue_messages WHERE receipt_handle = ?",
        (handle,),
    ).fetchall()
    return InHand(*rows[0]) if rows else None


def hide(
    connection: sqlite3.Connection, message: InHand, visible_at: str, handle: str | None
) -> None:
    """Hide a message until then; without a handle it is in nobody's hand."""
    connection.execute(
        "UPDATE queue_messages SET visible_at = ?, receipt_handle = ? WHERE number = ?",
        (visible_at, handle, message.number),
    )
    refresh(connection, message.group)


def count_in_flight(connection: sqlite3.Connection, now: str) -> int:
    """Return how many were received and are invisible, in somebody's hand or given back."""
    [(count,)] = connection.execute(
        "SELECT count(*) FROM queue_messages WHERE visible_at > ?", (now,)
    ).fetchall()
    return int(count)


def sent_until(connection: sqlite3.Connection, time: str, limit: int) -> list[tuple[int, str]]:
    """Return number and group of messages sent until then."""
    return connection.execute(
        "SELECT number, group_id FROM queue_messages WHERE sent_at <= ? LIMIT ?", (time, limit)
    ).fetchall()
