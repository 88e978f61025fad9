"""One SQLite file: its connections, its transactions, and what their failures mean."""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from orderwarden.errors import ConfigurationError, OrderwardenError, Rejected, TryAgain

from orderwarden_local.sqlite_schema import prepare

BUSY_RETRY_S: Final = 1.0

_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL})
_UNWRITABLE: Final = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_NOMEM,
    }
)
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class Database:
    """A file that any number of threads and processes share; one connection a thread."""

    def __init__(self, path: Path, *, wait_s: float = 2.5) -> None:
        """Open the file; create it and its directory where they are missing.

        Args:
            path: The file; SQLite keeps two more beside it, `-wal` and `-shm`.
            wait_s: How long a call waits for other writers: half for the threads of this
                process, half for other processes. Below the 3 s in which ingest must answer.

        Raises:
            ConfigurationError: It cannot be written, is damaged, or is not ours.
            TryAgain: Another process holds it.
        """
        self._path = path.absolute()
        self._wait_s = wait_s / 2
        self._write_lock = threading.Lock()
        self._of_thread = threading.local()
        self._open: weakref.WeakSet[_Held] = weakref.WeakSet()
        self._prepare()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Run the block on one unchanging view of everything written so far.

        Raises:
            TryAgain: `database_busy` or `database_unwritable`.
            ConfigurationError: The file is damaged.
        """
        with self._transaction("BEGIN") as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Run the block as the only writer; on return it is on disk, on an error undone.

        Raises:
            TryAgain: `database_busy` or `database_unwritable`.
            Rejected: A text or a number that no database can hold.
            ConfigurationError: The file is damaged.
        """
        # SQLite lets waiting writers sleep and look again; a lock wakes our own threads at once.
        if not self._write_lock.acquire(timeout=self._wait_s):
            raise TryAgain("database_busy", BUSY_RETRY_S)
        try:
            with self._transaction("BEGIN IMMEDIATE") as connection:
                yield connection
        finally:
            self._write_lock.release()

    def close(self) -> None:
        """Close every thread's connection, once nobody uses them any more."""
        for held in list(self._open):
            held.connection.close()

    def _prepare(self) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = self._connection()
            try:
                prepare(connection, self._path)
            except BaseException:
                connection.close()
                raise
        except OSError as error:
            raise self._unwritable(error) from error
        except sqlite3.Error as error:
            raise self._told_at_start(error) from error

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        try:
            connection = self._connection()
            try:
                connection.execute(begin)
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    self._discard(connection)
        except sqlite3.Error as error:
            raise self._told(error) from error
        except UnicodeEncodeError as error:
            raise Rejected("text_not_storable") from error
        except OverflowError as error:
            raise Rejected("number_not_storable") from error

    def _connection(self) -> sqlite3.Connection:
        held: _Held | None = getattr(self._of_thread, "held", None)
        if held is None:
            held = _Held(self._connect())
            self._of_thread.held = held
            self._open.add(held)
        return held.connection

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=self._wait_s,
            isolation_level=None,
            check_same_thread=False,  # only closing comes from another thread
        )
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _discard(self, connection: sqlite3.Connection) -> None:
        """Close it: unlike ROLLBACK, that ends a transaction whatever went wrong in it."""
        del self._of_thread.held
        connection.close()

    def _told(self, error: sqlite3.Error) -> Exception:
        """Return the error in our words; as it is where it can only be a mistake of ours."""
        code = _primary_code(error)
        if code in _BUSY:
            return TryAgain("database_busy", BUSY_RETRY_S)
        if code in _UNWRITABLE:
            return TryAgain("database_unwritable")
        if code in _DAMAGED:
            return ConfigurationError(
                f"{self._path}: this is no sound SQLite database ({error}); restore it from a "
                "backup, or move it away to begin anew"
            )
        return error

    def _told_at_start(self, error: sqlite3.Error) -> Exception:
        if _primary_code(error) in _UNWRITABLE:
            return self._unwritable(error)
        return self._told(error)

    def _unwritable(self, error: Exception) -> OrderwardenError:
        return ConfigurationError(
            f"{self._path}: the database cannot be opened for writing ({error}); let this user "
            "write the file and its directory, and see that the disk is not full"
        )


class _Held:
    """A thread's connection; closed when the thread has ended."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


def _primary_code(error: sqlite3.Error) -> int:
    """Return SQLite's result code; 0 for an error of the Python module itself."""
    extended: int = getattr(error, "sqlite_errorcode", 0)
    return extended & 0xFF
