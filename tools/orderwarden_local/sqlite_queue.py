"""The queue in SQLite: the double of SQS FIFO."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from orderwarden.adapters import sqs_limits as limits
from orderwarden.domain.instants import from_text
from orderwarden.domain.signal import Signal
from orderwarden.errors import Rejected
from orderwarden.ports import Clock, Depth

from orderwarden_local import sqlite_dead_letters as dead_letters
from orderwarden_local import sqlite_messages as messages
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_dead_letters import DeadLetter
from orderwarden_local.sqlite_rows import time_text

RECEIVES_MAX: Final = 100
"""The template's `maxReceiveCount`."""

VISIBILITY_S: Final = 540.0
"""The template's visibility timeout: six times what `process` may take."""

_EXPIRED_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message in somebody's hand.

    Attributes:
        receipt_handle: Names this delivery, until the message is given back or received again.
        receive_count: 1 for the first delivery.
    """

    body: str
    receipt_handle: str
    receive_count: int
    sent_at: datetime
    group: str


class SqliteQueue:
    """First in, first out within a group: while one of a group is out, its others wait.

    A message is gone 14 days after it was sent, wherever it is; dead letters stay.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        max_receive_count: int = RECEIVES_MAX,
        max_in_flight: int = limits.IN_FLIGHT_MAX,
    ) -> None:
        """Bury after `max_receive_count` receives; pause while `max_in_flight` are out."""
        self._database = database
        self._clock = clock
        self._max_receive_count = max_receive_count
        self._max_in_flight = max_in_flight

    def put(self, signal: Signal) -> None:
        """Queue a signal under its group.

        Raises:
            Rejected: SQS would refuse it.
        """
        self.put_body(signal.to_json(), signal.group)

    def put_body(self, body: str, group: str) -> None:
        """Queue any text; its random id stands for SQS's deduplication id.

        Raises:
            Rejected: `message_size`, `message_characters` or `message_group`.
        """
        limits.check_message(body, group)
        with self._database.writing() as connection:
            messages.add(connection, (uuid.uuid4().hex, group, body, self._now()))

    def receive(self, limit: int = 1, visibility_s: float = VISIBILITY_S) -> list[Delivery]:
        """Take the oldest messages that may be received.

        As with SQS, several may be of one group, in its order: a group's next message waits for
        those of an earlier receive, not for those of its own.

        Args:
            limit: At most so many, 1 to 10.
            visibility_s: For so long nobody else gets them, nor any of their groups.

        Raises:
            Rejected: `batch_size` or `visibility_timeout`.
        """
        limits.check_batch(limit)
        limits.check_visibility(visibility_s)
        self._drop_expired()
        if not self._has_receivable():
            return []
        with self._database.writing() as connection:
            return self._receive(connection, limit, timedelta(seconds=visibility_s))

    def delete(self, receipt_handle: str) -> bool:
        """Forget a message; False if it is no longer this delivery's: received again, gone."""
        with self._database.writing() as connection:
            found = messages.in_hand(connection, receipt_handle)
            if found:
                messages.remove(connection, found.number, found.group)
            return found is not None

    def change_visibility(self, receipt_handle: str, seconds: float) -> bool:
        """Keep a message for so many seconds from now; False as for `delete`.

        Raises:
            Rejected: `visibility_timeout`: not 0 to 12 hours, or past 12 hours from its receive.
        """
        return self._hide(receipt_handle, seconds, receipt_handle)

    def give_back(self, receipt_handle: str, seconds: float) -> bool:
        """Let others have a message in so many seconds; False as for `delete`.

        It and its group wait, and count as queued. The handle is good for nothing any more.

        Raises:
            Rejected: As `change_visibility`.
        """
        return self._hide(receipt_handle, seconds, None)

    def bury(self, receipt_handle: str, reason: str) -> bool:
        """Move a message to the dead letters; False as for `delete`."""
        with self._database.writing() as connection:
            found = messages.in_hand(connection, receipt_handle)
            if found:
                dead_letters.bury(connection, found.number, reason, self._now())
            return found is not None

    def depth(self) -> Depth:
        """Return the counts; exact."""
        with self._database.reading() as connection:
            [(kept, in_flight, dead)] = connection.execute(
                """
                SELECT
                    (SELECT count(*) FROM queue_messages WHERE sent_at > ?),
                    (SELECT count(*) FROM queue_messages
                        WHERE visible_at > ? AND receipt_handle IS NOT NULL AND sent_at > ?),
                    (SELECT count(*) FROM dead_letters)
                """,
                (self._expiry(), self._now(), self._expiry()),
            ).fetchall()
        return Depth(queued=kept - in_flight, in_flight=in_flight, dead_letters=dead)

    def oldest_at(self) -> datetime | None:
        """Return when the oldest message was sent; None where there is none."""
        with self._database.reading() as connection:
            [(sent_at,)] = connection.execute(
                "SELECT min(sent_at) FROM queue_messages WHERE sent_at > ?", (self._expiry(),)
            ).fetchall()
        return from_text(sent_at) if sent_at else None

    def next_visible_at(self) -> datetime | None:
        """Return when a message may next be received: now at the latest if one may already."""
        with self._database.reading() as connection:
            [(ready, blocked_until)] = connection.execute(
                """
                SELECT
                    EXISTS (SELECT 1 FROM queue_groups WHERE blocked_until IS NULL),
                    (SELECT min(blocked_until) FROM queue_groups WHERE blocked_until IS NOT NULL)
                """
            ).fetchall()
        if ready:
            return self._clock.now()
        return from_text(blocked_until) if blocked_until else None

    def count_of(self, group: str) -> tuple[int, int]:
        """Return how many messages of a group are kept, and how many of it are dead letters."""
        with self._database.reading() as connection:
            [(kept, dead)] = connection.execute(
                """
                SELECT
                    (SELECT count(*) FROM queue_messages WHERE group_id = ? AND sent_at > ?),
                    (SELECT count(*) FROM dead_letters WHERE group_id = ?)
                """,
                (group, self._expiry(), group),
            ).fetchall()
        return int(kept), int(dead)

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """Return at most so many, the first buried first."""
        with self._database.reading() as connection:
            return dead_letters.oldest(connection, limit)

    def retry_dead_letters(self, ids: Iterable[str] | None = None) -> int:
        """Queue these, or all, as if just sent; return how many there were."""
        with self._database.writing() as connection:
            chosen = dead_letters.every_id(connection) if ids is None else ids
            return dead_letters.put_back(connection, chosen, self._now())

    def _receive(
        self, connection: sqlite3.Connection, limit: int, visibility: timedelta
    ) -> list[Delivery]:
        now = self._clock.now()
        span = (time_text(now), time_text(now + visibility))
        room = min(limit, self._max_in_flight - messages.count_in_flight(connection, span[0]))
        messages.release_groups(connection, span[0])
        deliveries: list[Delivery] = []
        while len(deliveries) < room and (group := messages.ready_group(connection)):
            deliveries += self._receive_group(connection, group, room - len(deliveries), span)
        return deliveries

    def _receive_group(
        self, connection: sqlite3.Connection, group: str, limit: int, span: tuple[str, str]
    ) -> list[Delivery]:
        deliveries = []
        for number, body, count, sent_at in messages.first_of(connection, group, limit):
            if count >= self._max_receive_count:
                dead_letters.bury(connection, number, "too_many_receives", span[0])
                continue
            handle = uuid.uuid4().hex
            messages.hand_out(connection, number, handle, span)
            deliveries.append(Delivery(body, handle, count + 1, from_text(sent_at), group))
        messages.refresh(connection, group)
        return deliveries

    def _hide(self, receipt_handle: str, seconds: float, new_handle: str | None) -> bool:
        limits.check_visibility(seconds)
        with self._database.writing() as connection:
            found = messages.in_hand(connection, receipt_handle)
            if found is None:
                return False
            visible_at = self._clock.now() + timedelta(seconds=seconds)
            if visible_at - from_text(found.received_at) > limits.VISIBILITY_MAX:
                raise Rejected("visibility_timeout")
            messages.hide(connection, found, time_text(visible_at), new_handle)
            return True

    def _has_receivable(self) -> bool:
        """Spare idle workers the write lock."""
        due_at = self.next_visible_at()
        return due_at is not None and due_at <= self._clock.now()

    def _drop_expired(self) -> None:
        expiry = self._expiry()
        with self._database.reading() as connection:
            left = bool(messages.sent_until(connection, expiry, 1))
        while left:  # in portions: others want to write too
            with self._database.writing() as connection:
                portion = messages.sent_until(connection, expiry, _EXPIRED_AT_ONCE)
                for number, group in portion:
                    messages.remove(connection, number, group)
            left = len(portion) == _EXPIRED_AT_ONCE

    def _now(self) -> str:
        return time_text(self._clock.now())

    def _expiry(self) -> str:
        return time_text(self._clock.now() - limits.KEPT)
