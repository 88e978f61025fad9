"""Runs in SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from orderwarden.domain.instants import from_text
from orderwarden.ports import Run

from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_rows import time_text

_SELECT: Final = "SELECT id, store, kind, began_at, ended_at, summary, revision FROM runs"
_REPLACE: Final = """
    INSERT OR REPLACE INTO runs (id, store, kind, began_at, ended_at, summary, revision)
    VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_Row = tuple[str, str, str, str, str | None, str, int]


class SqliteRuns:
    """`ports.Runs`; ids are a store's own."""

    _database: Database

    def replace_run(self, run: Run, before: Run | None) -> bool:
        """Write a run if what stands under its id is `before`, else change nothing."""
        stored = replace(run, revision=before.revision + 1 if before else 1)
        with self._database.writing() as connection:
            found = _find(connection, run.store, run.id)
            if (found.revision if found else 0) != (before.revision if before else 0):
                return found == stored
            connection.execute(_REPLACE, _row(stored))
            return True

    def run(self, store: str, run_id: str) -> Run | None:
        """Return one run."""
        with self._database.reading() as connection:
            return _find(connection, store, run_id)

    def runs(self, store: str, limit: int) -> Sequence[Run]:
        """Return the runs of a store, the latest first."""
        with self._database.reading() as connection:
            rows = connection.execute(
                f"{_SELECT} WHERE store = ? ORDER BY began_at DESC, id DESC LIMIT ?",
                (store, limit),
            ).fetchall()
        return tuple(_run(row) for row in rows)


def _find(connection: sqlite3.Connection, store: str, run_id: str) -> Run | None:
    rows = connection.execute(f"{_SELECT} WHERE store = ? AND id = ?", (store, run_id)).fetchall()
    return _run(rows[0]) if rows else None


def _row(run: Run) -> _Row:
    ended_at = time_text(run.ended_at) if run.ended_at else None
    summary = json.dumps(dict(run.summary), sort_keys=True)
    began_at = time_text(run.began_at)
    return run.id, run.store, run.kind, began_at, ended_at, summary, run.revision


def _run(row: _Row) -> Run:
    run_id, store, kind, began_at, ended_at, summary, revision = row
    return Run(
        id=run_id,
        store=store,
        kind=kind,
        began_at=from_text(began_at),
        ended_at=from_text(ended_at) if ended_at else None,
        summary=json.loads(summary),
        revision=revision,
    )
