"""`orderwarden changelog import`, and the export that it takes."""

from __future__ import annotations

import json
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from contracts.builders import STORE, a_receipt, a_signal
from fakes import NOON
from moving import a_whole_line, all_of, fill, published, written
from orderwarden.domain.line import Line, Result
from orderwarden.domain.rules.canonical import digest
from orderwarden.domain.settlement import adopt
from orderwarden.domain.signal import Signal
from orderwarden.services.probe import UNAUTHORISED
from orderwarden_cli.main import main
from orderwarden_cli.moving.records import End, Head, Record
from unit.cli.command_line import CommandLine, nowhere


@pytest.fixture
def old(tmp_path: Path) -> CommandLine:
    return host(tmp_path / "old")


@pytest.fixture
def new(tmp_path: Path) -> CommandLine:
    return host(tmp_path / "new")


def host(folder: Path) -> CommandLine:
    folder.mkdir()
    command = CommandLine(folder, nowhere(), STORE)
    with command.machine() as here:
        here.state.stop(STORE, "paused_by_hand")
    return command


def exported(old: CommandLine) -> Path:
    path = old.folder / "move.jsonl"
    assert old.run("changelog", "export", "--move", "--output", str(path)).exit_code == 0
    return path


def keep(command: CommandLine, *lines: Line) -> None:
    with command.machine() as here:
        fill(here, *lines)


def lines_of(command: CommandLine, order_id: int = 100) -> list[Line]:
    with command.machine() as here:
        return list(here.changelog.of_order(STORE, order_id))


def a_file(folder: Path, *lines: Line | str) -> str:
    path = folder / "file.jsonl"
    texts = [line if isinstance(line, str) else written([line]).strip() for line in lines]
    path.write_text("".join(f"{text}\n" for text in texts))
    return str(path)


def changed(line: Line, **fields: object) -> str:
    return json.dumps({**json.loads(written([line])), **fields})


def problems(new: CommandLine, file: str) -> list[str]:
    """Return what is said to be wrong with a file that must be refused."""
    result = new.run("changelog", "import", file, "--yes")
    assert (result.exit_code, result.stdout) == (3, "")
    *told, last = result.stderr.splitlines()
    assert last == "Nothing was written."
    return [each.removeprefix(f"error: {file}, ") for each in told]


# The export


def test_what_still_runs_is_not_exported_for_a_move(old: CommandLine) -> None:
    with old.machine() as here:
        here.state.resume(STORE)

    result = old.run("changelog", "export", "--move")

    assert (result.exit_code, result.stdout) == (3, "")
    assert "`orderwarden pause`" in result.stderr


def test_a_store_that_runs_again_by_itself_is_neither_exported_nor_imported(
    old: CommandLine, new: CommandLine
) -> None:
    keep(old)
    file = str(exported(old))
    for command in (old, new):
        with command.machine() as here:
            here.state.resume(STORE)
            here.state.stop(STORE, UNAUTHORISED)

    export = old.run("changelog", "export", "--move")
    taken = new.run("changelog", "import", file, "--yes")

    assert (export.exit_code, export.stdout) == (3, "")
    assert "once its token works" in export.stderr
    assert (taken.exit_code, "once its token works" in taken.stderr) == (3, True)
    assert lines_of(new) == []


@pytest.mark.parametrize("how", ["", "--output"])
def test_a_full_disk_is_told(old: CommandLine, how: str) -> None:
    keep(old)
    to = ["--output", "/dev/full"] if how else []
    command = [sys.executable, "-m", "orderwarden_cli", "changelog", "export", "--move", *to]

    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(  # noqa: S603  our own command
            [*command, "--config", str(old.config)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    where = "/dev/full" if how else "stdout"
    assert ended.returncode == 3
    assert ended.stderr == f"error: {where}: cannot be written (No space left on device)\n"


def test_closed_streams_are_told(old: CommandLine) -> None:
    keep(old)
    here = f"{shlex.quote(sys.executable)} -m orderwarden_cli changelog"
    config = f"--config {shlex.quote(str(old.config))}"

    def told(command: str) -> tuple[int, str]:
        ended = subprocess.run(  # noqa: S603  our own command
            ["/bin/sh", "-c", command], capture_output=True, text=True, check=False
        )
        return ended.returncode, ended.stderr.splitlines()[-1]

    assert told(f"{here} export --move {config} >&-") == (
        2,
        "Error: stdout is closed; name a file by --output",
    )
    assert told(f"{here} import - {config} <&-") == (2, "Error: stdin is closed; name a file")
    with old.machine() as machine:
        machine.queue.put(a_signal())
    assert "there is no terminal to ask on" in told(f"{here} export --move {config} <&-")[1]


def test_what_would_stay_on_the_queue_is_told_and_asked_for(old: CommandLine) -> None:
    with old.machine() as here:
        here.queue.put(a_signal())

    refused = old.run("changelog", "export", "--move")
    allowed = old.run("changelog", "export", "--move", "--yes")

    assert (refused.exit_code, refused.stdout) == (2, "")
    assert allowed.exit_code == 0


def test_signals_of_newer_code_are_not_left_out_in_silence(old: CommandLine) -> None:
    keep(old)
    with old.machine() as here:
        [first, *_] = here.state.every_parked(STORE)
        newer: Signal = replace(first.signal, version=99, receipt_key="n")
        here.state.park(replace(first, signal=newer))

    result = old.run("changelog", "export", "--move")

    assert (result.exit_code, "newer Orderwarden" in result.stderr) == (3, True)


def test_days_and_move_exclude_each_other(old: CommandLine) -> None:
    result = old.run("changelog", "export", "--move", "--days", "7")

    assert (result.exit_code, "leave --days out" in result.stderr) == (2, True)


def test_restored_tables_are_those_of_a_stack(old: CommandLine) -> None:
    of_a_machine = old.run("changelog", "export", "--move", "--restored", "a", "b")
    without_move = old.run("changelog", "export", "--restored", "a", "b")

    assert (of_a_machine.exit_code, without_move.exit_code) == (2, 2)
    assert "add --stack NAME" in of_a_machine.stderr
    assert "goes with --move" in without_move.stderr


# The import


def test_a_store_moves_whole(old: CommandLine, new: CommandLine) -> None:
    keep(old)
    file = str(exported(old))

    looked = new.json("changelog", "import", file, "--dry-run")
    taken = new.json("changelog", "import", file, "--yes")
    again = new.json("changelog", "import", file, "--yes")

    assert (looked["is_whole"], looked["written"], looked["new"]["line"]) == (True, 0, 4)
    assert taken["written"] == sum(looked["new"].values())
    assert (again["written"], again["there"]) == (0, looked["new"])
    with old.machine() as one, new.machine() as other:
        assert all_of(one) == all_of(other)


def test_a_dry_run_writes_nothing(old: CommandLine, new: CommandLine) -> None:
    keep(old)

    result = new.run("changelog", "import", str(exported(old)), "--dry-run")

    assert result.exit_code == 0
    assert "Nothing was written: this was a dry run." in result.stdout
    with new.machine() as here:
        assert all_of(here) == [End(1)]


def test_without_a_terminal_it_shows_what_it_would_do_and_asks_for_yes(
    old: CommandLine, new: CommandLine
) -> None:
    keep(old)

    result = new.run("changelog", "import", str(exported(old)))

    assert (result.exit_code, "add --yes" in result.stderr) == (2, True)
    assert "there already" in result.stdout
    assert lines_of(new) == []


def test_it_reads_stdin(old: CommandLine, new: CommandLine) -> None:
    keep(old)
    arguments = ["changelog", "import", "-", "--yes", "--config", str(new.config)]

    result = CliRunner().invoke(main, arguments, input=exported(old).read_bytes())

    assert result.exit_code == 0
    assert lines_of(new) == lines_of(old)


def test_the_name_of_a_file_is_no_markup(old: CommandLine, new: CommandLine) -> None:
    keep(old)
    file = exported(old).rename(old.folder / "[bold][store].jsonl")

    result = new.run("changelog", "import", str(file), "--dry-run")

    assert result.exit_code == 0
    assert "[bold][store].jsonl, of" in result.stdout.replace("\n", "")


def test_an_export_of_lines_alone_is_taken_with_a_warning(
    old: CommandLine, new: CommandLine
) -> None:
    keep(old, a_whole_line())
    file = str(old.folder / "lines.jsonl")
    old.run("changelog", "export", "--days", "36500", "--output", file)

    result = new.run("changelog", "import", file, "--yes")

    assert result.exit_code == 0
    assert "does not say whether these are all" in result.stderr
    assert lines_of(new) == [a_whole_line()]


def test_a_store_that_runs_here_takes_nothing_in(old: CommandLine, new: CommandLine) -> None:
    keep(old)
    with new.machine() as here:
        here.state.resume(STORE)

    result = new.run("changelog", "import", str(exported(old)), "--yes")

    assert (result.exit_code, "`orderwarden pause`" in result.stderr) == (3, True)
    assert lines_of(new) == []


def test_a_store_that_somebody_resumes_meanwhile_is_given_no_rules(
    old: CommandLine, new: CommandLine
) -> None:
    keep(old)
    file = str(exported(old))
    with new.machine():
        [database] = new.folder.rglob("*.sqlite3")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute(
            "CREATE TRIGGER somebody AFTER INSERT ON changelog BEGIN DELETE FROM controls; END"
        )

    result = new.run("changelog", "import", file, "--yes")

    assert (result.exit_code, "was let run by somebody" in result.stderr) == (3, True)
    assert len(lines_of(new)) == 2
    with new.machine() as here:
        assert here.state.current(STORE) is None


def test_a_line_that_differs_here_is_named_and_nothing_is_written(
    old: CommandLine, new: CommandLine
) -> None:
    theirs = a_whole_line(order_id=101, at=NOON + timedelta(seconds=1))
    keep(old, a_whole_line(), theirs)
    with new.machine() as here:
        here.changelog.replace(replace(theirs, reason="decided here"), None)
    file = str(exported(old))

    result = new.run("changelog", "import", file, "--yes")

    assert result.exit_code == 1
    assert f"error: {file}, line 3: another line {theirs.id} of order 101" in result.stderr
    assert lines_of(new) == []


def test_what_differs_here_is_left_where_that_is_asked_for(
    old: CommandLine, new: CommandLine
) -> None:
    mine = a_whole_line(order_id=101, reason="decided here")
    keep(old, a_whole_line(), replace(mine, reason="decided there"))
    with new.machine() as here:
        here.changelog.replace(mine, None)
    file = str(exported(old))

    taken = new.json("changelog", "import", file, "--yes", "--keep-different")
    again = new.json("changelog", "import", file, "--yes", "--keep-different")

    assert (taken["different"], taken["new"]["line"]) == (1, 1)
    assert (again["different"], again["written"]) == (1, 0)
    assert lines_of(new) == [a_whole_line()]
    assert lines_of(new, 101) == [mine]


# What is wrong with a file


LINE = a_whole_line(occasion="o1")
DECISION = json.loads(adopt(LINE).to_json())


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"store": "xyz789"}, "store: found 'xyz789', wants 'abc123'"),
        ({"occasion": "o2"}, "id: found"),
        ({"id": 7}, "id: found 7, wants a text"),
        ({"order_id": "100"}, "order_id: found '100', wants a whole number"),
        ({"order_id": True}, "order_id: found True, wants a whole number"),
        ({"order_id": -1}, "order_id: found -1, wants a whole number"),
        ({"order_id": 2**63}, "order_id: found 9223372036854775808, wants a whole number"),
        ({"order_id": None}, "order_id: found None, wants a whole number"),
        ({"at": "2026-11-21T12:00:00"}, "at: found '2026-11-21T12:00:00', wants a time"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "at: found '0001-01-01T00:00:00+14:00', wants"),
        ({"result": "done"}, "result: found 'done', wants one of intended, applied"),
        ({"also": "x"}, "also: found 'x', wants a list of texts"),
        ({"also": [1]}, "also: found [1], wants a text"),
        ({"is_counted": 1}, "is_counted: found 1, wants true or false"),
        ({"reason": "\ud800"}, "reason: found '\\ud800', wants a text that UTF-8 can write"),
        ({"colour": "red"}, "colour: no such field; if a newer Orderwarden wrote it"),
        ({"record": "party"}, "record: found 'party', no such record; if a newer"),
        ({"record": ["seen"]}, "record: found ['seen'], no such record"),
    ],
)
def test_a_bad_field_is_named_with_its_line(
    new: CommandLine, fields: Mapping[str, object], told: str
) -> None:
    file = a_file(new.folder, a_whole_line(order_id=7), changed(LINE, **fields))

    found = problems(new, file)

    assert any(each.startswith(f"line 2, {told}") for each in found), found
    assert lines_of(new, 7) == []


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "7", "{", "\x00", "\ufeff{}", "[" * 100_000, "9" * 5000),
        *('{"id": "a", "id": "b"}', '{"a": NaN}'),
    ],
)
def test_what_is_no_record_is_told(new: CommandLine, text: str) -> None:
    found = problems(new, a_file(new.folder, LINE, text))

    assert found[0].startswith("line 2, ")


def test_an_old_export_is_told_to_be_made_again(new: CommandLine) -> None:
    fields = json.loads(written([LINE]))
    del fields["occasion"], fields["attempt"]

    found = problems(new, a_file(new.folder, json.dumps(fields)))

    again = "is missing; export it again, with this version of Orderwarden"
    assert found == [f"line 1, attempt: {again}", f"line 1, occasion: {again}"]


def test_every_problem_is_told_at_once(new: CommandLine) -> None:
    bad = changed(LINE, store="xyz789", order_id="7")

    found = problems(new, a_file(new.folder, bad, LINE, "{", LINE))

    assert [each.partition(": ")[0] for each in found] == [
        "line 1, order_id",
        "line 3, is no JSON object; this is no export of Orderwarden's, or it was cut",
        "line 4, id",
    ]
    assert "stands in line 2 as well" in found[2]


def test_thousands_of_problems_do_not_flood(new: CommandLine) -> None:
    found = problems(new, a_file(new.folder, *["7"] * 1100))

    assert len(found) == 101
    assert found[-1] == "error: and 1000 more"


def test_an_empty_file_is_told(new: CommandLine) -> None:
    file = a_file(new.folder)

    result = new.run("changelog", "import", file, "--yes")

    assert (result.exit_code, f"{file}: is empty" in result.stderr) == (3, True)


def test_a_file_that_is_not_there_is_told(new: CommandLine) -> None:
    result = new.run("changelog", "import", str(new.folder / "nothing"), "--yes")

    assert (result.exit_code, "cannot be read (No such file" in result.stderr) == (3, True)


Cut = Callable[[list[str]], list[str]]


@pytest.mark.parametrize(
    ("cut", "told"),
    [
        (lambda rows: rows[:-1], "the file ends before its end"),
        (lambda rows: rows[:3] + rows[4:], "the file was cut or changed"),
        (lambda rows: [*rows[:-1], rows[-1][:7]], "is no JSON object"),
        (lambda rows: rows[1:-1], "the head is missing"),
        (lambda rows: rows[1:], "the head is missing"),
        (lambda rows: [*rows, rows[1]], "stands behind the end"),
        (lambda rows: rows + rows, "stands behind the end"),
        (lambda rows: [rows[1], rows[0], *rows[2:]], "a second head"),
        (lambda rows: [rows[0].replace(STORE, "xyz789"), *rows[1:]], "it is another store's"),
        (lambda rows: [rows[0].replace('n": 1', 'n": 2'), *rows[1:]], "found 2, this Orderwarden"),
    ],
)
def test_a_file_that_was_cut_or_joined_is_refused(
    old: CommandLine, new: CommandLine, cut: Cut, told: str
) -> None:
    keep(old)
    file = exported(old)
    file.write_text("".join(f"{row}\n" for row in cut(file.read_text().splitlines())))

    found = problems(new, str(file))

    assert any(told in each for each in found), found


def test_rules_that_were_changed_or_lack_a_version_are_refused(new: CommandLine) -> None:
    first, second = published(1), replace(published(3), digest=digest("another"))
    head, end = Head(1, STORE, NOON), End(3)

    found = problems(new, a_file(new.folder, written([head, first, second, end]).strip()))

    assert [each.partition("; ")[0] for each in found] == [
        "line 3, version: found 3, wants 2",
        "line 3, digest: is not that of `compiled`",
    ]


def test_rules_in_force_that_no_code_reads_are_refused(new: CommandLine) -> None:
    records: list[Record] = [
        Head(1, STORE, NOON),
        published(1, "{}"),
        published(2, '{"format": 2}'),
        End(3),
    ]

    [found] = problems(new, a_file(new.folder, written(records).strip()))

    assert found.startswith("line 3, compiled: cannot be read (ValueError(2)); ")
    assert found.endswith("if a newer Orderwarden wrote it, update this one")


def test_rules_that_are_no_longer_in_force_need_not_be_read(new: CommandLine) -> None:
    records: list[Record] = [
        Head(1, STORE, NOON),
        published(1, '{"format": 0}'),
        published(2),
        End(3),
    ]
    file = a_file(new.folder, written(records).strip())

    assert new.run("changelog", "import", file, "--yes").exit_code == 0


@pytest.mark.parametrize(
    "decision",
    [
        *("what is left to do", "7", "null", "{}", "[" * 100_000),
        json.dumps({**DECISION, "step": 1}),
        json.dumps({**DECISION, "writes": []}),
        json.dumps({**DECISION, "looked_at": "yesterday"}),
        json.dumps({**DECISION, "colour": "red"}),
    ],
)
def test_a_decision_that_no_code_reads_is_refused(new: CommandLine, decision: str) -> None:
    records: list[Record] = [Head(1, STORE, NOON), a_receipt(decision=decision), End(2)]

    [found] = problems(new, a_file(new.folder, written(records).strip()))

    assert found.startswith("line 2, decision: cannot be read (")
    assert found.endswith("); if a newer Orderwarden wrote it, update this one")


HOSTILE = "\x1b[2J\r\u202e\x9b\u2028\ud800"
VISIBLE = r"\x1b[2J\r\u202e\x9b\u2028\ud800"


def test_what_would_act_on_a_terminal_is_told_as_escapes(new: CommandLine) -> None:
    [found] = problems(new, a_file(new.folder, changed(LINE, **{HOSTILE: 1})))

    assert found.startswith(f"line 1, {VISIBLE}: no such field")


def test_what_would_act_on_a_terminal_is_told_as_escapes_of_a_line_that_differs(
    new: CommandLine,
) -> None:
    theirs = a_whole_line(rule="\x1b[2J")
    new.keep(replace(theirs, reason="decided here"))

    result = new.run("changelog", "import", a_file(new.folder, theirs), "--yes")

    assert r"(rule \x1b[2J)" in result.stderr
    assert "\x1b" not in result.stderr


# Lines that are not settled


OPEN = a_whole_line(result=Result.INTENDED, attempt="a7")


def test_a_line_that_is_not_settled_is_refused_with_both_remedies(
    old: CommandLine, new: CommandLine
) -> None:
    keep(old, OPEN, a_whole_line(order_id=101, at=NOON + timedelta(seconds=1)))

    [found] = problems(new, str(exported(old)))

    assert found.startswith("line 2, result: found 'intended': nobody knows yet")
    assert "export again" in found
    assert "--take-unsettled" in found


def test_what_a_host_that_is_gone_left_open_is_taken_over_and_asked_about(
    old: CommandLine, new: CommandLine
) -> None:
    keep(old, OPEN, a_whole_line(order_id=101))
    file = str(exported(old))

    taken = new.json("changelog", "import", file, "--yes", "--take-unsettled")
    again = new.json("changelog", "import", file, "--yes", "--take-unsettled")

    assert (taken["unsettled"], taken["asked"]) == (1, 1)
    assert (again["written"], again["asked"]) == (0, 1)  # one receipt, so it is settled once
    assert lines_of(new) == [OPEN]
    with new.machine() as here:
        [receipt] = here.receipts.look_up([f"import-{OPEN.id}-a7"]).values()
        assert here.queue.depth().queued == 2
    assert receipt.decision


def test_a_line_that_was_settled_here_is_not_asked_about(
    old: CommandLine, new: CommandLine
) -> None:
    keep(old, OPEN)
    settled = replace(OPEN, result=Result.RECOVERED, settled_at=NOON)
    new.keep(settled)
    file = str(exported(old))

    taken = new.json("changelog", "import", file, "--yes", "--take-unsettled")
    again = new.run("changelog", "import", file, "--take-unsettled")  # nothing to ask a person

    assert (taken["unsettled"], taken["asked"]) == (1, 0)
    assert (again.exit_code, "Everything is there already." in again.stdout) == (0, True)
    assert lines_of(new) == [settled]
    with new.machine() as here:
        assert here.queue.depth().queued == 0
