"""Secrets: read seldom, renewed at will, never shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import aws_stand_in
import pytest
from botocore.stub import Stubber
from fakes import NOON, TurnableClock
from orderwarden.adapters.secrets_manager import ApiAccess, SecretsManagerSecrets
from orderwarden.errors import ConfigurationError, TryAgain
from orderwarden.ports import HookSecrets

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

HOOKS = "orderwarden/stores/abc123/hooks"
API = "orderwarden/stores/abc123/api"
HIDDEN = "do-not-show-me"


@dataclass
class Vault:
    """Secrets Manager, and how often it was asked."""

    clock: TurnableClock
    client: SecretsManagerClient
    secrets: SecretsManagerSecrets
    asked: int = 0

    def keep(self, name: str, value: object) -> None:
        text = value if isinstance(value, str) else json.dumps(value)
        try:
            self.client.create_secret(Name=name, SecretString=text)
        except self.client.exceptions.ResourceExistsException:
            self.client.put_secret_value(SecretId=name, SecretString=text)

    def count(self, **_: object) -> None:
        self.asked += 1


@pytest.fixture
def vault() -> Iterator[Vault]:
    clock = TurnableClock()
    with aws_stand_in.aws(clock):
        client = aws_stand_in.new_secrets_manager()
        vault = Vault(clock, client, SecretsManagerSecrets(client, clock))
        client.meta.events.register("before-call.secrets-manager.GetSecretValue", vault.count)
        yield vault


def some_hook_secrets(**changes: object) -> dict[str, object]:
    return {"client_secrets": ["c1", "c2"], "hook_secrets": ["h1"], "proof": "both"} | changes


def test_the_secrets_for_webhooks_are_read(vault: Vault) -> None:
    vault.keep(HOOKS, some_hook_secrets())

    secrets = vault.secrets.hook_secrets("abc123")

    assert secrets == HookSecrets(("c1", "c2"), ("h1",), needs_both=True, fetched_at=NOON)


@pytest.mark.parametrize(
    "kept", [{"client_secrets": ["c1"]}, {"hook_secrets": ["h1"], "proof": "either"}]
)
def test_either_proof_is_enough_where_nothing_else_is_said(
    vault: Vault, kept: dict[str, object]
) -> None:
    vault.keep(HOOKS, kept)

    assert not vault.secrets.hook_secrets("abc123").needs_both


def test_access_to_the_api_is_read(vault: Vault) -> None:
    vault.keep(API, {"access_token": "t1", "client_id": "id1"})

    assert vault.secrets.api_access("abc123") == ApiAccess("t1", "id1")


def test_a_client_id_may_be_left_out(vault: Vault) -> None:
    vault.keep(API, {"access_token": "t1"})

    assert vault.secrets.api_access("abc123") == ApiAccess("t1", "")


def test_secrets_are_kept_for_thirty_seconds(vault: Vault) -> None:
    vault.keep(HOOKS, some_hook_secrets())
    vault.secrets.hook_secrets("abc123")
    vault.keep(HOOKS, some_hook_secrets(client_secrets=["c3"]))

    vault.clock.advance(29)
    before = vault.secrets.hook_secrets("abc123")
    vault.clock.advance(1)
    after = vault.secrets.hook_secrets("abc123")

    assert before.client_secrets == ("c1", "c2")
    assert before.fetched_at == NOON
    assert after.client_secrets == ("c3",)
    assert vault.asked == 2


def test_what_was_read_is_made_out_once(vault: Vault) -> None:
    vault.keep(HOOKS, some_hook_secrets())

    first = vault.secrets.hook_secrets("abc123")

    assert vault.secrets.hook_secrets("abc123") is first


def test_a_malformed_secret_is_not_fetched_for_every_webhook(vault: Vault) -> None:
    vault.keep(HOOKS, some_hook_secrets(proof="neither"))

    for _ in range(2):
        with pytest.raises(ConfigurationError):
            vault.secrets.hook_secrets("abc123")

    assert vault.asked == 1


def test_secrets_that_must_be_newer_are_read_anew(vault: Vault) -> None:
    vault.keep(HOOKS, some_hook_secrets())
    old = vault.secrets.hook_secrets("abc123")
    vault.keep(HOOKS, some_hook_secrets(client_secrets=["c3"]))
    vault.clock.advance(5)

    kept = vault.secrets.hook_secrets("abc123", newer_than=old.fetched_at - timedelta(seconds=1))
    renewed = vault.secrets.hook_secrets("abc123", newer_than=old.fetched_at)

    assert kept.client_secrets == ("c1", "c2")
    assert renewed.client_secrets == ("c3",)
    assert vault.asked == 2


def test_a_clock_that_was_set_back_does_not_keep_old_secrets(vault: Vault) -> None:
    vault.keep(HOOKS, some_hook_secrets())
    vault.secrets.hook_secrets("abc123")

    vault.clock.advance(-3600)
    vault.secrets.hook_secrets("abc123")

    assert vault.asked == 2


def test_each_store_and_each_kind_is_kept_apart(vault: Vault) -> None:
    vault.keep(HOOKS, some_hook_secrets())
    vault.keep("orderwarden/stores/xyz789/hooks", some_hook_secrets(hook_secrets=["h9"]))
    vault.keep(API, {"access_token": "t1"})

    assert vault.secrets.hook_secrets("abc123").hook_secrets == ("h1",)
    assert vault.secrets.hook_secrets("xyz789").hook_secrets == ("h9",)
    assert vault.secrets.api_access("abc123").access_token == "t1"


def test_a_prefix_of_its_own_is_used(vault: Vault) -> None:
    vault.keep("test/abc123/api", {"access_token": "t1"})

    secrets = SecretsManagerSecrets(vault.client, vault.clock, prefix="test/")

    assert secrets.api_access("abc123").access_token == "t1"


MALFORMED_HOOKS = {
    "no JSON": f"{{{HIDDEN}",
    "deep": "[" * 100_000,
    "no object": json.dumps([HIDDEN]),
    "a text for a list": some_hook_secrets(client_secrets=HIDDEN),
    "a number for a list": some_hook_secrets(client_secrets=7),
    "a number in a list": some_hook_secrets(client_secrets=[HIDDEN, 7]),
    "an empty secret": some_hook_secrets(client_secrets=[HIDDEN, ""]),
    "a line feed": some_hook_secrets(client_secrets=[f"{HIDDEN}\n"]),
    "not ASCII": some_hook_secrets(hook_secrets=[f"{HIDDEN}ä"]),
    "another proof": some_hook_secrets(proof=HIDDEN),
    "nothing to prove by": {"client_secrets": [], "hook_secrets": []},
    "both of one": some_hook_secrets(hook_secrets=[]),
}
MALFORMED_API = {
    "no token": {"client_id": "id1"},
    "an empty token": {"access_token": ""},
    "a token with a line feed": {"access_token": f"{HIDDEN}\n"},
    "a number for a token": {"access_token": 7},
    "a list for a client id": {"access_token": HIDDEN, "client_id": [HIDDEN]},
}


@pytest.mark.parametrize("kept", MALFORMED_HOOKS.values(), ids=MALFORMED_HOOKS)
def test_malformed_secrets_for_webhooks_are_named_and_not_shown(
    vault: Vault, kept: object
) -> None:
    assert_named_and_not_shown(vault, HOOKS, kept, vault.secrets.hook_secrets)


@pytest.mark.parametrize("kept", MALFORMED_API.values(), ids=MALFORMED_API)
def test_malformed_access_to_the_api_is_named_and_not_shown(vault: Vault, kept: object) -> None:
    assert_named_and_not_shown(vault, API, kept, vault.secrets.api_access)


def assert_named_and_not_shown(
    vault: Vault, name: str, kept: object, read: Callable[[str], object]
) -> None:
    vault.keep(name, kept)

    with pytest.raises(ConfigurationError, match=f"^secret {name}: ") as caught:
        read("abc123")

    error: BaseException | None = caught.value
    while error is not None:
        assert HIDDEN not in repr(vars(error)) + str(error)
        error = error.__cause__ or error.__context__


def test_a_secret_kept_as_bytes_is_malformed(vault: Vault) -> None:
    vault.client.create_secret(Name=API, SecretBinary=b'{"access_token": "t1"}')

    with pytest.raises(ConfigurationError, match=f"^secret {API}: must be a JSON object$"):
        vault.secrets.api_access("abc123")


def test_a_secret_that_does_not_exist_is_named(vault: Vault) -> None:
    with pytest.raises(
        ConfigurationError, match=f"^secret {HOOKS}: GetSecretValue was refused, ResourceNotFound"
    ):
        vault.secrets.hook_secrets("abc123")


def test_what_failed_is_asked_for_again(vault: Vault) -> None:
    with pytest.raises(ConfigurationError):
        vault.secrets.hook_secrets("abc123")
    vault.keep(HOOKS, some_hook_secrets())

    assert vault.secrets.hook_secrets("abc123").hook_secrets == ("h1",)


def test_secrets_out_of_reach_may_be_back_later(vault: Vault) -> None:
    with Stubber(vault.client) as stub:
        stub.add_client_error("get_secret_value", "InternalServiceError", http_status_code=500)
        with pytest.raises(TryAgain):
            vault.secrets.hook_secrets("abc123")


def test_no_secret_shows_when_something_is_printed(vault: Vault) -> None:
    vault.keep(HOOKS, some_hook_secrets(client_secrets=[HIDDEN], hook_secrets=[HIDDEN]))
    vault.keep(API, {"access_token": HIDDEN})

    shown = [vault.secrets.hook_secrets("abc123"), vault.secrets.api_access("abc123")]

    assert HIDDEN not in repr([*shown, vars(vault.secrets)])
