"""Bookmarks in SQLite."""

from __future__ import annotations

import sqlite3

from orderwarden_local.sqlite_database import Database


class SqliteBookmarks:
    """`ports.Bookmarks`."""

    _database: Database

    def bookmark(self, store: str, name: str) -> str | None:
        """Return what is kept under a name."""
        with self._database.reading() as connection:
            return _find(connection, store, name)

    def replace_bookmark(self, store: str, name: str, text: str, before: str | None) -> bool:
        """Write it if `before` stands there; return whether exactly it stands there now."""
        with self._database.writing() as connection:
            found = _find(connection, store, name)
            if found != before:
                return found == text
            connection.execute(
                "INSERT OR REPLACE INTO bookmarks (store, name, text) VALUES (?, ?, ?)",
                (store, name, text),
            )
            return True


def _find(connection: sqlite3.Connection, store: str, name: str) -> str | None:
    rows = connection.execute(
        "SELECT text FROM bookmarks WHERE store = ? AND name = ?", (store, name)
    ).fetchall()
    return str(rows[0][0]) if rows else None
