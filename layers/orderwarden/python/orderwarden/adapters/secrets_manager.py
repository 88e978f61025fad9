"""Secrets in Secrets Manager: two a store, as JSON, so that ingest may read one of them only."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Final

from orderwarden.adapters.aws_errors import in_our_words
from orderwarden.domain.hook_secrets import HookSecrets
from orderwarden.errors import ConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

    from orderwarden.ports import Clock

KEPT_S: Final = 30.0
PREFIX: Final = "orderwarden/stores/"

_PROOFS: Final = ("either", "both")
_SECRET: Final = re.compile(r"[!-~]([ -~]*[!-~])?")
"""What can stand in an HTTP header; a line feed at the end is the usual mistake."""


@dataclass(frozen=True, slots=True)
class ApiAccess:
    """What opens a store's API."""

    access_token: str = field(repr=False)
    client_id: str


class _Read:
    """What a secret held when it was read; made out once, when it is first asked for."""

    def __init__(self, name: str, text: str, at: datetime) -> None:
        self.at = at
        self._name = name
        self._fields = _fields(name, text)

    def will_do(self, now: datetime, kept: timedelta, newer_than: datetime | None) -> bool:
        is_new_enough = newer_than is None or self.at > newer_than
        return is_new_enough and self.at <= now < self.at + kept

    @cached_property
    def hook_secrets(self) -> HookSecrets:
        name, proof = self._name, self._fields.get("proof", "either")
        client_secrets = _secrets(name, self._fields, "client_secrets")
        hook_secrets = _secrets(name, self._fields, "hook_secrets")
        if proof not in _PROOFS:
            raise ConfigurationError(f"secret {name}: `proof` must be `either` or `both`")
        if not client_secrets and not hook_secrets:
            raise ConfigurationError(
                f"secret {name}: needs client_secrets or hook_secrets: nothing proves a webhook"
            )
        if proof == "both" and not (client_secrets and hook_secrets):
            raise ConfigurationError(
                f"secret {name}: proof `both` needs client_secrets and hook_secrets"
            )
        return HookSecrets(client_secrets, hook_secrets, proof == "both", self.at)

    @cached_property
    def api_access(self) -> ApiAccess:
        name, client_id = self._name, self._fields.get("client_id")
        return ApiAccess(
            access_token=_secret(name, "access_token", self._fields.get("access_token")),
            client_id="" if client_id is None else _secret(name, "client_id", client_id),
        )


class SecretsManagerSecrets:
    """`ports.Secrets`, and the API's; a rotated secret is known within `kept_s` seconds."""

    def __init__(
        self,
        client: SecretsManagerClient,
        clock: Clock,
        prefix: str = PREFIX,
        kept_s: float = KEPT_S,
    ) -> None:
        """Read `<prefix><store>/hooks` and `<prefix><store>/api`."""
        self._client = client
        self._clock = clock
        self._prefix = prefix
        self._kept = timedelta(seconds=kept_s)
        self._known: dict[str, _Read] = {}

    def hook_secrets(self, store: str, *, newer_than: datetime | None = None) -> HookSecrets:
        """Return a store's secrets for webhooks, from the cache unless it is too old.

        The secret is `{"client_secrets": [...], "hook_secrets": [...], "proof": "either"}`;
        `proof` may be left out.

        Raises:
            ConfigurationError: There is no such secret, or it is malformed.
            TryAgain: Secrets Manager is out of reach.
        """
        return self._read(f"{self._prefix}{store}/hooks", newer_than).hook_secrets

    def api_access(self, store: str, *, newer_than: datetime | None = None) -> ApiAccess:
        """Return what opens a store's API, from the cache unless it is too old.

        The secret is `{"access_token": "...", "client_id": "..."}`; `client_id` may be left out.

        Raises:
            ConfigurationError: There is no such secret, or it is malformed.
            TryAgain: Secrets Manager is out of reach.
        """
        return self._read(f"{self._prefix}{store}/api", newer_than).api_access

    def _read(self, name: str, newer_than: datetime | None) -> _Read:
        now = self._clock.now()
        known = self._known.get(name)
        if known is not None and known.will_do(now, self._kept, newer_than):
            return known
        with in_our_words(f"secret {name}"):
            answer = self._client.get_secret_value(SecretId=name)
        read = _Read(name, answer.get("SecretString", ""), now)
        self._known[name] = read
        return read


def _fields(name: str, text: str) -> Mapping[str, object]:
    try:
        fields = json.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):  # no cause is kept: it would carry the text
        raise ConfigurationError(f"secret {name}: must be a JSON object")
    return fields


def _secrets(name: str, fields: Mapping[str, object], key: str) -> tuple[str, ...]:
    values = fields.get(key, [])
    if isinstance(values, str) or not isinstance(values, Sequence):
        raise ConfigurationError(f"secret {name}: `{key}` must be a list of texts")
    return tuple(_secret(name, key, value) for value in values)


def _secret(name: str, key: str, value: object) -> str:
    if not isinstance(value, str) or not _SECRET.fullmatch(value):
        raise ConfigurationError(
            f"secret {name}: `{key}` must be ASCII on one line, without blanks around it"
        )
    return value
