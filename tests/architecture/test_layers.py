"""Imports go one way; a folder that nobody listed fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers/orderwarden/python/orderwarden"
TOOLS = ROOT / "tools"
FUNCTIONS = ROOT / "functions"

INNER = {"orderwarden.errors", "orderwarden.__version__"}
ALLOWED = {
    "domain": {"orderwarden.domain"},
    "ports": {"orderwarden.domain", "orderwarden.ports"},
    "errors.py": set[str](),
    "settings.py": set[str](),
    "bootstrap.py": {"orderwarden"},
    "installation.py": {"orderwarden"},
    "bootstrap_sweep.py": {"orderwarden"},
    "bootstrap_hooks.py": {"orderwarden"},
    "ingest": {"orderwarden.bootstrap", "orderwarden.services"},
    "process": {"orderwarden.bootstrap", "orderwarden.services"},
    "sweep": {"orderwarden.bootstrap", "orderwarden.services"},
    "reconcile": {"orderwarden.bootstrap", "orderwarden.services"},
    "__init__.py": set[str](),
    "services": {"orderwarden.domain", "orderwarden.ports", "orderwarden.services"},
    "adapters": {"orderwarden.domain", "orderwarden.ports", "orderwarden.adapters"},
    "bigcommerce_sim": {"bigcommerce_sim"},
    "orderwarden_local": {"orderwarden", "orderwarden_local"},
    "orderwarden_cli": {"orderwarden", "orderwarden_local", "orderwarden_cli"},
}
"""Part of the tree → the packages of ours that it may import, besides `orderwarden.errors`."""

OURS = ("orderwarden", "orderwarden_local", "orderwarden_cli", "bigcommerce_sim")
IMPURE = {"os", "sys", "time", "random", "secrets", "logging", "socket", "threading", "pathlib"}


def modules() -> Iterator[tuple[str, Path]]:
    for folder in (LAYER, TOOLS, FUNCTIONS):
        for path in sorted(folder.rglob("*.py")):
            yield path.relative_to(folder).parts[0], path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize(
    ("part", "path"),
    [pytest.param(*each, id=str(each[1].relative_to(ROOT))) for each in modules()],
)
def test_a_module_imports_only_what_its_part_may(part: str, path: Path) -> None:
    assert part in ALLOWED, f"{part} is not listed in {Path(__file__).name}"

    ours = {name for name in imported(path) if name.split(".")[0] in OURS}

    allowed = ALLOWED[part] | INNER if part != "bigcommerce_sim" else ALLOWED[part]
    wrong = {n for n in ours if not any(n == a or n.startswith(a + ".") for a in allowed)}
    assert not wrong


@pytest.mark.parametrize(
    "path", sorted((LAYER / "domain").rglob("*.py")), ids=lambda path: str(path.relative_to(LAYER))
)
def test_the_domain_touches_nothing_outside_itself(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & IMPURE
