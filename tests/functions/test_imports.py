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
MOST = {"ingest": 360, "process": 640, "sweep": 640, "reconcile": 640}
"""botocore with its two clients alone brings 332."""


@pytest.mark.parametrize("stem", STEMS)
def test_a_cold_start_imports_little_and_reaches_for_nothing(stem: str) -> None:
    told = f"import json, sys, {stem}_handler; print(json.dumps(list(sys.modules)))"
    layer = ROOT / "layers/orderwarden/python"
    run = subprocess.run(  # noqa: S603  our own interpreter and text
        [sys.executable, "-c", told],
        check=True,
        capture_output=True,
        text=True,
        env=ENVIRONMENT | {"PYTHONPATH": f"{ROOT}/functions/{stem}:{layer}"},
    )

    modules = set(json.loads(run.stdout))

    assert not modules & DENIED[stem]
    assert len(modules) <= MOST[stem], f"{len(modules)} modules"


def test_every_event_is_one_of_a_function() -> None:
    names = {path.stem for path in (ROOT / "events").iterdir()}

    assert {name.split("-")[0] for name in names} == set(STEMS)
    assert all(event(name) for name in names)


def test_every_event_is_used_by_a_test() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*_function*.py"))

    unused = [path.stem for path in (ROOT / "events").iterdir() if f'"{path.stem}"' not in tests]

    assert unused == []
