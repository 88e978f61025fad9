"""`ports.State` in SQLite: everything that is neither queue, receipt nor line."""

from __future__ import annotations

from orderwarden_local.sqlite_bookmarks import SqliteBookmarks
from orderwarden_local.sqlite_controls import SqliteHolds, SqliteStoreControls
from orderwarden_local.sqlite_counters import SqliteCounters
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_parked import SqliteParkedSignals
from orderwarden_local.sqlite_reviews import SqliteReviews
from orderwarden_local.sqlite_rules import SqliteRules
from orderwarden_local.sqlite_runs import SqliteRuns
from orderwarden_local.sqlite_seen import SqliteSeenOrders


class SqliteState(
    SqliteRules,
    SqliteSeenOrders,
    SqliteParkedSignals,
    SqliteReviews,
    SqliteCounters,
    SqliteStoreControls,
    SqliteHolds,
    SqliteBookmarks,
    SqliteRuns,
):
    """Every part on one database."""

    def __init__(self, database: Database) -> None:
        """Work on a database."""
        self._database = database
