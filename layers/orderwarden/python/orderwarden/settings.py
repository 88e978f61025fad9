"""The only reader of the environment: what `template.yaml` tells the functions."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Final

from orderwarden.errors import ConfigurationError

API_URL: Final = "https://api.bigcommerce.com"
SECRETS_PREFIX: Final = "orderwarden/stores/"

_STORE_HASH: Final = re.compile(r"[A-Za-z0-9]{1,64}")
_VARIABLES: Final = {
    "queue_url": "ORDERWARDEN_QUEUE_URL",
    "dead_letters_url": "ORDERWARDEN_DEAD_LETTERS_URL",
    "receipts_table": "ORDERWARDEN_RECEIPTS_TABLE",
    "changelog_table": "ORDERWARDEN_CHANGELOG_TABLE",
    "state_table": "ORDERWARDEN_STATE_TABLE",
    "event_bus": "ORDERWARDEN_EVENT_BUS",
}
_STORES: Final = "ORDERWARDEN_STORES"


@dataclass(frozen=True, slots=True)
class Settings:
    """One installation on AWS; what a function does not need is empty.

    Attributes:
        stores: Store hashes.
        dead_letters_url: Empty: what no code can read waits until SQS gives it up.
        event_bus: A name or an ARN.
        secrets_prefix: What the names of all secrets begin with.
        api_url: Where BigCommerce's API is spoken.
        public_url: Where BigCommerce reaches us, without a slash at its end; empty: hooks are
            left alone.
    """

    stores: tuple[str, ...]
    queue_url: str
    dead_letters_url: str = ""
    receipts_table: str = ""
    changelog_table: str = ""
    state_table: str = ""
    event_bus: str = ""
    secrets_prefix: str = SECRETS_PREFIX
    api_url: str = API_URL
    public_url: str = ""


def variable(name: str) -> str | None:
    """Return an environment variable, or None where it is not set or empty."""
    return os.environ.get(name) or None  # noqa: TID251  (this is the one place)


def settings(*needed: str) -> Settings:
    """Read the environment of a function.

    Args:
        needed: Fields of `Settings` that it cannot do without, besides `stores`, `queue_url`.

    Raises:
        ConfigurationError: Every variable that is missing or wrong.
    """
    problems = [
        f"the environment variable {_VARIABLES[name]} is not set"
        for name in ("queue_url", *needed)
        if variable(_VARIABLES[name]) is None
    ]
    stores = tuple(each.strip() for each in (variable(_STORES) or "").split(",") if each.strip())
    if not stores:
        problems.append(f"the environment variable {_STORES} names no store")
    problems += [
        f"{_STORES}: {each!r} is no store hash: those have letters and digits only"
        for each in stores
        if not _STORE_HASH.fullmatch(each)
    ]
    if problems:
        raise ConfigurationError(*problems)
    return Settings(
        stores=stores,
        secrets_prefix=variable("ORDERWARDEN_SECRETS_PREFIX") or SECRETS_PREFIX,
        api_url=variable("ORDERWARDEN_API_URL") or API_URL,
        public_url=(variable("ORDERWARDEN_PUBLIC_URL") or "").rstrip("/"),
        **{field: variable(name) or "" for field, name in _VARIABLES.items()},
    )


def function_name() -> str:
    """Return the name of the Lambda function that this runs in; empty elsewhere."""
    return variable("AWS_LAMBDA_FUNCTION_NAME") or ""
