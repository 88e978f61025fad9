"""`sweep`, `undo` and `resume --order`: what they ask for, and what they say no to."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click
import pytest
from contracts.builders import a_line
from orderwarden.domain.line import Result
from orderwarden_cli.main import main
from orderwarden_cli.options import opened
from orderwarden_local.bootstrap import Machine, machine
from orderwarden_local.configuration import read_configuration
from unit.cli.command_line import STORE, CommandLine, nowhere


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    here = CommandLine(tmp_path, nowhere(), STORE)
    here.run("rules", "publish", str(here.rules))
    return here


def test_a_sweep_without_a_terminal_needs_a_yes(line: CommandLine) -> None:
    result = line.run("sweep", "run")

    assert result.exit_code == 2
    assert "look with --dry-run, then add --yes" in result.stderr


def test_a_sweep_of_a_store_without_rules_says_how_to_get_some(tmp_path: Path) -> None:
    result = CommandLine(tmp_path, nowhere(), STORE).run("sweep", "run", "--yes")

    assert result.exit_code == 3
    assert "publish some with `orderwarden rules publish FILE`" in result.stderr


def test_a_sweep_that_finds_nothing_is_kept_when_a_person_asked(line: CommandLine) -> None:
    done = line.json("sweep", "run", "--yes", "--no-wait")

    assert (done["ended"], done["queued"]) == ("complete", 0)
    assert [run["id"] for run in line.json("sweep", "list")] == [done["id"]]
    assert line.json("sweep", "show", done["id"])["lines"] == []


def test_a_stopped_store_is_told_with_the_answer_no(line: CommandLine) -> None:
    line.run("pause")

    result = line.run("sweep", "run", "--yes", "--no-wait")

    assert result.exit_code == 1
    assert "paused_by_hand" in result.stdout


def test_a_run_that_is_not_there_is_the_answer_no(line: CommandLine) -> None:
    result = line.run("sweep", "show", "nothing")

    assert (result.exit_code, "orderwarden sweep list" in result.stderr) == (1, True)


@pytest.mark.parametrize("words", [(), ("--run", "r", "--line", "l")])
def test_an_undo_names_a_run_or_a_line(line: CommandLine, words: tuple[str, ...]) -> None:
    assert line.run("undo", *words).exit_code == 2


def test_an_undo_in_a_stopped_store_is_refused_with_the_remedy(line: CommandLine) -> None:
    with line.machine() as here:
        here.changelog.replace(a_line(result=Result.APPLIED, run_id="run-1"), None)
        here.state.stop(STORE, "paused_by_hand")

    result = line.run("undo", "--run", "run-1", "--yes")

    assert result.exit_code == 1
    assert "is stopped (paused_by_hand)" in result.stderr
    assert "`orderwarden pause --rule NAME`" in result.stderr


def test_an_undo_of_what_changed_nothing_is_the_answer_no(line: CommandLine) -> None:
    assert line.run("undo", "--run", "nothing", "--yes").exit_code == 1
    assert line.run("undo", "--line", "nothing", "--yes").exit_code == 1


def test_a_hold_is_lifted_for_one_order(line: CommandLine) -> None:
    with line.machine() as here:
        here.state.hold(STORE, 118, "complete-when-shipped", "undone")
        here.state.hold(STORE, 119, "complete-when-shipped", "undone")

    result = line.run("resume", "--rule", "complete-when-shipped", "--order", "118")

    assert result.exit_code == 0
    with line.machine() as here:
        assert here.state.holds(STORE, 118) == frozenset()
        assert here.state.holds(STORE, 119) == {"complete-when-shipped"}


def test_a_hold_is_one_rules(line: CommandLine) -> None:
    assert line.run("resume", "--order", "118").exit_code == 2


def test_a_review_that_is_not_there_cannot_be_shown(line: CommandLine) -> None:
    assert line.run("reviews", "show", "nothing").exit_code == 1


def test_a_command_waits_for_a_busy_database_for_longer_than_a_server(line: CommandLine) -> None:
    def waits_ms(here: Machine) -> int:
        with here.database.reading() as connection:
            return int(connection.execute("PRAGMA busy_timeout").fetchone()[0])

    with click.Context(main).scope(), opened(line.config) as command:
        assert isinstance(command, Machine)
        waits = waits_ms(command)
    with closing(machine(read_configuration(line.config))) as server:
        server_waits = waits_ms(server)

    assert (waits, server_waits) == (5000, 1250)  # the other half is for its own threads
