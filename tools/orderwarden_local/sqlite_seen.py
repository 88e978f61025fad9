"""What was seen of each order, in SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from orderwarden.domain.seen import Seen

from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_rows import Table

_TABLE: Final = Table("seen_orders", Seen)
_PAGE: Final = 500


class SqliteSeenOrders:
    """`ports.SeenOrders`."""

    _database: Database

    def seen(self, store: str, order_id: int) -> Seen | None:
        """Return the last reading for which every rule was asked."""
        with self._database.reading() as connection:
            return _find(connection, store, order_id)

    def seen_many(self, store: str, order_ids: Iterable[int]) -> Mapping[int, Seen]:
        """Return the last readings of those orders that have one, by order id."""
        with self._database.reading() as connection:
            found = [_find(connection, store, order_id) for order_id in order_ids]
        return {seen.order_id: seen for seen in found if seen}

    def replace_seen(self, seen: Seen, expected: Seen | None) -> bool:
        """Store it, its revision one up, if what is stored has `expected`'s revision."""
        with self._database.writing() as connection:
            found = _find(connection, seen.store, seen.order_id)
            if _revision(found) != _revision(expected):
                return False
            stored = replace(seen, revision=_revision(expected) + 1)
            connection.execute(_TABLE.replace, _TABLE.pack(stored))
            return True

    def every_seen(self, store: str) -> Iterator[Seen]:
        """Return the last reading of every order, by order id; read page by page."""
        after = -1
        while page := self._page(store, after):
            yield from page
            after = page[-1].order_id

    def _page(self, store: str, after: int) -> Sequence[Seen]:
        which = "WHERE store = ? AND order_id > ? ORDER BY order_id LIMIT ?"
        with self._database.reading() as connection:
            rows = connection.execute(f"{_TABLE.select} {which}", (store, after, _PAGE)).fetchall()
        return tuple(_TABLE.unpack(row) for row in rows)


def _find(connection: sqlite3.Connection, store: str, order_id: int) -> Seen | None:
    rows = connection.execute(
        f"{_TABLE.select} WHERE store = ? AND order_id = ?", (store, order_id)
    ).fetchall()
    return _TABLE.unpack(rows[0]) if rows else None


def _revision(seen: Seen | None) -> int:
    """Return its revision; 0, which nothing stored has, for absence."""
    return seen.revision if seen else 0
