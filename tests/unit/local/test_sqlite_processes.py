"""Several processes on one file, and processes that are killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from orderwarden.adapters.system_clock import SystemClock
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts

BEGINNING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from orderwarden.adapters.system_clock import SystemClock
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts

print("ready", flush=True)
name = sys.stdin.readline().strip()
database = Database(Path(sys.argv[1]), wait_s=20)
receipts = SqliteReceipts(database, SystemClock())
queue = SqliteQueue(database, SystemClock())
"""

CLAIM_ALL = """
now = datetime(2026, 11, 21, tzinfo=UTC)
for number in range(100):
    receipt = Receipt(f"k{number}", "abc123", 100, "sweep", ReceiptState.HELD, now, token=name)
    if receipts.replace(receipt, None) is None:
        print(f"k{number}", flush=True)
"""

PUT_FOR_EVER = """
number = 0
while True:
    queue.put_body(f"message {number}", f"group-{number % 7}")
    print(number, flush=True)
    number += 1
"""

RECEIVE_AND_HANG = """
[delivery] = queue.receive(visibility_s=3600)
print(delivery.body, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orderwarden.sqlite3"


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[str]]]:
    processes: list[subprocess.Popen[str]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def start(started: list[subprocess.Popen[str]], program: str, path: Path) -> subprocess.Popen[str]:
    """Start a process that waits for its name before it opens the file."""
    process = subprocess.Popen(  # noqa: S603  # our own interpreter on our own text
        [sys.executable, "-c", BEGINNING + program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    started.append(process)
    return process


def go(process: subprocess.Popen[str], name: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{name}\n")
    process.stdin.flush()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_processes_that_create_the_file_at_once_share_it_and_win_each_key_once(
    path: Path, started: list[subprocess.Popen[str]]
) -> None:
    names = ["p1", "p2", "p3", "p4"]
    processes = [start(started, CLAIM_ALL, path) for _ in names]
    assert [line_of(process) for process in processes] == ["ready"] * 4

    for process, name in zip(processes, names, strict=True):
        go(process, name)
    won = {
        name: process.communicate()[0].split()
        for process, name in zip(processes, names, strict=True)
    }

    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    database = Database(path)
    found = SqliteReceipts(database, SystemClock()).look_up(f"k{n}" for n in range(100))
    database.close()
    assert {key: receipt.token for key, receipt in found.items()} == {
        key: name for name, keys in won.items() for key in keys
    }
    assert sum(len(keys) for keys in won.values()) == 100


def test_what_a_killed_process_was_told_is_stored_is_there(
    path: Path, started: list[subprocess.Popen[str]]
) -> None:
    process = start(started, PUT_FOR_EVER, path)
    line_of(process)
    go(process, "writer")
    told = [int(line_of(process)) for _ in range(200)]

    os.kill(process.pid, signal.SIGKILL)
    assert process.stdout is not None
    told += [int(line) for line in process.stdout.read().split("\n")[:-1]]

    database = Database(path)
    queue = SqliteQueue(database, SystemClock())
    found: list[int] = []
    while deliveries := queue.receive(10, 3600):
        found += [int(delivery.body.removeprefix("message ")) for delivery in deliveries]
        for delivery in deliveries:
            queue.delete(delivery.receipt_handle)
    database.close()
    # One more may be stored than its writer lived to hear of.
    assert sorted(found) in (told, [*told, len(told)])
    assert sqlite3.connect(path).execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_what_a_killed_process_had_in_hand_is_in_flight_and_blocks_only_its_group(
    path: Path, started: list[subprocess.Popen[str]]
) -> None:
    database = Database(path)
    queue = SqliteQueue(database, SystemClock())
    queue.put_body("first", "group-1")
    queue.put_body("second", "group-1")
    queue.put_body("third", "group-2")
    process = start(started, RECEIVE_AND_HANG, path)
    line_of(process)
    go(process, "receiver")
    assert line_of(process) == "first"

    os.kill(process.pid, signal.SIGKILL)
    process.communicate()

    assert [delivery.body for delivery in queue.receive(10)] == ["third"]
    assert queue.depth().in_flight == 2
    database.close()
