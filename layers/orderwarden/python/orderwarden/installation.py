"""All ports of one installation on AWS: queue, tables, secrets, notices and the stores' API."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from botocore.config import Config

from orderwarden.adapters.system_clock import SystemClock
from orderwarden.errors import ConfigurationError

if TYPE_CHECKING:
    from orderwarden.adapters.bigcommerce_pacing import Pacer
    from orderwarden.adapters.bigcommerce_store import BigCommerceReader, BigCommerceStore
    from orderwarden.adapters.dynamodb_changelog import DynamoChangelog
    from orderwarden.adapters.dynamodb_receipts import DynamoReceipts
    from orderwarden.adapters.dynamodb_state import DynamoState
    from orderwarden.adapters.eventbridge_notifier import EventBridgeNotifier
    from orderwarden.adapters.secrets_manager import SecretsManagerSecrets
    from orderwarden.adapters.secrets_manager_rotations import SecretsManagerRotations
    from orderwarden.adapters.sqs_dead_letters import SqsDeadLetters
    from orderwarden.adapters.sqs_queue import SqsQueue
    from orderwarden.domain.rules.model import RuleSet
    from orderwarden.ports import Clock
    from orderwarden.services.rules_in_force import RulesInForce
    from orderwarden.settings import Settings

PATIENT: Final = Config(
    connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3, "mode": "standard"}
)


class Installation:
    """All ports of one installation, each built when it is first asked for."""

    def __init__(
        self, settings: Settings, config: Config = PATIENT, clock: Clock | None = None
    ) -> None:
        """Keep what is needed; nothing is sent yet."""
        self.settings = settings
        self.clock = clock or SystemClock()
        self._config = config
        self._session = botocore.session.get_session()
        self._pacers: dict[str, Pacer] = {}
        self._stores: dict[str, tuple[str, BigCommerceStore]] = {}

    @cached_property
    def queue(self) -> SqsQueue:
        """The signals."""
        from orderwarden.adapters.sqs_queue import SqsQueue

        urls = (self.settings.queue_url, self.settings.dead_letters_url)
        return SqsQueue(self._sqs, *urls)

    @cached_property
    def dead_letters(self) -> SqsDeadLetters:
        """What the queue gave up."""
        from orderwarden.adapters.sqs_dead_letters import SqsDeadLetters

        urls = (self.settings.dead_letters_url, self.settings.queue_url)
        return SqsDeadLetters(self._sqs, *urls)

    @cached_property
    def secrets(self) -> SecretsManagerSecrets:
        """The secrets of every store."""
        from orderwarden.adapters.secrets_manager import SecretsManagerSecrets

        client = self._client("secretsmanager")
        return SecretsManagerSecrets(client, self.clock, self.settings.secrets_prefix)

    @cached_property
    def rotations(self) -> SecretsManagerRotations:
        """How far the replacement of each store's hook secret is."""
        from orderwarden.adapters.secrets_manager_rotations import SecretsManagerRotations

        client = self._client("secretsmanager")
        return SecretsManagerRotations(client, self.settings.secrets_prefix)

    @cached_property
    def receipts(self) -> DynamoReceipts:
        """Who holds a signal, what was decided, how it ended."""
        from orderwarden.adapters.dynamodb_receipts import DynamoReceipts

        return DynamoReceipts(self._dynamodb, self.settings.receipts_table, self.clock)

    @cached_property
    def changelog(self) -> DynamoChangelog:
        """Why each order was changed, or was not."""
        from orderwarden.adapters.dynamodb_changelog import DynamoChangelog

        return DynamoChangelog(self._dynamodb, self.settings.changelog_table)

    @cached_property
    def state(self) -> DynamoState:
        """Everything else."""
        from orderwarden.adapters.dynamodb_state import DynamoState

        return DynamoState(self._dynamodb, self.settings.state_table)

    @cached_property
    def notifier(self) -> EventBridgeNotifier:
        """The way to people."""
        from orderwarden.adapters.eventbridge_notifier import EventBridgeNotifier

        return EventBridgeNotifier(self._client("events"), self.settings.event_bus)

    def warm_up(self) -> None:
        """Build now what the first signal would have to wait for."""
        from orderwarden.adapters import bigcommerce_store  # noqa: F401

        _ = (self.queue, self.secrets)

    def rules(self, store: str) -> RuleSet | None:
        """Return the rules in force, from a short cache; their reserve of the quota is heeded."""
        current = self._in_force.of(store)
        if current is not None:
            self.pacer(store).reserve = float(current.reserve)
        return current

    def store(self, store: str) -> BigCommerceStore:
        """Return the API client of a store; one that knows the token as it is now.

        Raises:
            ConfigurationError: There is no such store, or its secret is malformed.
            TryAgain: Secrets Manager is out of reach.
        """
        from orderwarden.adapters.bigcommerce_store import BigCommerceStore

        if store not in self.settings.stores:  # it was, when its signal was queued
            raise ConfigurationError(f"store {store} is not configured")
        token = self.secrets.api_access(store).access_token
        known_token, client = self._stores.get(store, ("", None))
        if client is None or known_token != token:
            client = BigCommerceStore(
                store, token, self.settings.api_url, self.pacer(store), self.clock
            )
            self._stores[store] = (token, client)
        return client

    def reader(self, store: str) -> BigCommerceReader:
        """Return the same as `store`, without a method that writes."""
        from orderwarden.adapters.bigcommerce_store import BigCommerceReader

        token = self.secrets.api_access(store).access_token
        return BigCommerceReader(
            store, token, self.settings.api_url, self.pacer(store), self.clock
        )

    def pacer(self, store: str) -> Pacer:
        """Return what this process knows of a store's quota."""
        from orderwarden.adapters.bigcommerce_pacing import Pacer

        return self._pacers.setdefault(store, Pacer(self.clock))

    @cached_property
    def _in_force(self) -> RulesInForce:
        from orderwarden.services.rules_in_force import RulesInForce

        return RulesInForce(self.state, self.clock)

    @cached_property
    def _sqs(self) -> Any:  # noqa: ANN401  botocore makes its clients' classes at run time
        return self._client("sqs")

    @cached_property
    def _dynamodb(self) -> Any:  # noqa: ANN401
        return self._client("dynamodb")

    def _client(self, service: str) -> Any:  # noqa: ANN401
        return self._session.create_client(service, config=self._config)
