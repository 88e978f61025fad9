"""A stack on AWS as a host: its outputs say where everything is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from orderwarden.domain.signal import Signal
from orderwarden.errors import ConfigurationError
from orderwarden.ports import Depth
from orderwarden.settings import Settings
from orderwarden_local.configuration import Configuration, StoreConfiguration

if TYPE_CHECKING:
    from collections.abc import Callable

    from orderwarden.adapters.bigcommerce_pacing import Pacer
    from orderwarden.adapters.bigcommerce_store import BigCommerceReader
    from orderwarden.adapters.dynamodb_changelog import DynamoChangelog
    from orderwarden.adapters.dynamodb_receipts import DynamoReceipts
    from orderwarden.adapters.dynamodb_state import DynamoState
    from orderwarden.adapters.sqs_dead_letters import DeadLetter
    from orderwarden.installation import Installation
    from orderwarden.ports import Clock

_OUTPUTS: Final = {
    "stores": "Stores",
    "queue_url": "QueueUrl",
    "dead_letters_url": "DeadLettersUrl",
    "receipts_table": "ReceiptsTable",
    "changelog_table": "ChangelogTable",
    "state_table": "StateTable",
    "event_bus": "EventBus",
    "secrets_prefix": "SecretsPrefix",
    "api_url": "ApiUrl",
}
_LOOKED_AT: Final = 200
T = TypeVar("T")


class AwsHost:
    """`Host` over the ports of an installation."""

    def __init__(self, here: Installation) -> None:
        """Keep the ports; nothing is asked yet."""
        self._here = here
        self.clock: Clock = here.clock
        self.queue = _Queue(here)
        self.readers: Mapping[str, BigCommerceReader] = _ByStore(here, here.reader)
        self.pacers: Mapping[str, Pacer] = _ByStore(here, here.pacer)

    @cached_property
    def configuration(self) -> Configuration:
        """Return the stores; their secrets stay in Secrets Manager."""
        return _configuration(self._here.settings)

    @property
    def receipts(self) -> DynamoReceipts:
        """Return the receipts."""
        return self._here.receipts

    @property
    def changelog(self) -> DynamoChangelog:
        """Return the changelog."""
        return self._here.changelog

    @property
    def state(self) -> DynamoState:
        """Return the state."""
        return self._here.state

    def restored(self, changelog_table: str, state_table: str) -> AwsHost:
        """Return the same with other tables: restored ones, which no function knows."""
        from orderwarden.installation import Installation  # noqa: PLC0415  it is here already

        own = self._here.settings
        settings = replace(own, changelog_table=changelog_table, state_table=state_table)
        return AwsHost(Installation(settings))

    def close(self) -> None:
        """Close nothing: connections end with the process."""


class _Queue:
    """The queue, and the one of what it gave up."""

    def __init__(self, here: Installation) -> None:
        self._here = here

    def put(self, signal: Signal) -> None:
        self._here.queue.put(signal)

    def depth(self) -> Depth:
        return self._here.queue.depth()

    def count_of(self, group: str) -> tuple[int, int]:
        letters = self.dead_letters(_LOOKED_AT)
        return 0, sum(letter.group_id == group for letter in letters)

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        return self._here.dead_letters.dead_letters(limit)

    def retry_dead_letters(self, ids: Collection[str] | None = None) -> int:
        return self._here.dead_letters.retry_dead_letters(ids)


class _ByStore(Mapping[str, T]):
    """What there is one of for each store, made when it is asked for."""

    def __init__(self, here: Installation, make: Callable[[str], T]) -> None:
        self._stores = here.settings.stores
        self._make = make
        self._made: dict[str, T] = {}

    def __getitem__(self, store: str) -> T:
        if store not in self._stores:
            raise KeyError(store)
        if store not in self._made:
            self._made[store] = self._make(store)
        return self._made[store]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stores)

    def __len__(self) -> int:
        return len(self._stores)


def stack_host(name: str) -> AwsHost:
    """Return a stack as a host.

    Raises:
        ConfigurationError: There is no such stack of ours, no credentials, or no SDK here.
        TryAgain: AWS is out of reach.
    """
    try:
        from orderwarden.installation import Installation  # noqa: PLC0415  not everybody has the SDK
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "--stack needs AWS's SDK, which is not installed: pip install 'orderwarden[aws]'"
        ) from error
    return AwsHost(Installation(_settings(name)))


def _settings(name: str) -> Settings:
    import botocore.session  # noqa: PLC0415
    from orderwarden.adapters.aws_errors import in_our_words  # noqa: PLC0415

    with in_our_words(f"stack {name}"):
        client: Any = botocore.session.get_session().create_client("cloudformation")
        [stack] = client.describe_stacks(StackName=name)["Stacks"]
    found = {each["OutputKey"]: each["OutputValue"] for each in stack.get("Outputs", [])}
    missing = sorted(set(_OUTPUTS.values()) - found.keys())
    if missing:
        raise ConfigurationError(
            f"stack {name} is none of Orderwarden's, or not created yet: "
            f"it has no output {', '.join(missing)}"
        )
    texts = {field: found[output] for field, output in _OUTPUTS.items() if field != "stores"}
    return Settings(stores=tuple(found["Stores"].split(",")), **texts)


def _configuration(settings: Settings) -> Configuration:
    stores = {
        store: StoreConfiguration(
            store=store,
            api_url=settings.api_url,
            access_token="",
            client_id="",
            client_secrets=(),
            hook_secrets=(),
            proof="either",
            rules=None,
        )
        for store in settings.stores
    }
    return Configuration(state_dir=Path(), public_url="", workers=1, stores=stores)
