"""What importing an adapter of AWS brings in: clients are built elsewhere, and once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import orderwarden.adapters
import pytest

FOLDER = Path(orderwarden.adapters.__path__[0])
PREFIXES = ("aws_", "dynamodb_", "eventbridge_", "secrets_", "sqs_")
ADAPTERS = sorted(path.stem for path in FOLDER.glob("*.py") if path.name.startswith(PREFIXES))
OF_INGEST = ("sqs_queue", "secrets_manager")


def imported_with(*adapters: str) -> set[str]:
    names = ", ".join(f"orderwarden.adapters.{name}" for name in adapters)
    told = f"import json, sys, {names}; print(json.dumps(list(sys.modules)))"
    run = subprocess.run(  # noqa: S603  our own interpreter and text
        [sys.executable, "-c", told], check=True, capture_output=True, text=True
    )
    return set(json.loads(run.stdout))


@pytest.fixture(scope="module")
def modules() -> set[str]:
    return imported_with(*ADAPTERS)


def test_no_adapter_imports_boto3_or_types_that_are_not_shipped(modules: set[str]) -> None:
    assert "orderwarden.adapters.dynamodb_state" in modules
    assert not {name for name in modules if name.startswith(("boto3", "mypy_boto3", "moto"))}


def test_of_botocore_only_its_exceptions_are_imported(modules: set[str]) -> None:
    own = {name for name in modules if name.split(".")[0] == "botocore"}

    assert {name for name in own if not name.startswith("botocore.vendored")} == {
        "botocore",
        "botocore.exceptions",
    }


def test_what_ingest_needs_brings_in_no_port_and_no_rule() -> None:
    ours = {name for name in imported_with(*OF_INGEST) if name.startswith("orderwarden.")}

    assert not {name for name in ours if name.startswith("orderwarden.ports")}
    assert {name for name in ours if name.startswith("orderwarden.domain.")} == {
        "orderwarden.domain.authenticity",
        "orderwarden.domain.hook_secrets",
    }
