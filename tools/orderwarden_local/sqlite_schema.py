"""The tables of the embedded backend, and how a file comes to have them.

Times are ISO 8601 text in UTC, all of one width, so that their order is the order of time.
No statement here needs an SQLite newer than 3.24 (2018): Python brings whatever it was built with.
"""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from orderwarden.errors import ConfigurationError

APPLICATION_ID: Final = 0x4F574152
"""What SQLite keeps in the file's header to say whose it is: "OWAR"."""

VERSION: Final = 1
"""Of the tables below; kept in the file as `user_version`."""

WAL_ATTEMPTS: Final = 20
"""How often to try to switch to write-ahead logging while other processes start too."""

TABLES: Final = (
    """
    CREATE TABLE queue_messages (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        group_id TEXT NOT NULL,
        body TEXT NOT NULL,
        sent_at TEXT NOT NULL,
        receive_count INTEGER NOT NULL DEFAULT 0,
        received_at TEXT,
        visible_at TEXT,
        receipt_handle TEXT
    )
    """,
    "CREATE INDEX queue_by_group ON queue_messages (group_id, number)",
    "CREATE INDEX queue_by_age ON queue_messages (sent_at)",
    """
    CREATE UNIQUE INDEX queue_by_handle ON queue_messages (receipt_handle)
    WHERE receipt_handle IS NOT NULL
    """,
    """
    CREATE INDEX queue_received_by_group ON queue_messages (group_id, visible_at)
    WHERE visible_at IS NOT NULL
    """,
    """
    CREATE INDEX queue_received ON queue_messages (visible_at)
    WHERE visible_at IS NOT NULL
    """,
    # What a receive looks at: each group's first message, and until when the group must wait.
    """
    CREATE TABLE queue_groups (
        group_id TEXT PRIMARY KEY,
        first_number INTEGER NOT NULL,
        blocked_until TEXT
    ) WITHOUT ROWID
    """,
    """
    CREATE INDEX queue_groups_ready ON queue_groups (first_number)
    WHERE blocked_until IS NULL
    """,
    """
    CREATE INDEX queue_groups_blocked ON queue_groups (blocked_until)
    WHERE blocked_until IS NOT NULL
    """,
    """
    CREATE TABLE dead_letters (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        group_id TEXT NOT NULL,
        body TEXT NOT NULL,
        sent_at TEXT NOT NULL,
        receive_count INTEGER NOT NULL,
        buried_at TEXT NOT NULL,
        reason TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE receipts (
        key TEXT PRIMARY KEY,
        store TEXT NOT NULL,
        order_id INTEGER,
        trigger TEXT NOT NULL,
        state TEXT NOT NULL,
        first_at TEXT NOT NULL,
        revision INTEGER NOT NULL,
        token TEXT NOT NULL,
        lease_until TEXT,
        decision TEXT NOT NULL,
        deaths INTEGER NOT NULL,
        failures INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        look_again_at TEXT,
        expires_at TEXT
    ) WITHOUT ROWID
    """,
    "CREATE INDEX receipts_by_order ON receipts (store, order_id, first_at)",
    """
    CREATE INDEX receipts_by_expiry ON receipts (expires_at)
    WHERE expires_at IS NOT NULL
    """,
    """
    CREATE TABLE changelog (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        at TEXT NOT NULL,
        store TEXT NOT NULL,
        order_id INTEGER NOT NULL,
        trigger TEXT NOT NULL,
        rule TEXT NOT NULL,
        rules_version INTEGER NOT NULL,
        action TEXT NOT NULL,
        also TEXT NOT NULL,
        from_status_id INTEGER NOT NULL,
        to_status_id INTEGER,
        result TEXT NOT NULL,
        reason TEXT NOT NULL,
        actor TEXT NOT NULL,
        run_id TEXT,
        path TEXT NOT NULL,
        read_modified TEXT,
        attempt TEXT NOT NULL,
        occasion TEXT NOT NULL,
        is_dangerous INTEGER NOT NULL,
        is_counted INTEGER NOT NULL,
        settled_at TEXT,
        undone_by TEXT,
        restores TEXT,
        UNIQUE (store, order_id, id)
    )
    """,
    "CREATE INDEX changelog_by_time ON changelog (store, at, id)",
    """
    CREATE INDEX changelog_by_run ON changelog (store, run_id, at)
    WHERE run_id IS NOT NULL
    """,
    """
    CREATE TABLE rules (
        store TEXT NOT NULL,
        version INTEGER NOT NULL,
        digest TEXT NOT NULL,
        compiled_gzip BLOB NOT NULL,
        source TEXT NOT NULL,
        author TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (store, version)
    )
    """,
    """
    CREATE TABLE seen_orders (
        store TEXT NOT NULL,
        order_id INTEGER NOT NULL,
        read_at TEXT NOT NULL,
        seen_modified TEXT NOT NULL,
        status_id INTEGER NOT NULL,
        status_since TEXT,
        revision INTEGER NOT NULL,
        PRIMARY KEY (store, order_id)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE parked_signals (
        number INTEGER PRIMARY KEY,
        store TEXT NOT NULL,
        receipt_key TEXT NOT NULL,
        signal TEXT NOT NULL,
        signal_version INTEGER NOT NULL,
        reason TEXT NOT NULL,
        at TEXT NOT NULL,
        until TEXT,
        waits_for TEXT NOT NULL,
        UNIQUE (store, receipt_key)
    )
    """,
    """
    CREATE INDEX parked_by_time ON parked_signals (store, until)
    WHERE until IS NOT NULL
    """,
    "CREATE INDEX parked_by_wait ON parked_signals (store, waits_for, at)",
    """
    CREATE TABLE reviews (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL,
        store TEXT NOT NULL,
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        detail TEXT NOT NULL,
        order_id INTEGER,
        rule TEXT,
        line_id TEXT,
        receipt_key TEXT,
        state TEXT NOT NULL,
        UNIQUE (store, id)
    )
    """,
    "CREATE INDEX reviews_by_state ON reviews (store, state, at)",
    """
    CREATE TABLE counters (
        store TEXT NOT NULL,
        name TEXT NOT NULL,
        count INTEGER NOT NULL,
        PRIMARY KEY (store, name)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE controls (
        store TEXT NOT NULL,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (store, kind, name)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE holds (
        store TEXT NOT NULL,
        order_id INTEGER NOT NULL,
        rule TEXT NOT NULL,
        reason TEXT NOT NULL,
        PRIMARY KEY (store, order_id, rule)
    ) WITHOUT ROWID
    """,
)

LATER_TABLES: Final = (
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
    "CREATE INDEX IF NOT EXISTS runs_by_time ON runs (store, began_at)",
    """CREATE TABLE IF NOT EXISTS bookmarks
    (store TEXT, name TEXT, text TEXT NOT NULL, PRIMARY KEY (store, name)) WITHOUT ROWID""",
)
"""Tables that files of the same version may lack; older code opens a file that has them."""


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Give an empty file its tables; refuse what is another program's or a newer version's.

    May leave a transaction open when it raises: close the connection then.
    """
    connection.execute("BEGIN IMMEDIATE")
    if _is_empty(connection):
        for statement in TABLES:
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    _refuse_strangers(connection, path)
    for statement in LATER_TABLES:
        connection.execute(statement)
    connection.execute("COMMIT")
    _log_ahead(connection, path)


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()


def _refuse_strangers(connection: sqlite3.Connection, path: Path) -> None:
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise ConfigurationError(
            f"{path}: this is another program's database; set state_dir to a directory of "
            "Orderwarden's own"
        )
    version = _pragma(connection, "user_version")
    if version != VERSION:
        raise ConfigurationError(
            f"{path}: its schema has version {version}, this Orderwarden knows {VERSION}; run the "
            "version that wrote it, or a newer one"
        )


def _log_ahead(connection: sqlite3.Connection, path: Path) -> None:
    for _ in range(WAL_ATTEMPTS):
        # The switch does not wait for other processes; an empty write does.
        with suppress(sqlite3.OperationalError):
            if _pragma(connection, "journal_mode = WAL") == "wal":
                return
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    raise ConfigurationError(
        f"{path}: its file system cannot do write-ahead logging; set state_dir to a directory on "
        "a local disk"
    )


def _pragma(connection: sqlite3.Connection, pragma: str) -> object:
    return connection.execute(f"PRAGMA {pragma}").fetchall()[0][0]
