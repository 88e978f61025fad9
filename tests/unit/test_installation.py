"""An installation on AWS: clients that know the secrets as they are now."""

from __future__ import annotations

import json

import aws_stand_in
import pytest
from fakes import TurnableClock
from orderwarden.errors import ConfigurationError
from orderwarden.installation import Installation
from orderwarden.settings import Settings

SETTINGS = Settings(("abc123",), "https://queue.example.com/signals.fifo")
NAME = "orderwarden/stores/abc123/api"


def test_a_rotated_token_is_used_within_half_a_minute_and_the_quota_is_not_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "-")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    clock = TurnableClock()
    with aws_stand_in.aws(clock):
        secrets = aws_stand_in.new_secrets_manager()
        secrets.create_secret(Name=NAME, SecretString=json.dumps({"access_token": "old"}))
        here = Installation(SETTINGS, clock=clock)
        old, pacer = here.store("abc123"), here.pacer("abc123")
        secrets.put_secret_value(SecretId=NAME, SecretString=json.dumps({"access_token": "new"}))

        clock.advance(29)
        still = here.store("abc123")
        clock.advance(2)
        new = here.store("abc123")

    assert still is old
    assert new is not old
    assert here.pacer("abc123") is pacer


def test_a_store_that_is_not_configured_is_named() -> None:
    with pytest.raises(ConfigurationError, match="store def456 is not configured"):
        Installation(SETTINGS).store("def456")
