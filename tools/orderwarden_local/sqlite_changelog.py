"""The changelog in SQLite: a column for each fact of a line."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from orderwarden.domain.line import Line, Result

from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_rows import Table, time_text

_TABLE: Final = Table("changelog", Line)
_PAGE: Final = 500
_EVER: Final = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


class SqliteChangelog:
    """`ports.Changelog`."""

    def __init__(self, database: Database) -> None:
        """Work on a database."""
        self._database = database

    def replace(self, line: Line, expected: Line | None) -> Line | None:
        """Store it if what is stored has `expected`'s result and attempt; else return that."""
        with self._database.writing() as connection:
            found = _find(connection, line)
            if _standing(found) != _standing(expected):
                return found or expected
            connection.execute(_TABLE.replace, _TABLE.pack(line))
            return None

    def settle(self, line: Line) -> bool:
        """Store it over the intended line of its id and attempt; return whether that stood."""
        with self._database.writing() as connection:
            if _standing(_find(connection, line)) != (Result.INTENDED, line.attempt):
                return False
            connection.execute(_TABLE.replace, _TABLE.pack(line))
            return True

    def mark_undone(self, store: str, order_id: int, line_id: str, undone_by: str) -> None:
        """Write on a line which other line took it back; its result stays."""
        with self._database.writing() as connection:
            connection.execute(
                """
                UPDATE changelog SET undone_by = ?
                WHERE store = ? AND order_id = ? AND id = ?
                """,
                (undone_by, store, order_id, line_id),
            )

    def of_order(self, store: str, order_id: int) -> Sequence[Line]:
        """Return every line of an order, oldest first."""
        return self._lines("WHERE store = ? AND order_id = ? ORDER BY at, number", store, order_id)

    def between(self, store: str, start: datetime, end: datetime) -> Iterator[Line]:
        """Return the lines intended in [start, end), oldest first; read page by page."""
        after = (time_text(start), "")
        while page := self._lines(
            "WHERE store = ? AND (at, id) > (?, ?) AND at < ? ORDER BY at, id LIMIT ?",
            *(store, *after, time_text(end), _PAGE),
        ):
            yield from page
            after = (time_text(page[-1].at), page[-1].id)

    def of_run(self, store: str, run_id: str) -> Sequence[Line]:
        """Return the lines of one run, oldest first."""
        return self._lines("WHERE store = ? AND run_id = ? ORDER BY at, number", store, run_id)

    def every_line(self, store: str) -> Iterator[Line]:
        """Return every line of a store, oldest first; read page by page."""
        return self.between(store, *_EVER)

    def _lines(self, which: str, *values: str | int) -> Sequence[Line]:
        with self._database.reading() as connection:
            rows = connection.execute(f"{_TABLE.select} {which}", values).fetchall()
        return tuple(_TABLE.unpack(row) for row in rows)


def _find(connection: sqlite3.Connection, line: Line) -> Line | None:
    rows = connection.execute(
        f"{_TABLE.select} WHERE store = ? AND order_id = ? AND id = ?",
        (line.store, line.order_id, line.id),
    ).fetchall()
    return _TABLE.unpack(rows[0]) if rows else None


def _standing(line: Line | None) -> tuple[Result, str] | None:
    return (line.result, line.attempt) if line else None
