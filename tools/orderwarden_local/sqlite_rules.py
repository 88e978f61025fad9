"""Published rules in SQLite, the compiled form gzipped."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from typing import Final

from orderwarden.domain.instants import from_text
from orderwarden.errors import ConfigurationError
from orderwarden.ports import PublishedRules

from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_rows import time_text

COMPILED_BYTES_MAX: Final = 300 * 1024
"""Gzipped; a DynamoDB item, which the same rules must fit, has 400 KB."""

_SELECT: Final = "SELECT store, version, digest, compiled_gzip, source, author, at FROM rules"


class SqliteRules:
    """`ports.Rules`."""

    _database: Database

    def current(self, store: str) -> PublishedRules | None:
        """Return the version in force, or None before the first."""
        rows = self._versions("WHERE store = ? ORDER BY version DESC LIMIT 1", store)
        return rows[0] if rows else None

    def version(self, store: str, number: int) -> PublishedRules | None:
        """Return one version."""
        rows = self._versions("WHERE store = ? AND version = ?", store, number)
        return rows[0] if rows else None

    def versions(self, store: str) -> Sequence[PublishedRules]:
        """Return all versions, oldest first."""
        return self._versions("WHERE store = ? ORDER BY version", store)

    def publish(self, rules: PublishedRules) -> bool:
        """Store a version if its number follows the one in force.

        Raises:
            ConfigurationError: Compiled and gzipped, it has more than 300 KB.
        """
        with self._database.writing() as connection:
            compiled = _compressed(rules)
            [(newest,)] = connection.execute(
                "SELECT coalesce(max(version), 0) FROM rules WHERE store = ?", (rules.store,)
            ).fetchall()
            if rules.version != newest + 1:
                return False
            connection.execute(
                """
                INSERT INTO rules (store, version, digest, compiled_gzip, source, author, at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    *(rules.store, rules.version, rules.digest, compiled),
                    *(rules.source, rules.author, time_text(rules.at)),
                ),
            )
            return True

    def _versions(self, which: str, *values: str | int) -> Sequence[PublishedRules]:
        with self._database.reading() as connection:
            rows = connection.execute(f"{_SELECT} {which}", values).fetchall()
        return tuple(
            PublishedRules(
                *(store, version, digest, gzip.decompress(compiled).decode()),
                *(source, author, from_text(at)),
            )
            for store, version, digest, compiled, source, author, at in rows
        )


def _compressed(rules: PublishedRules) -> bytes:
    compiled = gzip.compress(rules.compiled.encode(), mtime=0)
    if len(compiled) > COMPILED_BYTES_MAX:
        raise ConfigurationError(
            f"store {rules.store}: the rules have {len(compiled):,} bytes, compiled and "
            f"gzipped; {COMPILED_BYTES_MAX:,} are allowed; shorten long lists"
        )
    return compiled
