"""What `sam build` makes: the right files, for Lambda's Python and processor, and nothing else.

Our own layer is built anew; the other one is looked at where `make build` has been run.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from template.translated import ROOT, STEMS, source

BUILT = ROOT / ".aws-sam/build"
PACKAGE = ROOT / "layers/orderwarden/python/orderwarden"
MOST_BYTES = {"OrderwardenLayer": 2_000_000, "DependenciesLayer": 8_000_000}
"""Lambda takes 250 MB, and fetches every byte of it at a cold start."""


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def own_layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("layer")
    subprocess.run(  # noqa: S603  our own Makefile
        ["make", "--silent", "build-OrderwardenLayer", f"ARTIFACTS_DIR={folder}"],  # noqa: S607
        cwd=ROOT / "layers/orderwarden",
        check=True,
    )
    return folder


@pytest.fixture(scope="module")
def dependencies() -> Path:
    folder = BUILT / "DependenciesLayer"
    if not folder.exists():
        pytest.skip("run `make build` first")
    return folder


def test_our_layer_holds_the_package_and_nothing_else(own_layer: Path) -> None:
    wanted = {f"python/orderwarden/{name}" for name in files(PACKAGE) if "__pycache__" not in name}

    assert files(own_layer) == wanted
    assert "python/orderwarden/services/process.py" in wanted


def test_our_layer_is_small(own_layer: Path) -> None:
    print(f"our layer: {size(own_layer):,} bytes")  # noqa: T201  asked for

    assert size(own_layer) < MOST_BYTES["OrderwardenLayer"]


def test_the_dependencies_are_those_that_are_locked_and_no_sdk(dependencies: Path) -> None:
    locked = (ROOT / "layers/dependencies/requirements.txt").read_text()

    packages = {path.name for path in (dependencies / "python").iterdir()}
    found = {name for name in packages if not name.endswith(".dist-info")}

    assert found <= {
        *("certifi", "charset_normalizer", "idna", "requests", "tzdata", "urllib3"),
    } | {name for name in found if name.endswith(".so")}
    assert {line.split("==")[0] for line in locked.splitlines() if "==" in line} == {
        *("certifi", "charset-normalizer", "idna", "requests", "tzdata", "urllib3"),
    }


def test_what_is_compiled_is_for_python_313_on_arm64(dependencies: Path) -> None:
    compiled = {name for name in files(dependencies) if name.endswith(".so")}

    assert compiled
    assert {name for name in compiled if "cpython-313-aarch64-linux-gnu" not in name} <= {
        name for name in compiled if "abi3" in name
    }


def test_no_cache_of_another_python_is_inside(dependencies: Path, own_layer: Path) -> None:
    caches = {
        name
        for layer in (dependencies, own_layer)
        for name in files(layer)
        if "__pycache__" in name
    }

    assert not {name for name in caches if "cpython-313" not in name}


def test_the_dependencies_are_small(dependencies: Path) -> None:
    print(f"dependencies: {size(dependencies):,} bytes")  # noqa: T201  asked for

    assert size(dependencies) < MOST_BYTES["DependenciesLayer"]


@pytest.mark.parametrize("stem", STEMS)
def test_a_function_is_one_file_that_needs_no_build(stem: str) -> None:
    function = source()["Resources"][f"{stem.title()}Function"]
    folder = ROOT / function["Properties"]["CodeUri"]

    assert function["Metadata"] == {"SkipBuild": True}
    assert {n for n in files(folder) if "__pycache__" not in n} == {f"{stem}_handler.py"}
    assert len((folder / f"{stem}_handler.py").read_text().splitlines()) <= 100
