"""What the embedded receipts, changelog and parked signals do beyond their contracts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from contracts.builders import STORE, a_line, a_parked, a_receipt, a_signal
from fakes import NOON, TurnableClock
from orderwarden.domain.signal import VERSION
from orderwarden_local.sqlite_changelog import SqliteChangelog
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.sqlite_state import SqliteState

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "orderwarden.sqlite3")
    yield database
    database.close()


@pytest.fixture
def receipts(database: Database, clock: TurnableClock) -> SqliteReceipts:
    return SqliteReceipts(database, clock)


def rows(database: Database, sql: str) -> list[tuple[object, ...]]:
    with database.reading() as connection:
        return connection.execute(sql).fetchall()


def test_the_receipts_of_an_order_come_oldest_first(receipts: SqliteReceipts) -> None:
    for hours, key in ((2, "a"), (1, "b"), (3, "c")):
        receipts.replace(a_receipt(key, first_at=NOON + hours * HOUR), None)
    receipts.replace(a_receipt("of another order", order_id=101), None)
    receipts.replace(a_receipt("of no order", order_id=None), None)

    found = receipts.of_order(STORE, 100)

    assert [receipt.key for receipt in found] == ["b", "a", "c"]


def test_an_expired_receipt_is_no_longer_of_its_order(
    receipts: SqliteReceipts, clock: TurnableClock
) -> None:
    receipts.replace(a_receipt(expires_at=NOON + HOUR), None)

    clock.advance(3600)

    assert receipts.of_order(STORE, 100) == ()


def test_expired_receipts_are_forgotten_so_many_at_a_time_and_no_others(
    receipts: SqliteReceipts, database: Database
) -> None:
    for number in range(5):
        receipts.replace(a_receipt(f"old {number}", expires_at=NOON + HOUR), None)
    receipts.replace(a_receipt("young", expires_at=NOON + 2 * HOUR), None)
    receipts.replace(a_receipt("held", expires_at=None), None)

    forgotten = [receipts.forget_expired(NOON + HOUR, limit=3) for _ in range(3)]

    assert forgotten == [3, 2, 0]
    assert rows(database, "SELECT key FROM receipts ORDER BY key") == [("held",), ("young",)]


def test_a_person_reads_the_changelog_with_plain_sql(database: Database) -> None:
    line = a_line(also=("staff_note",), path=("first rule", "zweite Regel, größer"))
    SqliteChangelog(database).replace(line, None)

    [row] = rows(
        database,
        "SELECT at, order_id, rule, result, from_status_id, to_status_id, also, path, is_counted "
        "FROM changelog",
    )

    assert row[:6] == (
        *("2026-11-21T12:00:00.000000+00:00", 100),
        *("complete-when-shipped", "intended", 2, 10),
    )
    assert json.loads(str(row[6])) == ["staff_note"]
    assert row[7:] == ('["first rule", "zweite Regel, größer"]', 0)


def test_lines_may_be_written_while_lines_are_read(database: Database) -> None:
    changelog = SqliteChangelog(database)
    for number in range(600):
        changelog.replace(a_line(f"l{number:04}"), None)

    reading = iter(changelog.between(STORE, NOON, NOON + HOUR))
    first = next(reading)
    changelog.mark_undone(STORE, 100, "l0599", "l9999")
    rest = list(reading)

    assert first.id == "l0000"
    assert len(rest) == 599
    assert rest[-1].undone_by == "l9999"


def test_a_signal_that_newer_code_parked_waits_for_code_that_can_read_it(
    database: Database,
) -> None:
    state = SqliteState(database)
    newer = replace(a_signal(key="newer"), version=VERSION + 1)
    state.park(a_parked(signal=newer, until=NOON))
    state.park(a_parked("ours", until=NOON))

    due = state.due(STORE, NOON, 10)
    waiting = state.waiting_for(STORE, "store", 10)

    assert [parked.signal.receipt_key for parked in due] == ["ours"]
    assert [parked.signal.receipt_key for parked in waiting] == ["ours"]
    assert state.count_parked(STORE) == 2
