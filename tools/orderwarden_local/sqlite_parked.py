"""Parked signals in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orderwarden.domain.instants import from_text
from orderwarden.domain.signal import VERSION, Signal
from orderwarden.ports import Parked

from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_rows import Cell, time_text


class SqliteParkedSignals:
    """`ports.ParkedSignals`; what a newer version parked waits for code that can read it."""

    _database: Database

    def park(self, parked: Parked) -> None:
        """Keep a signal; the newest of a receipt key replaces."""
        with self._database.writing() as connection:
            connection.execute(
                """
                INSERT OR REPLACE INTO parked_signals
                    (store, receipt_key, reason, at, until, waits_for, signal, signal_version)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (*_identity(parked), parked.signal.to_json(), parked.signal.version),
            )

    def due(self, store: str, now: datetime, limit: int) -> Sequence[Parked]:
        """Return those whose `until` has passed; the longest due first."""
        return self._parked("until <= ? ORDER BY until, at, number", store, time_text(now), limit)

    def waiting_for(self, store: str, waits_for: str, limit: int) -> Sequence[Parked]:
        """Return those that wait for this; the longest parked first."""
        return self._parked("waits_for = ? ORDER BY at, number", store, waits_for, limit)

    def unpark(self, parked: Parked) -> None:
        """Forget one; nothing happens if it is gone or was replaced."""
        with self._database.writing() as connection:
            connection.execute(
                """
                DELETE FROM parked_signals
                WHERE store = ? AND receipt_key = ? AND reason = ? AND at = ? AND until IS ?
                    AND waits_for = ?
                """,
                _identity(parked),
            )

    def count_parked(self, store: str) -> int:
        """Return how many wait."""
        with self._database.reading() as connection:
            [(count,)] = connection.execute(
                "SELECT count(*) FROM parked_signals WHERE store = ?", (store,)
            ).fetchall()
        return int(count)

    def every_parked(self, store: str) -> Sequence[Parked]:
        """Return all that this version of the code can read."""
        return self._parked("receipt_key >= ? ORDER BY number", store, "", -1)

    def _parked(self, which: str, store: str, value: str, limit: int) -> Sequence[Parked]:
        columns = "SELECT signal, reason, at, until, waits_for FROM parked_signals"
        with self._database.reading() as connection:
            rows = connection.execute(
                f"{columns} WHERE store = ? AND signal_version <= ? AND {which} LIMIT ?",
                (store, VERSION, value, limit),
            ).fetchall()
        return tuple(
            Parked(
                signal=Signal.from_json(signal),
                reason=reason,
                at=from_text(at),
                until=from_text(until) if until else None,
                waits_for=waits_for,
            )
            for signal, reason, at, until, waits_for in rows
        )


def _identity(parked: Parked) -> tuple[Cell, ...]:
    """Return what tells it from another of the same receipt key: all but the signal's text."""
    until = time_text(parked.until) if parked.until else None
    key = (parked.signal.store, parked.signal.receipt_key)
    return (*key, parked.reason, time_text(parked.at), until, parked.waits_for)
