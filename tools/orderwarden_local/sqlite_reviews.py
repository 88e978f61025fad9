"""Reviews in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from orderwarden.ports import Review

from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_rows import Table

_TABLE: Final = Table("reviews", Review)


class SqliteReviews:
    """`ports.Reviews`; ids are a store's own."""

    _database: Database

    def open_review(self, review: Review) -> bool:
        """Store a review unless its id exists; return whether it is new."""
        with self._database.writing() as connection:
            cursor = connection.execute(
                f"{_TABLE.insert} ON CONFLICT (store, id) DO NOTHING", _TABLE.pack(review)
            )
            return cursor.rowcount == 1

    def reviews(self, store: str, state: str | None = "open") -> Sequence[Review]:
        """Return reviews, oldest first; None for any state."""
        which, values = ("", (store,)) if state is None else ("AND state = ?", (store, state))
        with self._database.reading() as connection:
            rows = connection.execute(
                f"{_TABLE.select} WHERE store = ? {which} ORDER BY at, number", values
            ).fetchall()
        return tuple(_TABLE.unpack(row) for row in rows)

    def close_review(self, store: str, review_id: str, state: str) -> bool:
        """Set an open review to `approved` or `rejected`; return whether it was open."""
        with self._database.writing() as connection:
            cursor = connection.execute(
                "UPDATE reviews SET state = ? WHERE store = ? AND id = ? AND state = 'open'",
                (state, store, review_id),
            )
            return cursor.rowcount == 1
