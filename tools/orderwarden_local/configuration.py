"""Read `orderwarden.toml`: everything wrong with it at once, each with its place."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from orderwarden import settings
from orderwarden.domain.public_address import LOOPBACK, Reach, reach_of
from orderwarden.errors import ConfigurationError

API_URL: Final = "https://api.bigcommerce.com"
STORE_HASH: Final = re.compile(r"[A-Za-z0-9]{1,64}")
SECRET: Final = re.compile(r"[!-~]([ -~]*[!-~])?")

FILE_KEYS: Final = (
    "state_dir",
    "public_url",
    "workers",
    "reconcile_minutes",
    "look_back_hours",
    "stores",
)
STORE_KEYS: Final = (
    "api_url",
    "access_token",
    "client_id",
    "client_secrets",
    "hook_secrets",
    "proof",
    "rules",
)


@dataclass(frozen=True, slots=True)
class StoreConfiguration:
    """One store.

    Attributes:
        proof: `either` signature or secret header proves a webhook, or `both` must.
        rules: The rule file, or None where rules are published by command only.
    """

    store: str
    api_url: str
    access_token: str = field(repr=False)
    client_id: str
    client_secrets: tuple[str, ...] = field(repr=False)
    hook_secrets: tuple[str, ...] = field(repr=False)
    proof: str
    rules: Path | None


@dataclass(frozen=True, slots=True)
class Configuration:
    """The whole file; paths are absolute.

    Attributes:
        reconcile_minutes: Between two searches for lost webhooks.
        look_back_hours: How far the first of them looks back, and one a day.
    """

    state_dir: Path
    public_url: str
    workers: int
    stores: Mapping[str, StoreConfiguration]
    reconcile_minutes: int = 15
    look_back_hours: int = 72


def read_configuration(path: Path) -> Configuration:
    """Read a configuration file.

    Raises:
        ConfigurationError: It cannot be read, or holds anything wrong: every problem at once.
    """
    configuration, problems = examine(path)
    if problems:
        raise ConfigurationError(*problems)
    return configuration


def examine(path: Path) -> tuple[Configuration, Sequence[str]]:
    """Return what a file says as far as it makes sense, and everything that is wrong with it.

    So the files that it names can be examined in the same go.

    Raises:
        ConfigurationError: It cannot be read, or is no TOML.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}); name the file with --config"
        ) from error
    except (ValueError, RecursionError) as error:  # no TOML, no UTF-8, nested without end
        raise ConfigurationError(f"{path}: not TOML: {error}") from error
    return _Reader(path).read(document)


class _Reader:
    """Reads one document and collects what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = path.resolve().parent
        self._problems: list[str] = []

    def read(self, document: Mapping[str, object]) -> tuple[Configuration, Sequence[str]]:
        self._refuse_unknown("", document, FILE_KEYS)
        configuration = Configuration(
            state_dir=self._folder / self._text(document, "state_dir", "", default="var"),
            public_url=self._public_url(document),
            workers=self._count(document, "workers", 4, most=32),
            stores=self._stores(document.get("stores")),
            reconcile_minutes=self._count(document, "reconcile_minutes", 15, most=1440),
            look_back_hours=self._count(document, "look_back_hours", 72, most=8760),
        )
        return configuration, self._problems

    def _stores(self, table: object) -> Mapping[str, StoreConfiguration]:
        if not isinstance(table, Mapping) or not table:
            self._problem("stores", "no store is configured; add a table [stores.<store hash>]")
            return {}
        stores = {}
        for name, entry in table.items():
            if isinstance(entry, Mapping):
                stores[name] = self._store(name, entry)
            else:
                self._problem(f"stores.{name}", "must be a table, e.g. [stores.abc123]")
        return stores

    def _store(self, name: str, entry: Mapping[str, object]) -> StoreConfiguration:
        place = f"stores.{name}"
        if not STORE_HASH.fullmatch(name):
            self._problem(place, "a store hash has letters and digits only")
        self._refuse_unknown(place, entry, STORE_KEYS)
        proof = self._text(entry, "proof", place, default="either")
        if proof not in {"either", "both"}:
            self._problem(f"{place}.proof", f"must be `either` or `both`, not `{proof}`")
        rules = self._text(entry, "rules", place, default="")
        client_secrets = self._secrets(entry, "client_secrets", place)
        hook_secrets = self._secrets(entry, "hook_secrets", place)
        if not client_secrets and not hook_secrets:
            self._problem(place, "needs client_secrets or hook_secrets: nothing proves a webhook")
        elif proof == "both" and not (client_secrets and hook_secrets):
            self._problem(f"{place}.proof", "`both` needs client_secrets and hook_secrets")
        return StoreConfiguration(
            store=name,
            api_url=self._url(entry, place),
            access_token=self._secret(entry.get("access_token"), f"{place}.access_token"),
            client_id=self._text(entry, "client_id", place, default=""),
            client_secrets=client_secrets,
            hook_secrets=hook_secrets,
            proof=proof,
            rules=self._folder / rules if rules else None,
        )

    def _url(self, entry: Mapping[str, object], place: str) -> str:
        url = self._text(entry, "api_url", place, default=API_URL).rstrip("/")
        if not _is_address(url):
            self._problem(
                f"{place}.api_url",
                f"must be like {API_URL}, without user, query or fragment; "
                "http:// only on this machine",
            )
        return url

    def _public_url(self, document: Mapping[str, object]) -> str:
        url = self._text(document, "public_url", "", default="").rstrip("/")
        if url and reach_of(url) is Reach.NONE:
            self._problem(
                "public_url",
                "must be like https://hooks.example.com, on port 443 and without user, query or "
                "fragment; http:// and other ports only on this machine",
            )
        return url

    def _count(self, document: Mapping[str, object], key: str, default: int, *, most: int) -> int:
        count = document.get(key, default)
        if isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= most:
            return count
        self._problem(key, f"must be a number from 1 to {most}, not `{count}`")
        return default

    def _text(self, table: Mapping[str, object], key: str, place: str, *, default: str) -> str:
        value = table.get(key, default)
        if isinstance(value, str):
            return value
        self._problem(f"{place}.{key}".lstrip("."), f"must be text, not {value!r}")
        return default

    def _secrets(self, table: Mapping[str, object], key: str, place: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if isinstance(value, str) or not isinstance(value, Sequence):
            self._problem(f"{place}.{key}", "must be a list, e.g. ['env:NAME']")
            return ()
        return tuple(self._secret(x, f"{place}.{key}[{i}]") for i, x in enumerate(value))

    def _secret(self, value: object, place: str) -> str:
        """Return a secret's value; `env:NAME` names an environment variable."""
        if not isinstance(value, str) or not value:
            self._problem(place, "is missing; give a value or `env:NAME`")
            return ""
        if value.startswith("env:"):
            name = value.removeprefix("env:")
            found = settings.variable(name)
            if found is None:
                self._problem(place, f"the environment variable {name} is not set")
                return ""
            value = found
        if not SECRET.fullmatch(value):
            self._problem(place, "must be ASCII on one line, without blanks around it")
        return value

    def _refuse_unknown(
        self, place: str, table: Mapping[str, object], known: Sequence[str]
    ) -> None:
        for key in table:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"did you mean `{near[0]}`?" if near else f"known: {', '.join(known)}"
                self._problem(f"{place}.{key}".lstrip("."), f"no such setting; {hint}")

    def _problem(self, place: str, sentence: str) -> None:
        self._problems.append(f"{self._path}: {place}: {sentence}")


def _is_address(url: str) -> bool:
    """Return whether an API may be called there: by https, on this machine also by http."""
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:  # no number where the port stands, half an IPv6 address
        return False
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    return has_host and is_safe and not re.search(r"[\s?#@\\]", url)
