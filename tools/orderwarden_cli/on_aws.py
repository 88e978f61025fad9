"""A stack on AWS as a host: the ports of an installation, for people."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from orderwarden.domain.signal import Signal
from orderwarden.ports import Depth
from orderwarden.services.checkup.remedies import Remedies, on_aws
from orderwarden_local.configuration import Configuration, StoreConfiguration

from orderwarden_cli.stack import Stack, read_stack, ringing_alarms

if TYPE_CHECKING:
    from collections.abc import Callable

    from orderwarden.adapters.bigcommerce_pacing import Pacer
    from orderwarden.adapters.bigcommerce_store import BigCommerceReader, BigCommerceStore
    from orderwarden.adapters.dynamodb_changelog import DynamoChangelog
    from orderwarden.adapters.dynamodb_receipts import DynamoReceipts
    from orderwarden.adapters.dynamodb_state import DynamoState
    from orderwarden.adapters.secrets_manager import SecretsManagerSecrets
    from orderwarden.adapters.secrets_manager_rotations import SecretsManagerRotations
    from orderwarden.adapters.sqs_dead_letters import DeadLetter
    from orderwarden.installation import Installation
    from orderwarden.ports import Clock
    from orderwarden.settings import Settings

_LOOKED_AT: Final = 200
T = TypeVar("T")


class AwsHost:
    """`Host` over the ports of an installation."""

    def __init__(self, here: Installation, stack: Stack) -> None:
        """Keep the ports; nothing is asked yet."""
        self._here = here
        self.stack = stack
        self.remedies: Remedies = on_aws(stack.name)
        self.clock: Clock = here.clock
        self.queue = _Queue(here)
        self.stores: Mapping[str, BigCommerceStore] = _ByStore(here, here.store)
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

    @property
    def secrets(self) -> SecretsManagerSecrets:
        """Return the secrets."""
        return self._here.secrets

    @property
    def rotations(self) -> SecretsManagerRotations:
        """Return how far rotations of hook secrets are."""
        return self._here.rotations

    def ringing(self) -> Collection[str]:
        """Return the alarms of the stack that ring."""
        return ringing_alarms(self.stack.name)

    def restored(self, changelog_table: str, state_table: str) -> AwsHost:
        """Return the same with other tables: restored ones, which no function knows."""
        from orderwarden.installation import Installation  # noqa: PLC0415  it is here already

        own = self._here.settings
        settings = replace(own, changelog_table=changelog_table, state_table=state_table)
        return AwsHost(Installation(settings, clock=self.clock), self.stack)

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

    def oldest_at(self) -> None:
        """Return nothing: SQS does not tell; OldestSignalAlarm does."""

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


def stack_host(name: str, clock: Clock | None = None) -> AwsHost:
    """Return a stack as a host; its clock is this machine's, unless another one is given.

    Raises:
        ConfigurationError: There is no such stack of ours, no credentials, or no SDK here.
        TryAgain: AWS is out of reach, or the stack is being created.
    """
    stack = read_stack(name)
    from orderwarden.installation import Installation  # noqa: PLC0415  not everybody has the SDK

    return AwsHost(Installation(stack.settings, clock=clock), stack)


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
    return Configuration(
        state_dir=Path(), public_url=settings.public_url, workers=1, stores=stores
    )
