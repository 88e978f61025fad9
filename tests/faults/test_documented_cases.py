"""docs/faults.md: every case is there, and every test it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from boundaries import Fault
from core_scenarios import SCENARIOS

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "faults.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+) \|(.*)\|$", PAGE, re.MULTILINE)
TOLD = PAGE.partition("| what happens | told as | test |\n")[2].partition("\n\n")[0]
STORIES = re.findall(r"^\| ([^|-][^|]+) \| ([^|]+) \| ([^|]+) \|$", TOLD, re.MULTILINE)


def test_all_56_cases_are_there_in_order() -> None:
    assert [int(number) for number, _ in ROWS] == list(range(1, 57))


@pytest.mark.parametrize(("number", "row"), ROWS)
def test_a_case_names_a_test(number: str, row: str) -> None:
    assert "::test_" in row, number


@pytest.mark.parametrize(("happens", "tests"), [(row[0], row[2]) for row in STORIES])
def test_what_may_happen_names_a_test(happens: str, tests: str) -> None:
    assert "::test_" in tests, happens


def test_every_story_is_told_of() -> None:
    told = {name for _, how, _ in STORIES for name in re.findall(r'"([^"]+)"', how)}

    assert len(STORIES) == TOLD.count("\n")  # the line below the heading is none
    assert told == set(SCENARIOS)


@pytest.mark.parametrize("link", sorted(set(re.findall(r"`(tests/[^`]+::[^`]+)`", PAGE))))
def test_a_named_test_is_there(link: str) -> None:
    path, _, name = link.partition("::")

    assert f"def {name}(" in (ROOT / path).read_text("utf-8")


def test_every_fault_point_and_story_that_is_named_is_there() -> None:
    named = set(re.findall(r'stor(?:y|ies) ((?:"[^"]+"(?:, )?)+)', PAGE))
    stories = {story for group in named for story in re.findall(r'"([^"]+)"', group)}

    assert stories
    assert stories - set(SCENARIOS) == set()
    assert {str(fault) for fault in Fault} - set(re.findall(r"`([a-z_]+)`", PAGE)) == set()
