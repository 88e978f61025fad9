"""Tables that were added since the first version of the file; made where they are missing."""

from __future__ import annotations

from typing import Final

ADDED: Final = (
    """
    CREATE TABLE IF NOT EXISTS runs (
        store TEXT NOT NULL,
        id TEXT NOT NULL,
        kind TEXT NOT NULL,
        began_at TEXT NOT NULL,
        ended_at TEXT,
        summary TEXT NOT NULL,
        revision INTEGER NOT NULL,
        PRIMARY KEY (store, id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE IF NOT EXISTS bookmarks (
        store TEXT NOT NULL,
        name TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (store, name)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX IF NOT EXISTS runs_by_time ON runs (store, began_at)",
)
"""Tables that files of the same version may lack; older code opens a file that has them."""
