"""Stacks on moto, as far as commands ask: their outputs; and Secrets Manager on a test's clock."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from types import SimpleNamespace
from typing import Final
from unittest.mock import patch

import boto3
from orderwarden.ports import Clock

CREDENTIALS: Final = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "-",
    "AWS_SECRET_ACCESS_KEY": "-",
}


def a_stack(name: str, **outputs: str) -> None:
    """Create a stack that has these outputs, and nothing that matters."""
    template = {
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {key: {"Value": value} for key, value in outputs.items()},
    }
    client = boto3.client("cloudformation", region_name="us-east-1")
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))


@contextmanager
def secrets_by(clock: Clock) -> Iterator[None]:
    """Let the stand-in tell the times of secrets, and of its answers, by a clock."""
    with (
        patch(
            "moto.secretsmanager.models.time",
            SimpleNamespace(time=lambda: clock.now().timestamp()),
        ),
        patch("moto.core.responses.utcnow", lambda: clock.now().astimezone(UTC)),
    ):
        yield
