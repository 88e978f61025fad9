"""Counters in SQLite."""

from __future__ import annotations

from collections.abc import Mapping

from orderwarden_local.sqlite_database import Database


class SqliteCounters:
    """`ports.Counters`."""

    _database: Database

    def take(self, store: str, name: str, ceiling: int) -> bool:
        """Add one unless that would pass the ceiling; return whether it was added."""
        with self._database.writing() as connection:
            cursor = connection.execute(
                """
                INSERT INTO counters (store, name, count) SELECT ?, ?, 1 WHERE ? >= 1
                ON CONFLICT (store, name) DO UPDATE SET count = count + 1 WHERE count < ?
                """,
                (store, name, ceiling, ceiling),
            )
            return cursor.rowcount == 1

    def give_back(self, store: str, name: str) -> None:
        """Take one off again, never below zero."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE counters SET count = count - 1 WHERE store = ? AND name = ? AND count > 0",
                (store, name),
            )

    def counted(self, store: str, name: str) -> int:
        """Return the count."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT count FROM counters WHERE store = ? AND name = ?", (store, name)
            ).fetchall()
        return rows[0][0] if rows else 0

    def every_count(self, store: str) -> Mapping[str, int]:
        """Return all counts of a store, by name."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT name, count FROM counters WHERE store = ?", (store,)
            ).fetchall()
        return dict(rows)

    def raise_to(self, store: str, name: str, count: int) -> None:
        """Set a count, unless it is so high already."""
        with self._database.writing() as connection:
            connection.execute(
                """
                INSERT INTO counters (store, name, count) VALUES (?, ?, ?)
                ON CONFLICT (store, name) DO UPDATE SET count = max(count, excluded.count)
                """,
                (store, name, count),
            )
