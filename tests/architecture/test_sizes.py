"""Files and functions stay small enough to be read in one go."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("layers/orderwarden/python", "tools", "functions", "tests", "benchmarks")
MODULE_LINES = 300
FUNCTION_LINES = 50  # 40 of code, and its docstring
TEST_MODULE_LINES = 600

PATHS = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_is_short(path: Path) -> None:
    is_test = path.is_relative_to(ROOT / "tests")

    lines = len(path.read_text().splitlines())

    assert lines <= (TEST_MODULE_LINES if is_test else MODULE_LINES)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(ROOT)))
def test_its_functions_are_short(path: Path) -> None:
    functions = (
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )

    long = {
        node.name: node.end_lineno - node.lineno + 1
        for node in functions
        if node.end_lineno and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    }

    assert not long
