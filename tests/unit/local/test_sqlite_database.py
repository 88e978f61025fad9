"""One SQLite file: opening it, sharing it, and what its failures mean."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from orderwarden.errors import ConfigurationError, TryAgain
from orderwarden_local.sqlite_database import Database
from typing_extensions import override


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orderwarden.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(path, wait_s=0.1)
    yield database
    database.close()


def hold(database: Database, rule: str) -> None:
    with database.writing() as connection:
        connection.execute("INSERT INTO holds VALUES ('abc123', 100, ?, 'why')", (rule,))


def held(database: Database) -> set[str]:
    with database.reading() as connection:
        return {row[0] for row in connection.execute("SELECT rule FROM holds").fetchall()}


def an_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("invented")
    error.sqlite_errorcode = code
    return error


class SmallDisk(Database):
    """A database on a disk with room for 120 pages of 4 KiB."""

    @override
    def _connect(self) -> sqlite3.Connection:
        connection = super()._connect()
        connection.execute("PRAGMA max_page_count = 120")
        return connection


def test_every_connection_writes_ahead_and_waits_for_the_disk(database: Database) -> None:
    def pragmas() -> list[object]:
        with database.reading() as connection:
            return [
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("journal_mode", "synchronous")
            ]

    found: list[list[object]] = [pragmas()]
    thread = threading.Thread(target=lambda: found.append(pragmas()))
    thread.start()
    thread.join()

    full = 2
    assert found == [["wal", full], ["wal", full]]


def test_a_block_that_fails_leaves_nothing_written_and_no_transaction_open(
    database: Database, path: Path
) -> None:
    hold(database, "before")

    with pytest.raises(sqlite3.IntegrityError), database.writing() as connection:
        connection.executemany(
            "INSERT INTO holds VALUES ('abc123', 100, ?, 'why')", [("half",), ("half",)]
        )

    other = Database(path, wait_s=0.1)
    hold(other, "by another")
    hold(database, "after")
    assert held(database) == {"before", "by another", "after"}
    other.close()


def test_a_reader_is_not_held_up_by_a_writer_and_sees_only_what_is_finished(
    database: Database, path: Path
) -> None:
    other = Database(path)

    with other.writing() as connection:
        connection.execute("INSERT INTO holds VALUES ('abc123', 100, 'a', 'why')")
        before = held(database)

    assert before == set()
    assert held(database) == {"a"}
    other.close()


def test_a_writer_that_waits_too_long_for_another_process_is_told_to_try_again(
    database: Database, path: Path
) -> None:
    other = Database(path)

    with other.writing(), pytest.raises(TryAgain) as told:
        hold(database, "a")

    hold(database, "b")
    assert (told.value.reason, told.value.retry_after_s) == ("database_busy", 1.0)
    assert held(database) == {"b"}
    other.close()


def test_a_writer_that_waits_too_long_for_another_thread_is_told_to_try_again(
    database: Database,
) -> None:
    inside, leave = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with database.writing():
            inside.set()
            leave.wait(10)

    thread = threading.Thread(target=write_slowly)
    thread.start()
    inside.wait(10)

    with pytest.raises(TryAgain, match="database_busy"):
        hold(database, "a")

    leave.set()
    thread.join()
    hold(database, "b")
    assert held(database) == {"b"}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (sqlite3.SQLITE_BUSY, "database_busy"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "database_busy"),
        (sqlite3.SQLITE_LOCKED, "database_busy"),
        (sqlite3.SQLITE_FULL, "database_unwritable"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "database_unwritable"),
        (sqlite3.SQLITE_IOERR_FSYNC, "database_unwritable"),
        (sqlite3.SQLITE_CANTOPEN, "database_unwritable"),
    ],
)
def test_a_failure_that_may_pass_says_try_again(
    database: Database, code: int, reason: str
) -> None:
    with pytest.raises(TryAgain) as told, database.writing():
        raise an_error(code)

    assert told.value.reason == reason


@pytest.mark.parametrize("code", [sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])
def test_a_damaged_file_needs_a_person(database: Database, path: Path, code: int) -> None:
    with pytest.raises(ConfigurationError) as told, database.reading():
        raise an_error(code)

    assert str(path) in str(told.value)
    assert "restore it from a backup" in str(told.value)


def test_a_mistake_in_our_own_sql_is_not_hidden(database: Database) -> None:
    with (
        pytest.raises(sqlite3.OperationalError, match="no such table"),
        database.writing() as connection,
    ):
        connection.execute("SELECT * FROM nowhere")


def test_a_full_disk_says_try_again_and_loses_nothing_acknowledged(path: Path) -> None:
    database = SmallDisk(path)
    written = 0

    def fill() -> None:
        nonlocal written
        for _ in range(1000):
            hold(database, f"{written:04} {'x' * 4000}")
            written += 1

    with pytest.raises(TryAgain, match="database_unwritable"):
        fill()
    with pytest.raises(TryAgain, match="database_unwritable"):
        fill()
    assert len(held(database)) == written > 0
    with database.reading() as connection:
        connection.execute("PRAGMA max_page_count = 100000")
    hold(database, "when there was room again")
    assert len(held(database)) == written + 1
    database.close()


def test_a_file_that_became_read_only_says_try_again(database: Database) -> None:
    with database.reading() as connection:
        connection.execute("PRAGMA query_only = 1")

    with pytest.raises(TryAgain, match="database_unwritable"):
        hold(database, "a")


def test_a_thread_that_ended_leaves_no_connection_open(database: Database) -> None:
    for _ in range(5):
        thread = threading.Thread(target=held, args=(database,))
        thread.start()
        thread.join()

    assert len(database._open) == 1


def test_closing_closes_the_connections_of_every_thread(path: Path) -> None:
    database = Database(path)
    used, leave = threading.Event(), threading.Event()

    def use() -> None:
        held(database)
        used.set()
        leave.wait(10)

    thread = threading.Thread(target=use)
    thread.start()
    used.wait(10)
    connections = [held.connection for held in database._open]

    database.close()

    leave.set()
    thread.join()
    assert len(connections) == 2
    for connection in connections:
        with pytest.raises(sqlite3.ProgrammingError):
            connection.execute("SELECT 1")
