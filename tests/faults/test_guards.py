"""The guards that `make guards` removes are where it looks for them, and so are their tests."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from guard_list import EVERY, Guard, faults_of, without
from guard_results import Results


@pytest.mark.parametrize("guard", EVERY, ids=lambda guard: guard.name)
def test_the_guard_stands_once_and_its_file_is_sound_without_it(guard: Guard) -> None:
    assert faults_of(guard) == []

    ast.parse(without(guard))


def test_every_guard_has_a_name_of_its_own() -> None:
    assert len({guard.name for guard in EVERY}) == len(EVERY)


def test_a_guard_that_moved_is_told() -> None:
    moved = replace(EVERY[0], name="moved", text="this text is nowhere", without="")
    gone = replace(EVERY[0], name="gone", path="layers/nothing.py")

    assert faults_of(moved) == [f"moved: its text is in {moved.path} 0 times"]
    assert faults_of(gone) == ["gone: there is no layers/nothing.py"]


def test_a_test_that_is_gone_is_told() -> None:
    renamed = replace(EVERY[0], name="renamed", noticed_by="tests/faults/test_guards.py::test_no")

    assert faults_of(renamed) == ["renamed: there is no test tests/faults/test_guards.py::test_no"]


def test_what_is_spare_needs_its_proof() -> None:
    unproved = replace(EVERY[0], name="unproved", spare="another one catches it", proved_with="x")

    [fault] = faults_of(unproved)

    assert fault == "unproved: what is spare is proved with another guard of the list"


def test_a_run_that_was_broken_off_knows_what_was_noticed(tmp_path: Path) -> None:
    first, second, *_ = EVERY
    results = Results(tmp_path / "guards.json")
    results.keep(first, first.noticed_by)
    results.keep(second, "")

    known = Results(tmp_path / "guards.json")

    assert known.noticed(first) == first.noticed_by
    assert known.noticed(second) == ""


def test_a_guard_that_is_removed_otherwise_is_tried_again(tmp_path: Path) -> None:
    results = Results(tmp_path / "guards.json")
    results.keep(EVERY[0], EVERY[0].noticed_by)

    assert results.noticed(replace(EVERY[0], without="pass")) == ""
