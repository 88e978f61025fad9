"""The guards that `make guards` removes are where it looks for them, and so are their tests."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest
from guard_list import EVERY, Guard, faults_of, without
from guard_patch import put_in_force
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


CODE = """
import enum
from functools import cached_property

LIMIT = 3


class Kind(enum.Enum):
    ONE = 1


def is_over(count):
    return count > LIMIT and Kind.ONE is Kind(1)


class Counter:
    def __init__(self, count):
        self.count = count

    @property
    def is_full(self):
        return is_over(self.count)

    @classmethod
    def empty(cls):
        return cls(0)

    @cached_property
    def words(self):
        return "some"
"""


@pytest.fixture
def module(tmp_path: Path) -> Iterator[ModuleType]:
    path = tmp_path / "guarded_for_a_test.py"
    path.write_text(CODE)
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    loaded = module_from_spec(spec)
    sys.modules[path.stem] = loaded
    spec.loader.exec_module(loaded)
    yield loaded
    del sys.modules[path.stem]


@pytest.mark.parametrize(
    ("text", "without", "expected"),
    [
        ("", "", (True, True, 0, "some")),
        ("count > LIMIT and", "count > LIMIT + 9 and", (False, False, 0, "some")),
        ("LIMIT = 3", "LIMIT = 5", (False, False, 0, "some")),
        ("return is_over(self.count)", "return False", (True, False, 0, "some")),
        ("return cls(0)", "return cls(7)", (True, True, 7, "some")),
        ('return "some"', 'return "none"', (True, True, 0, "none")),
    ],
)
def test_whoever_has_imported_something_gets_its_changed_code(
    module: ModuleType, text: str, without: str, expected: tuple[object, ...]
) -> None:
    is_over, counter = module.is_over, module.Counter(4)

    put_in_force(Path(str(module.__file__)), CODE.replace(text, without) if text else CODE)

    found = (is_over(4), counter.is_full, type(counter).empty().count, counter.words)
    assert found == expected


def test_what_is_not_loaded_cannot_be_changed_in_memory(tmp_path: Path) -> None:
    assert not put_in_force(tmp_path / "nothing.py", "")
