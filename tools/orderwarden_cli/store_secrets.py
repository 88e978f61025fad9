"""The two secrets of a store in Secrets Manager, written for people; nothing here prints them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from orderwarden.errors import ConfigurationError, TryAgain

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CREATE: Final = "create"
REPLACE: Final = "replace"
KEEP: Final = "keep"


@dataclass(frozen=True, slots=True)
class Access:
    """What an API account of the store shows once, when it is made."""

    access_token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with one secret.

    Attributes:
        action: create, replace, or keep: it says so already.
        told: What it will hold, without the values.
        fields: What it will hold.
        version_id: Of what stands there; empty where nothing does.
    """

    name: str
    action: str
    told: str
    fields: Mapping[str, object] = field(repr=False)
    version_id: str = ""


@dataclass(frozen=True, slots=True)
class _Standing:
    fields: Mapping[str, Any] = field(repr=False)
    version_id: str


class StoreSecrets:
    """`<prefix><store>/hooks` and `<prefix><store>/api`."""

    def __init__(self, client: SecretsManagerClient, prefix: str, store: str) -> None:
        """Keep the names."""
        self._client = client
        self._hooks = f"{prefix}{store}/hooks"
        self._api = f"{prefix}{store}/api"

    def plan(self, access: Access, hook_secret: str, *, drop_older: bool) -> tuple[Step, Step]:
        """Return what is to be done with the secret `hooks` and with the secret `api`.

        Args:
            access: What they shall say.
            hook_secret: For hooks, where there is none yet.
            drop_older: Whether client secrets besides this one are not accepted any more.

        Raises:
            ConfigurationError: They may not be read, or hold what is no JSON object; or another
                account is in use, whose hooks are signed by what would be dropped.
        """
        api = self._plan_api(access)
        if drop_older and api.action != KEEP:
            raise ConfigurationError(
                f"secret {self._api}: the given account is not in use yet, and the webhooks of "
                "the one that is would be refused; run this without --drop-older, and with it "
                "three days later"
            )
        return self._plan_hooks(access, hook_secret, drop_older=drop_older), api

    def write(self, step: Step) -> None:
        """Do one step; what others wrote since it was planned is not overwritten.

        Raises:
            ConfigurationError: AWS refuses.
            TryAgain: AWS is out of reach, or somebody else wrote meanwhile.
        """
        from orderwarden.adapters.aws_errors import in_our_words  # noqa: PLC0415

        if step.action == KEEP:
            return
        text = json.dumps(step.fields)
        with in_our_words(f"secret {step.name}"):
            try:
                if step.action == CREATE:
                    self._client.create_secret(Name=step.name, SecretString=text)
                    return
                # The version that follows one has its name from it: of two writers one is refused.
                token = str(uuid5(NAMESPACE_URL, step.version_id))
                self._client.put_secret_value(
                    SecretId=step.name, SecretString=text, ClientRequestToken=token
                )
            except self._client.exceptions.ResourceExistsException as error:
                told = f"secret {step.name} was written by somebody else just now"
                raise TryAgain("secret_contended", detail=told) from error

    def _plan_hooks(self, access: Access, hook_secret: str, *, drop_older: bool) -> Step:
        standing = self._standing(self._hooks)
        if standing is None:
            fields: Mapping[str, Any] = {
                "client_secrets": [access.client_secret],
                "hook_secrets": [hook_secret],
                "proof": "either",
            }
            return Step(self._hooks, CREATE, "client_secrets: 1, hook_secrets: 1, new", fields)
        before = _listed(standing.fields, "client_secrets")
        older = [] if drop_older else [one for one in before if one != access.client_secret]
        after = [access.client_secret, *older]
        action = KEEP if after == before else REPLACE
        told = f"client_secrets: {len(after)} instead of {len(before)}, the given one first"
        fields = {**standing.fields, "client_secrets": after}
        return Step(self._hooks, action, told, fields, standing.version_id)

    def _plan_api(self, access: Access) -> Step:
        standing = self._standing(self._api)
        fields = {"access_token": access.access_token, "client_id": access.client_id}
        told = "access_token, client_id"
        if standing is None:
            return Step(self._api, CREATE, told, fields)
        action = KEEP if standing.fields == fields else REPLACE
        return Step(self._api, action, told, fields, standing.version_id)

    def _standing(self, name: str) -> _Standing | None:
        from orderwarden.adapters.aws_errors import in_our_words  # noqa: PLC0415

        with in_our_words(f"secret {name}"):
            try:
                answer = self._client.get_secret_value(SecretId=name)
            except self._client.exceptions.ResourceNotFoundException:
                return None
        try:
            fields = json.loads(answer.get("SecretString", ""))
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):  # no cause is kept: it would carry the text
            raise ConfigurationError(f"secret {name}: must be a JSON object; mend or delete it")
        return _Standing(fields, answer["VersionId"])


def _listed(fields: Mapping[str, Any], key: str) -> list[str]:
    found = fields.get(key)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
