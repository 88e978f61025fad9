"""`orderwarden rules test`: what passes, what fails and where, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from orderwarden_cli.main import main
from unit.cli.command_line import BAD_RULES, RULES, STORE, CommandLine, nowhere

TESTED = (
    RULES
    + """
tests:
  - name: the last parcel completes the order
    facts: {fully_shipped: true}
    rule: complete-when-shipped
  - name: "an open [one] does, too"
    facts: {fully_shipped: false}
    rule: complete-when-shipped
    actions: [set_status: Completed]
"""
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "rules.yaml"
    path.write_text(TESTED)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["rules", "test", *map(str, arguments)])


def test_a_failure_is_told_with_its_place_and_what_was_found(path: Path) -> None:
    result = run(path)

    assert (result.exit_code, result.stderr) == (1, "")
    assert result.stdout.splitlines() == [
        f"{path}: 1 passed, 1 failed",
        "  passed  the last parcel completes the order",
        "  FAILED  an open [one] does, too",
        f"          at {path}:13",
        "          expected: complete-when-shipped; actions set_status",
        "          found:    no rule",
    ]


def test_results_are_told_as_json(path: Path) -> None:
    result = run(path, "--json")

    [told] = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (told["file"], told["passed"], told["failed"]) == (str(path), 1, 1)
    assert told["tests"][1] == {
        "name": "an open [one] does, too",
        "line": 13,
        "passed": False,
        "expected": "complete-when-shipped; actions set_status",
        "found": "no rule",
    }


def test_several_files_are_tested_and_each_is_told(path: Path) -> None:
    right = path.with_name("right.yaml")
    right.write_text(TESTED.replace("fully_shipped: false", "fully_shipped: true"))

    both, one = run(right, path, right), run(right)

    assert (both.exit_code, one.exit_code) == (1, 0)
    assert [line for line in both.stdout.splitlines() if not line.startswith(" ")] == [
        f"{right}: 2 passed, 0 failed",
        f"{path}: 1 passed, 1 failed",
    ]


def test_without_a_file_the_configured_ones_are_tested(tmp_path: Path) -> None:
    shop = CommandLine(tmp_path, nowhere(), STORE)
    shop.rules.write_text(TESTED)

    result = shop.run("rules", "test")

    assert result.exit_code == 1
    assert result.stdout.startswith(f"{shop.rules}: 1 passed, 1 failed\n")


def test_a_file_without_tests_is_warned_of(path: Path) -> None:
    path.write_text(RULES)

    result = run(path)

    assert (result.exit_code, result.stdout) == (0, f"{path}: 0 passed, 0 failed\n")
    assert result.stderr == f"warning: {path}: no tests; write some under tests:\n"


def test_the_errors_of_all_files_are_told_at_once(path: Path) -> None:
    path.write_text(BAD_RULES)
    missing = path.with_name("missing.yaml")

    result = run(path, missing)

    errors = result.stderr.splitlines()
    assert (result.exit_code, result.stdout) == (3, "")
    assert [error.split(": ")[1] for error in errors] == [
        f"{path}:4:9",
        f"{path}:5:12",
        f"{path}:6:22",
        str(missing),
    ]
