"""What a cold start imports: a list of what may not be, and a count that must not creep up."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from functions.handlers import ROOT, STEMS, event

ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_LAMBDA_FUNCTION_NAME": "the-function",
    "ORDERWARDEN_STORES": "abc123",
    "ORDERWARDEN_QUEUE_URL": "https://queue.example.com/signals.fifo",
    "ORDERWARDEN_RECEIPTS_TABLE": "receipts",
    "ORDERWARDEN_CHANGELOG_TABLE": "changelog",
    "ORDERWARDEN_STATE_TABLE": "state",
    "ORDERWARDEN_EVENT_BUS": "notices",
}
NEVER = {"aws_lambda_powertools", "boto3", "click", "moto", "pydantic", "rich", "yaml"}
DENIED = {
    "ingest": NEVER
    | {"requests", "asyncio", "orderwarden.ports", "orderwarden.services.process", "zoneinfo"},
    "process": NEVER,
    "sweep": NEVER,
    "reconcile": NEVER,
}
BARE = "import botocore.session as b; s = b.get_session(); s.create_client('sqs')"
"""What even a function that does nothing else would import."""

MOST = {"ingest": 25, "process": 285, "sweep": 260, "reconcile": 270}
"""Modules besides those: in `ingest` its own, and one of Python's."""


def imported_by(stem: str, code: str) -> set[str]:
    """Return the modules that a fresh process has after running it."""
    run = subprocess.run(  # noqa: S603  our own interpreter and text
        [sys.executable, "-c", f"{code}; import json, sys; print(json.dumps([*sys.modules]))"],
        check=True,
        capture_output=True,
        text=True,
        env=ENVIRONMENT
        | {"PYTHONPATH": f"{ROOT}/functions/{stem}:{ROOT}/layers/orderwarden/python"},
    )
    return set(json.loads(run.stdout))


@pytest.fixture(scope="module")
def bare() -> set[str]:
    return imported_by("ingest", BARE)


@pytest.mark.parametrize("stem", STEMS)
def test_a_cold_start_imports_little_and_reaches_for_nothing(stem: str, bare: set[str]) -> None:
    modules = imported_by(stem, f"import {stem}_handler")

    assert not modules & DENIED[stem]
    assert len(modules - bare) <= MOST[stem], sorted(modules - bare)


def test_every_event_is_one_of_a_function() -> None:
    names = {path.stem for path in (ROOT / "events").iterdir()}

    assert {name.split("-")[0] for name in names} == set(STEMS)
    assert all(event(name) for name in names)


def test_every_event_is_used_by_a_test() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*_function*.py"))

    unused = [path.stem for path in (ROOT / "events").iterdir() if f'"{path.stem}"' not in tests]

    assert unused == []
