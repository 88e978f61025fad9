"""The guards that `make guards` removes are where it looks for them."""

from __future__ import annotations

import ast

import pytest
from guard_list import Guard
from guard_list_more import EVERY
from guards import faults_of, without


@pytest.mark.parametrize("guard", EVERY, ids=lambda guard: guard.name)
def test_the_guard_stands_once_and_its_file_is_sound_without_it(guard: Guard) -> None:
    assert faults_of(guard) == []

    ast.parse(without(guard))


def test_every_guard_has_a_name_of_its_own() -> None:
    assert len({guard.name for guard in EVERY}) == len(EVERY)


def test_a_guard_that_moved_is_told() -> None:
    moved = Guard("moved", EVERY[0].path, "this text is nowhere", "")
    gone = Guard("gone", "layers/nothing.py", "", "")

    assert faults_of(moved) == [f"moved: its text is in {EVERY[0].path} 0 times"]
    assert faults_of(gone) == ["gone: there is no layers/nothing.py"]
