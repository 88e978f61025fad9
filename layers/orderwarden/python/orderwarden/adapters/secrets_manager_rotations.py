"""Rotations in Secrets Manager: the list of live secrets, and how far the replacement is."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import NAMESPACE_URL, uuid5

from orderwarden.adapters.aws_errors import in_our_words
from orderwarden.adapters.secrets_manager import KEPT_S, PREFIX
from orderwarden.domain.instants import from_text, to_text
from orderwarden.domain.rotation import Rotation
from orderwarden.errors import ConfigurationError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_secretsmanager.type_defs import GetSecretValueResponseTypeDef

TIMES: Final = ("began_at", "carried_at", "ended_at")

SETTLES_S: Final = 2 * KEPT_S
"""Ingest knows a secret from a cache of this age at most; as long again for Secrets Manager,
which is only eventually consistent."""


@dataclass(frozen=True, slots=True)
class _Version:
    """One version of a secret; how old it was when it was read."""

    fields: dict[str, Any] = field(repr=False)
    version_id: str
    age_s: float


class SecretsManagerRotations:
    """`ports.Rotations`, in the secret that ingest reads.

    Its `hook_secrets` are always what is live, the first meant for hooks; what is retired leaves
    the list. `rotation` beside them holds the times.
    """

    def __init__(self, client: SecretsManagerClient, prefix: str = PREFIX) -> None:
        """Work on `<prefix><store>/hooks`."""
        self._client = client
        self._prefix = prefix

    def configured(self, store: str) -> tuple[str, ...]:
        """Return the hook secrets that are live, the first meant for hooks."""
        return _secrets(self._read(store).fields)

    def rotation(self, store: str) -> Rotation | None:
        """Return a store's latest rotation.

        Raises:
            ConfigurationError: There is no such secret, or it is malformed.
            TryAgain: Secrets Manager is out of reach.
        """
        return self._rotation(store, self._read(store).fields)

    def unsettled_s(self, store: str, secret: str | None) -> float:
        """Return for how long an ingest may not know this secret; as `rotation`.

        Both times are those of Secrets Manager: the clock of whoever asks may be minutes off.
        """
        read = self._read(store)
        if secret is not None and _secrets(read.fields)[:1] != (secret,):
            return SETTLES_S  # what was read is older or newer than the secret
        rotation = self._rotation(store, read.fields)
        if rotation is None or rotation.carried_at or rotation.ended_at:
            return 0.0
        return max(0.0, SETTLES_S - read.age_s)

    def replace_rotation(self, store: str, new: Rotation, before: Rotation | None) -> bool:
        """Write it if `before` stands there; as `rotation`.

        The version that follows one has its name from it, so of two writers one is refused.
        """
        read = self._read(store)
        fields = read.fields
        if self._rotation(store, fields) != before:
            return False
        times = {name: getattr(new, name) for name in TIMES}
        fields["hook_secrets"] = list(new.live(_secrets(fields)))
        fields["rotation"] = {name: at and to_text(at) for name, at in times.items()}
        with in_our_words(f"secret {self._name(store)}"):
            try:
                self._client.put_secret_value(
                    SecretId=self._name(store),
                    SecretString=json.dumps(fields),
                    ClientRequestToken=str(uuid5(NAMESPACE_URL, read.version_id)),
                )
            except self._client.exceptions.ResourceExistsException:
                return False
        return True

    def _read(self, store: str) -> _Version:
        name = self._name(store)
        with in_our_words(f"secret {name}"):
            answer = self._client.get_secret_value(SecretId=name)
        try:
            fields = json.loads(answer.get("SecretString", ""))
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict):  # no cause is kept: it would carry the text
            raise ConfigurationError(f"secret {name}: must be a JSON object")
        return _Version(fields, answer["VersionId"], _age_s(answer))

    def _rotation(self, store: str, fields: dict[str, Any]) -> Rotation | None:
        kept, live = fields.get("rotation"), _secrets(fields)
        if kept is None or not live:
            return None
        try:
            began_at, carried_at, ended_at = (_time(kept.get(name)) for name in TIMES)
        except (AttributeError, TypeError, ValueError):
            began_at = None
        if began_at is None:
            raise ConfigurationError(f"secret {self._name(store)}: `rotation` has no sound times")
        return Rotation(live[0], began_at, carried_at=carried_at, ended_at=ended_at)

    def _name(self, store: str) -> str:
        return f"{self._prefix}{store}/hooks"


def _secrets(fields: dict[str, Any]) -> tuple[str, ...]:
    """Return the listed secrets; whoever proves webhooks with them says what is wrong there."""
    listed = fields.get("hook_secrets")
    return tuple(map(str, listed)) if isinstance(listed, list) else ()


def _age_s(answer: GetSecretValueResponseTypeDef) -> float:
    """Return how old a version is by the server's clock; 0.0 where the answer tells no time."""
    at = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    created_at = answer.get("CreatedDate")
    if at is None or created_at is None:
        return 0.0
    return (parsedate_to_datetime(at) - created_at).total_seconds()


def _time(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)
