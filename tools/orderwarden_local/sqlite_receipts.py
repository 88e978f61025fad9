"""Receipts in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from orderwarden.domain.receipt import Receipt
from orderwarden.ports import Clock

from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_rows import Table, time_text

_TABLE: Final = Table("receipts", Receipt)


class SqliteReceipts:
    """`ports.Receipts`, and forgetting what has expired."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on a database; the clock says what has expired."""
        self._database = database
        self._clock = clock

    def look_up(self, keys: Iterable[str]) -> Mapping[str, Receipt]:
        """Return the receipts that exist, by key; all of one moment."""
        with self._database.reading() as connection:
            found = [self._find(connection, key) for key in keys]
        return {receipt.key: receipt for receipt in found if receipt}

    def replace(self, receipt: Receipt, expected: Receipt | None) -> Receipt | None:
        """Store it if what is stored has `expected`'s revision; else return what was found."""
        with self._database.writing() as connection:
            found = self._find(connection, receipt.key)
            if _revision(found) != _revision(expected):
                return found or expected
            stored = replace(receipt, revision=_revision(expected) + 1)
            connection.execute(_TABLE.replace, _TABLE.pack(stored))
            return None

    def of_order(self, store: str, order_id: int) -> Sequence[Receipt]:
        """Return every receipt of an order, oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"{_TABLE.select} WHERE store = ? AND order_id = ? ORDER BY first_at, key",
                (store, order_id),
            ).fetchall()
        return self._still_standing(rows)

    def forget_expired(self, now: datetime, limit: int) -> int:
        """Delete at most so many that have expired; return how many there were."""
        with self._database.writing() as connection:
            return connection.execute(
                """
                DELETE FROM receipts WHERE key IN
                    (SELECT key FROM receipts WHERE expires_at <= ? LIMIT ?)
                """,
                (time_text(now), limit),
            ).rowcount

    def _find(self, connection: sqlite3.Connection, key: str) -> Receipt | None:
        rows = connection.execute(f"{_TABLE.select} WHERE key = ?", (key,)).fetchall()
        return next(iter(self._still_standing(rows)), None)

    def _still_standing(self, rows: list[tuple[object, ...]]) -> Sequence[Receipt]:
        now = self._clock.now()
        receipts = (_TABLE.unpack(row) for row in rows)
        return tuple(receipt for receipt in receipts if not receipt.has_expired(now))


def _revision(receipt: Receipt | None) -> int:
    """Return its revision; 0, which no stored receipt has, for absence."""
    return receipt.revision if receipt else 0
