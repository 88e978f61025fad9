"""The kill switch, approvals and holds in SQLite."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from orderwarden.ports import Controls, Hold

from orderwarden_local.sqlite_database import Database

_STOPPED: Final = "stopped"
_PAUSED: Final = "paused_rule"
_APPROVED: Final = "approved"


class SqliteStoreControls:
    """`ports.StoreControls`."""

    _database: Database

    def controls(self, store: str) -> Controls:
        """Return what is stopped, paused and approved; all of one moment."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT kind, name, reason FROM controls WHERE store = ?", (store,)
            ).fetchall()
        return Controls(
            stopped="".join(reason for kind, _, reason in rows if kind == _STOPPED),
            paused_rules=frozenset(name for kind, name, _ in rows if kind == _PAUSED),
            approved=frozenset(name for kind, name, _ in rows if kind == _APPROVED),
        )

    def stop(self, store: str, reason: str) -> bool:
        """Stop a store; return whether it ran until now. The first reason stays."""
        # A stop without a reason must not read as none.
        return self._set(store, _STOPPED, "", reason or "no reason given")

    def resume(self, store: str) -> None:
        """Let a stopped store run."""
        self._clear(store, _STOPPED, "")

    def pause_rule(self, store: str, rule: str) -> None:
        """Pause one rule."""
        self._set(store, _PAUSED, rule)

    def resume_rule(self, store: str, rule: str) -> None:
        """Let a paused rule run."""
        self._clear(store, _PAUSED, rule)

    def approve(self, store: str, rule: str, fingerprint: str) -> None:
        """Let a rule go on beyond `approve_after` until it changes."""
        self._set(store, _APPROVED, f"{rule}:{fingerprint}")

    def _set(self, store: str, kind: str, name: str, reason: str = "") -> bool:
        with self._database.writing() as connection:
            cursor = connection.execute(
                """
                INSERT INTO controls (store, kind, name, reason) VALUES (?, ?, ?, ?)
                ON CONFLICT (store, kind, name) DO NOTHING
                """,
                (store, kind, name, reason),
            )
            return cursor.rowcount == 1

    def _clear(self, store: str, kind: str, name: str) -> None:
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM controls WHERE store = ? AND kind = ? AND name = ?",
                (store, kind, name),
            )


class SqliteHolds:
    """`ports.Holds`."""

    _database: Database

    def hold(self, store: str, order_id: int, rule: str, reason: str) -> None:
        """Keep a rule off an order; the newest reason stays."""
        with self._database.writing() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO holds (store, order_id, rule, reason) VALUES (?, ?, ?, ?)",
                (store, order_id, rule, reason),
            )

    def lift(self, store: str, order_id: int, rule: str) -> None:
        """Lift a hold."""
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM holds WHERE store = ? AND order_id = ? AND rule = ?",
                (store, order_id, rule),
            )

    def holds(self, store: str, order_id: int) -> frozenset[str]:
        """Return the names of the rules kept off."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT rule FROM holds WHERE store = ? AND order_id = ?", (store, order_id)
            ).fetchall()
        return frozenset(row[0] for row in rows)

    def every_hold(self, store: str) -> Sequence[Hold]:
        """Return every hold of a store."""
        with self._database.reading() as connection:
            rows = connection.execute(
                "SELECT order_id, rule, reason FROM holds WHERE store = ?", (store,)
            ).fetchall()
        return tuple(Hold(*row) for row in rows)
