"""Opening the one SQLite file: what is created, and what is refused."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from orderwarden.errors import ConfigurationError
from orderwarden_local.sqlite_database import Database
from typing_extensions import override


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orderwarden.sqlite3"


def hold(database: Database, rule: str) -> None:
    with database.writing() as connection:
        connection.execute("INSERT INTO holds VALUES ('abc123', 100, ?, 'why')", (rule,))


def held(database: Database) -> set[str]:
    with database.reading() as connection:
        return {row[0] for row in connection.execute("SELECT rule FROM holds").fetchall()}


class ReadOnly(Database):
    """A database that this user may read only, even if this user is root."""

    @override
    def _connect(self) -> sqlite3.Connection:
        connection = super()._connect()
        connection.execute("PRAGMA query_only = 1")
        return connection


def test_a_new_file_is_created_with_its_directory(tmp_path: Path) -> None:
    database = Database(tmp_path / "var" / "deep" / "orderwarden.sqlite3")

    hold(database, "a")
    database.close()

    assert (tmp_path / "var" / "deep" / "orderwarden.sqlite3").is_file()


def test_an_empty_file_is_taken_for_a_new_one(path: Path) -> None:
    path.touch()

    database = Database(path)
    hold(database, "a")

    assert held(database) == {"a"}
    database.close()


def test_a_file_opened_again_has_what_was_written(path: Path) -> None:
    first = Database(path)
    hold(first, "a")
    first.close()

    second = Database(path)

    assert held(second) == {"a"}
    second.close()


def test_a_file_that_is_read_only_at_the_start_needs_a_person(path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"let this user write the file") as told:
        ReadOnly(path)

    assert str(path) in str(told.value)


def test_a_directory_that_cannot_be_made_needs_a_person(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "orderwarden.sqlite3"

    with pytest.raises(ConfigurationError, match=r"let this user write") as told:
        Database(path)

    assert str(path) in str(told.value)


def test_a_path_that_is_a_directory_needs_a_person(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"let this user write"):
        Database(tmp_path)


def test_a_file_that_is_no_database_needs_a_person_and_stays_as_it_is(path: Path) -> None:
    path.write_text("These are the notes of a merchant, and no database at all.\n" * 100)
    before = path.read_bytes()

    with pytest.raises(ConfigurationError, match="no sound SQLite database"):
        Database(path)

    assert path.read_bytes() == before


def test_a_database_with_damaged_pages_needs_a_person(path: Path) -> None:
    database = Database(path)
    for number in range(300):
        hold(database, f"rule-{number} {'x' * 200}")
    database.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xa5" * (len(content) - len(content) // 2)
    path.write_bytes(content)

    damaged = Database(path)
    with pytest.raises(ConfigurationError, match="no sound SQLite database"):
        held(damaged)
    damaged.close()


def test_another_programs_database_is_refused_and_stays_as_it_is(path: Path) -> None:
    stranger = sqlite3.connect(path)
    stranger.execute("CREATE TABLE bookmarks (url TEXT)")
    stranger.close()
    before = path.read_bytes()

    with pytest.raises(ConfigurationError, match="another program's database"):
        Database(path)

    assert path.read_bytes() == before


def test_a_newer_schema_is_refused_and_stays_as_it_is(path: Path) -> None:
    database = Database(path)
    with database.writing() as connection:
        connection.execute("PRAGMA user_version = 99")
    database.close()
    before = path.read_bytes()

    with pytest.raises(ConfigurationError, match="schema has version 99, this Orderwarden knows"):
        Database(path)

    assert path.read_bytes() == before


def test_a_file_system_without_write_ahead_logging_is_refused() -> None:
    class InMemory(Database):
        """SQLite's own example of a place where the log cannot be had."""

        @override
        def _connect(self) -> sqlite3.Connection:
            return sqlite3.connect(":memory:", isolation_level=None)

    with pytest.raises(ConfigurationError, match="cannot do write-ahead logging"):
        InMemory(Path("orderwarden.sqlite3"))
