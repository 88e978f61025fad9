"""The environment of a function: everything wrong with it at once."""

from __future__ import annotations

import pytest
from orderwarden.errors import ConfigurationError
from orderwarden.settings import Settings, settings

QUEUE = "https://queue.example.com/signals.fifo"


@pytest.fixture(autouse=True)
def _no_other_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STORES", "QUEUE_URL", "STATE_TABLE", "SECRETS_PREFIX", "API_URL"):
        monkeypatch.delenv(f"ORDERWARDEN_{name}", raising=False)


def test_what_is_left_out_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERWARDEN_STORES", "abc123, def456,")
    monkeypatch.setenv("ORDERWARDEN_QUEUE_URL", QUEUE)

    found = settings()

    assert found == Settings(("abc123", "def456"), QUEUE)
    assert found.secrets_prefix == "orderwarden/stores/"
    assert found.api_url == "https://api.bigcommerce.com"


def test_everything_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as raised:
        settings("state_table")

    assert raised.value.problems == (
        "the environment variable ORDERWARDEN_QUEUE_URL is not set",
        "the environment variable ORDERWARDEN_STATE_TABLE is not set",
        "the environment variable ORDERWARDEN_STORES names no store",
    )


def test_what_cannot_be_a_store_hash_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDERWARDEN_STORES", "abc123,../api")
    monkeypatch.setenv("ORDERWARDEN_QUEUE_URL", QUEUE)

    with pytest.raises(ConfigurationError) as raised:
        settings()

    [problem] = raised.value.problems
    assert "'../api' is no store hash" in problem
