"""Commands about the past: `timeline`, `replay`, `changelog export` and `changelog verify`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from contracts.builders import a_line, a_receipt, a_signal
from orderwarden.domain.line import Result
from orderwarden.domain.receipt import ReceiptState
from unit.cli.command_line import OTHER, STORE, CommandLine, nowhere

NOW = datetime.now(UTC)  # the commands look at the real clock


# timeline


def test_a_timeline_tells_in_time_what_was_received_and_changed(shop: CommandLine) -> None:
    ended = a_receipt(state=ReceiptState.DONE, outcome="applied", first_at=NOW)
    shop.keep(a_line(at=NOW - timedelta(minutes=1), result=Result.BLOCKED, reason="offline"))
    with shop.machine() as here:
        here.receipts.replace(ended, None)

    told = shop.json("timeline", "--order", "100", "--no-store")

    assert (told["store"], told["order_id"]) == (STORE, 100)
    assert [entry["kind"] for entry in told["entries"]] == ["change", "received"]
    assert told["entries"][0]["rule"] == "complete-when-shipped"
    assert told["entries"][1]["trigger"] == "status_updated"
    assert told["answer"] == [
        "Rule complete-when-shipped did not change it: offline.",
        "The last thing received (status_updated): decided, and the order was changed.",
    ]


def test_a_timeline_says_when_the_store_cannot_be_asked(shop: CommandLine) -> None:
    result = shop.run("timeline", "--order", "100")

    assert result.exit_code == 0
    assert "The store does not show it now: no_connection." in result.stdout
    assert "Nothing of this order was received" in result.stdout


def test_a_timeline_tells_what_waits_on_the_queue_and_what_was_given_up(
    shop: CommandLine,
) -> None:
    with shop.machine() as here:
        for key in ("k1", "k2", "k3"):
            here.queue.put(a_signal(100, key))
        here.queue.put(a_signal(101, "k4"))
        [delivery] = here.queue.receive()
        here.queue.bury(delivery.receipt_handle, "not_a_signal")

    told = shop.json("timeline", "--order", "100", "--no-store")

    assert told["answer"][:2] == [
        "2 of its signals wait on the queue or are in hand.",
        "1 of its signals lie with the dead letters: `orderwarden dead-letters list`.",
    ]


# replay


def test_a_replay_may_be_left_to_the_server(shop: CommandLine) -> None:
    told = shop.json("replay", "--order", "100", "--no-wait")

    assert (told["order_id"], told["outcome"], told["lines"]) == (100, "queued", [])
    with shop.machine() as here:
        [delivery] = here.queue.receive()
    signal = json.loads(delivery.body)
    assert (signal["trigger"], signal["run_id"]) == ("manual", told["run_id"])
    assert signal["receipt_key"] == f"manual-{told['run_id']}-100"


def test_a_replay_in_a_stopped_store_is_parked_and_waits_for_nothing(shop: CommandLine) -> None:
    with shop.machine() as here:
        here.state.stop(STORE, "paused_by_hand")

    result = shop.run("replay", "--order", "100")

    assert (result.exit_code, result.stdout) == (1, "Order 100: parked\n")


@pytest.mark.parametrize("order", ["0", "-1", "x", str(2**63)])
def test_an_order_is_a_number_that_can_be_kept(shop: CommandLine, order: str) -> None:
    assert shop.run("replay", "--order", order).exit_code == 2
    assert shop.run("timeline", "--order", order).exit_code == 2


# changelog export


def test_lines_are_exported_one_object_a_line(shop: CommandLine) -> None:
    shop.keep(
        a_line("l1", at=NOW - timedelta(hours=2)),
        a_line("l2", at=NOW - timedelta(hours=1), reason="ü\n☃"),
        a_line("old", at=NOW - timedelta(days=3)),
    )
    target = shop.folder / "out.jsonl"

    shown = shop.run("changelog", "export")
    written = shop.run("changelog", "export", "--days", "7", "--output", str(target))

    assert [json.loads(line)["id"] for line in shown.stdout.splitlines()] == ["l1", "l2"]
    rows = [json.loads(line) for line in target.read_text().splitlines()]
    assert [row["id"] for row in rows] == ["old", "l1", "l2"]
    assert rows[2]["reason"] == "ü\n☃"
    assert (written.exit_code, written.stdout) == (0, "")


def test_a_file_that_cannot_be_written_is_told(shop: CommandLine) -> None:
    result = shop.run("changelog", "export", "--output", str(shop.folder / "no/where.jsonl"))

    assert result.exit_code == 3
    assert "cannot be written" in result.stderr


# changelog verify


def test_a_sound_changelog_is_right(shop: CommandLine) -> None:
    shop.keep(a_line(at=NOW, result=Result.APPLIED))

    told = shop.json("changelog", "verify", "--no-store")

    assert told == {"lines": 1, "checked": {}, "unreadable": 0, "problems": []}


def test_what_is_wrong_is_told_with_exit_code_1(shop: CommandLine) -> None:
    shop.keep(
        a_line("open", at=NOW - timedelta(hours=3)),
        a_line("once", at=NOW, order_id=101, result=Result.APPLIED, occasion="t"),
        a_line("twice", at=NOW, order_id=101, result=Result.APPLIED, occasion="t"),
    )

    result = shop.run("changelog", "verify", "--no-store", "--json")

    assert result.exit_code == 1
    problems = json.loads(result.stdout)["problems"]
    assert [(one["id"], one["wrong"]) for one in problems] == [
        ("open", "unsettled"),
        ("twice", "doubled"),
        ("twice", "repeated"),
    ]


def test_a_store_out_of_reach_is_told_with_exit_code_4(shop: CommandLine) -> None:
    shop.keep(a_line(at=NOW, result=Result.APPLIED))

    assert shop.run("changelog", "verify").exit_code == 4


# reconcile run


def test_a_reconciliation_wants_a_store_where_there_are_several(tmp_path: Path) -> None:
    shops = CommandLine(tmp_path, nowhere(), STORE, OTHER)

    assert shops.run("reconcile", "run", "--yes").exit_code == 2


def test_without_rules_there_is_nothing_to_reconcile(shop: CommandLine) -> None:
    result = shop.run("reconcile", "run", "--yes", "--json", "--no-wait")

    assert result.exit_code == 1
    assert json.loads(result.stdout)["ended"] == "no_rules"


@pytest.mark.parametrize("since", ["", "soon", "2026-13-01", "0001-01-01T00:00+05:00", "-1h"])
def test_what_is_no_time_is_told_as_such(shop: CommandLine, since: str) -> None:
    result = shop.run("reconcile", "run", "--yes", "--since", since)

    assert result.exit_code == 2
    assert "72h" in result.stderr
