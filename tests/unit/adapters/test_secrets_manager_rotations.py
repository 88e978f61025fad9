"""Rotations in Secrets Manager: the list is always what is live; one writer wins."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import aws_stand_in
import pytest
from botocore.stub import Stubber
from fakes import NOON, TurnableClock
from orderwarden.adapters.secrets_manager import SecretsManagerSecrets
from orderwarden.adapters.secrets_manager_rotations import SecretsManagerRotations
from orderwarden.domain.instants import to_text
from orderwarden.domain.rotation import Rotation, begun
from orderwarden.errors import ConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

STORE = "abc123"
NAME = "orderwarden/stores/abc123/hooks"
HOUR = timedelta(hours=1)
LISTED = {"client_secrets": ["c"], "hook_secrets": ["old"], "proof": "both"}


@dataclass
class Vault:
    client: SecretsManagerClient
    rotations: SecretsManagerRotations
    secrets: SecretsManagerSecrets

    def keep(self, text: str) -> None:
        self.client.put_secret_value(SecretId=NAME, SecretString=text)

    def kept(self) -> Any:  # noqa: ANN401  JSON
        return json.loads(self.client.get_secret_value(SecretId=NAME)["SecretString"])

    def begin(self, secret: str) -> None:
        before = self.rotations.rotation(STORE)
        new = begun(before, secret, NOON)
        assert new is not None
        assert self.rotations.replace_rotation(STORE, new, before)

    def follow(self, hours: float, *, all_carry: bool = True) -> None:
        before = self.rotations.rotation(STORE)
        assert before is not None
        configured = self.rotations.configured(STORE)
        after = before.followed(configured, NOON + hours * HOUR, all_carry=all_carry)
        assert self.rotations.replace_rotation(STORE, after, before)


@pytest.fixture
def vault() -> Iterator[Vault]:
    clock = TurnableClock()
    with aws_stand_in.aws(clock):
        client = aws_stand_in.new_secrets_manager()
        client.create_secret(Name=NAME, SecretString=json.dumps(LISTED))
        secrets = SecretsManagerSecrets(client, clock, kept_s=0.0)
        yield Vault(client, SecretsManagerRotations(client), secrets)


def test_before_a_rotation_the_listed_secrets_are_live(vault: Vault) -> None:
    assert vault.rotations.rotation(STORE) is None
    assert vault.rotations.configured(STORE) == ("old",)


def test_a_rotation_lists_the_new_secret_first_and_drops_the_old_one_at_its_end(
    vault: Vault,
) -> None:
    vault.begin("new")
    assert vault.secrets.hook_secrets(STORE).hook_secrets == ("new", "old")
    assert vault.rotations.rotation(STORE) == Rotation("new", NOON)

    vault.follow(1)
    assert vault.secrets.hook_secrets(STORE).hook_secrets == ("new", "old")

    vault.follow(50)
    assert vault.secrets.hook_secrets(STORE).hook_secrets == ("new",)
    ended = vault.rotations.rotation(STORE)
    assert ended is not None
    assert ended.ended_at == NOON + 50 * HOUR


def test_a_second_rotation_keeps_what_the_first_one_made_until_its_own_end(vault: Vault) -> None:
    vault.begin("first")
    vault.follow(0)
    vault.follow(49)

    vault.begin("second")

    assert vault.secrets.hook_secrets(STORE).hook_secrets == ("second", "first")


def test_everything_else_in_the_secret_stays(vault: Vault) -> None:
    vault.begin("new")

    kept = vault.kept()
    assert (kept["client_secrets"], kept["proof"]) == (["c"], "both")


def test_whoever_read_an_older_state_changes_nothing(vault: Vault) -> None:
    vault.begin("new")

    assert not vault.rotations.replace_rotation(STORE, Rotation("mine", NOON), None)
    assert vault.kept()["hook_secrets"] == ["new", "old"]


def test_of_two_writers_on_one_version_the_second_is_refused(vault: Vault) -> None:
    version = "0123456789abcdef0123456789abcdef"
    answer = {"SecretString": json.dumps(LISTED), "VersionId": version}
    with Stubber(vault.client) as stub:
        stub.add_response("get_secret_value", answer)
        stub.add_client_error("put_secret_value", "ResourceExistsException")

        assert not vault.rotations.replace_rotation(STORE, Rotation("mine", NOON), None)


@pytest.mark.parametrize(
    "text",
    ["do-not-show-me", "[]", '{"hook_secrets": ["do-not-show-me"], "rotation": {"began_at": 5}}'],
)
def test_a_spoiled_secret_is_told_by_its_name_alone(vault: Vault, text: str) -> None:
    vault.keep(text)

    with pytest.raises(ConfigurationError, match=NAME) as told:
        vault.rotations.rotation(STORE)

    assert "do-not-show-me" not in str(told.value)


def test_what_follows_one_version_has_one_name_whoever_writes_it(vault: Vault) -> None:
    answer = {"SecretString": json.dumps(LISTED), "VersionId": "0123456789abcdef0123456789abcdef"}
    names: list[str] = []

    def remember(params: dict[str, str], **_: object) -> None:
        names.append(params["ClientRequestToken"])

    vault.client.meta.events.register(
        "provide-client-params.secretsmanager.PutSecretValue", remember
    )
    with Stubber(vault.client) as stub:
        for secret in ("mine", "theirs"):
            stub.add_response("get_secret_value", answer)
            stub.add_response("put_secret_value", {})
            assert vault.rotations.replace_rotation(STORE, Rotation(secret, NOON), None)

    assert len(names) == 2
    assert len(set(names)) == 1


def read_at(vault: Vault, seconds_later: float | None) -> float:
    """Return how long hooks must wait, by an answer that is dated so long after the version."""
    kept = {"hook_secrets": ["new"], "rotation": {"began_at": to_text(NOON)}}
    dated = {} if seconds_later is None else {"date": http_date(seconds_later)}
    answer = {
        "SecretString": json.dumps(kept),
        "VersionId": "0123456789abcdef0123456789abcdef",
        "CreatedDate": NOON,
        "ResponseMetadata": {"HTTPHeaders": dated},
    }
    with Stubber(vault.client) as stub:
        stub.add_response("get_secret_value", answer)
        return vault.rotations.unsettled_s(STORE, "new")


def http_date(seconds_later: float) -> str:
    return format_datetime(NOON + timedelta(seconds=seconds_later), usegmt=True)


@pytest.mark.parametrize(
    ("seconds_later", "left_s"), [(0, 60.0), (45, 15.0), (60, 0.0), (3600, 0.0), (None, 60.0)]
)
def test_hooks_wait_for_a_minute_of_the_servers_own_time(
    vault: Vault, seconds_later: float | None, left_s: float
) -> None:
    assert read_at(vault, seconds_later) == left_s


def test_hooks_wait_only_while_a_rotation_has_not_reached_them(vault: Vault) -> None:
    assert vault.rotations.unsettled_s(STORE, "old") == 0.0

    vault.begin("new")
    assert vault.rotations.unsettled_s(STORE, "new") > 0.0

    vault.follow(1)
    assert vault.rotations.unsettled_s(STORE, "new") == 0.0


def test_hooks_wait_where_an_older_version_is_read_than_the_one_with_their_secret(
    vault: Vault,
) -> None:
    assert vault.rotations.unsettled_s(STORE, "new") == 60.0
