"""Commands that only look: the JSON that stays put, and tables for people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from contracts.builders import a_line, a_parked, a_review
from orderwarden.domain.line import Line, Result
from orderwarden_cli.shown import change_of
from unit.cli.command_line import OTHER, STORE, CommandLine, nowhere

NOW = datetime.now(UTC)  # the commands look at the real clock
PROMISED = {
    *("id", "at", "store", "order_id", "trigger", "rule", "rules_version", "action", "also"),
    *("from_status_id", "to_status_id", "result", "reason", "actor", "run_id"),
}
"""The keys that are promised to programs."""


@pytest.fixture(autouse=True)
def _a_wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


# changelog list


def test_a_line_is_told_with_everything_that_is_promised(shop: CommandLine) -> None:
    at = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
    settled_at = datetime(2026, 11, 21, 12, 0, 0, 500_000, tzinfo=UTC)
    line = a_line(
        at=at,
        result=Result.APPLIED,
        also=("staff_note",),
        path=("complete-when-shipped", "then"),
        settled_at=settled_at,
        run_id="run-1",
    )
    shop.keep(line)

    [told] = shop.json("changelog", "list", "--order", "100")

    assert set(told) >= PROMISED
    assert told == {
        "id": "l1",
        "at": "2026-11-21T12:00:00+00:00",
        "store": STORE,
        "order_id": 100,
        "trigger": "status_updated",
        "rule": "complete-when-shipped",
        "rules_version": 3,
        "action": "set_status",
        "also": ["staff_note"],
        "from_status_id": 2,
        "to_status_id": 10,
        "result": "applied",
        "reason": "fully shipped",
        "actor": "rule",
        "run_id": "run-1",
        "path": ["complete-when-shipped", "then"],
        "settled_at": "2026-11-21T12:00:00.500000+00:00",
        "undone_by": None,
    }


def test_a_note_alone_that_is_not_settled_has_empty_places(shop: CommandLine) -> None:
    shop.keep(a_line(action="staff_note", to_status_id=None))

    [told] = shop.json("changelog", "list", "--order", "100")

    assert (told["to_status_id"], told["settled_at"], told["run_id"]) == (None, None, None)


def test_an_order_without_lines_has_an_empty_list(shop: CommandLine) -> None:
    assert shop.json("changelog", "list", "--order", "100") == []


def test_one_orders_lines_come_oldest_first_however_old(shop: CommandLine) -> None:
    shop.keep(
        a_line("new", at=NOW),
        a_line("old", at=NOW - timedelta(days=1000)),
        a_line("other", at=NOW, order_id=101),
    )

    told = shop.json("changelog", "list", "--order", "100")

    assert [line["id"] for line in told] == ["old", "new"]


def test_without_an_order_the_lines_of_the_last_days_are_told(shop: CommandLine) -> None:
    shop.keep(
        a_line("ahead", at=NOW + timedelta(hours=20)),  # the store's clock may be ahead of ours
        a_line("today", at=NOW - timedelta(hours=23)),
        a_line("yesterday", at=NOW - timedelta(hours=25)),
    )

    one_day = shop.json("changelog", "list")
    two_days = shop.json("changelog", "list", "--days", "2")

    assert [line["id"] for line in one_day] == ["today", "ahead"]
    assert [line["id"] for line in two_days] == ["yesterday", "today", "ahead"]


def test_people_read_a_table(shop: CommandLine) -> None:
    line = a_line(at=NOW, result=Result.APPLIED, path=("ship", "then"), reason="paid [/] [red]")
    shop.keep(line)

    result = shop.run("changelog", "list")

    assert result.exit_code == 0
    assert f"Changelog of store {STORE}" in result.stdout
    assert "Shipped → Completed" in result.stdout
    assert "ship → then" in result.stdout
    assert "paid [/] [red]" in result.stdout  # what is in brackets is text, no colour


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (a_line(from_status_id=7, to_status_id=5), "Awaiting Payment → Cancelled"),
        (a_line(from_status_id=99, to_status_id=10), "status 99 → Completed"),
        (a_line(action="staff_note", to_status_id=None), "staff_note"),
        (a_line(from_status_id=7, to_status_id=0), "Awaiting Payment → Incomplete"),
    ],
)
def test_a_change_is_told_by_the_names_of_statuses(line: Line, change: str) -> None:
    assert change_of(line) == change


@pytest.mark.parametrize(
    "arguments",
    [("--days", "0"), ("--days", "36501"), ("--order", "0"), ("--order", "x"), ("--unheard-of",)],
)
def test_what_makes_no_sense_is_a_usage_error(
    shop: CommandLine, arguments: tuple[str, ...]
) -> None:
    result = shop.run("changelog", "list", *arguments)

    assert result.exit_code == 2
    assert result.stdout == ""


def test_as_far_back_as_is_allowed_is_a_time(shop: CommandLine) -> None:
    assert shop.json("changelog", "list", "--days", "36500") == []


# reviews list


def test_what_waits_for_a_person_is_told(shop: CommandLine) -> None:
    with shop.machine() as here:
        here.state.open_review(a_review("r1", order_id=100, rule="r", line_id="l1"))
        here.state.open_review(a_review("r2"))
        here.state.close_review(STORE, "r2", "approved")

    open_ones = shop.json("reviews", "list")
    every_one = shop.json("reviews", "list", "--all")

    assert open_ones == [
        {
            "id": "r1",
            "at": "2026-11-21T12:00:00+00:00",
            "store": STORE,
            "kind": "refused",
            "order_id": 100,
            "rule": "r",
            "line_id": "l1",
            "state": "open",
            "detail": "the store answered 400 to order 100",
        }
    ]
    assert [review["state"] for review in every_one] == ["open", "approved"]


def test_people_read_reviews_in_a_table(shop: CommandLine) -> None:
    with shop.machine() as here:
        here.state.open_review(a_review("r1", order_id=118, rule="r", detail="[/] no markup"))
        here.state.open_review(a_review("r2", kind="status_mismatch"))

    told = shop.run("reviews", "list").stdout

    assert "118" in told
    assert "[/] no markup" in told
    assert "status_mismatch" in told


# dead-letters list


def test_a_dead_letter_may_hold_anything_and_is_shown_as_it_is(shop: CommandLine) -> None:
    with shop.machine() as here:
        here.queue.put_body("[/red] é [bold", "g1")
        here.queue.bury(here.queue.receive()[0].receipt_handle, "not_a_signal")

    result = shop.run("dead-letters", "list")

    assert result.exit_code == 0
    assert "[/red] é [bold" in result.stdout


# status


def test_status_is_what_health_says_and_what_each_store_runs_on(tmp_path: Path) -> None:
    shop = CommandLine(tmp_path, nowhere(), STORE, OTHER)
    with shop.machine() as here:
        here.queue.put_body("garbage", "g1")
        here.state.park(a_parked())
        here.state.stop(OTHER, "by hand")

    told = shop.json("status")

    assert {key: value for key, value in told.items() if key != "stores"} == {
        "status": "ok",
        "queued": 1,
        "in_flight": 0,
        "parked": 1,
        "dead_letters": 0,
        "reviews": 0,
    }
    assert [(store["store"], store["stopped"], store["parked"]) for store in told["stores"]] == [
        (STORE, None, 1),
        (OTHER, "by hand", 0),
    ]


def test_people_read_status_line_by_line(tmp_path: Path) -> None:
    shop = CommandLine(tmp_path, nowhere(), STORE, OTHER)
    shop.run("rules", "publish", "--store", STORE)
    with shop.machine() as here:
        here.state.stop(OTHER, "by hand")

    lines = shop.run("status").stdout.splitlines()

    assert "       queued  0" in lines
    assert f"store {STORE}: runs, rules version 1" in lines
    assert f"store {OTHER}: by hand, rules version None" in lines


# What every command needs


@pytest.fixture(
    params=[
        ("changelog", "list"),
        ("dead-letters", "list"),
        ("reviews", "list"),
        ("rules", "list"),
        ("status",),
    ],
    ids=" ".join,
)
def command(request: pytest.FixtureRequest) -> tuple[str, ...]:
    arguments: tuple[str, ...] = request.param
    return arguments


def test_without_a_configuration_nothing_works(
    shop: CommandLine, command: tuple[str, ...]
) -> None:
    shop.config.unlink()

    result = shop.run(*command)

    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.startswith(f"error: {shop.config}: cannot be read (")


def test_a_database_that_is_none_is_told(shop: CommandLine, command: tuple[str, ...]) -> None:
    (shop.folder / "var").mkdir()
    (shop.folder / "var/orderwarden.sqlite3").write_text("not a database, but long enough" * 100)

    result = shop.run(*command)

    assert (result.exit_code, result.stdout) == (3, "")
    assert "orderwarden.sqlite3" in result.stderr


def test_each_command_says_how_it_is_used(shop: CommandLine, command: tuple[str, ...]) -> None:
    result = shop.run(*command, "-h")

    assert result.exit_code == 0
    assert f"Example: orderwarden {' '.join(command)}" in result.stdout
