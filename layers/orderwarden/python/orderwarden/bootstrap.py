"""Put an installation on AWS together: the services on SQS, DynamoDB and the rest.

Every function of `functions/` and `--stack` of the command begin here. What is not asked for is
neither imported nor built: `ingest` needs two clients, and must start fast.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import botocore.session
from botocore.config import Config

from orderwarden.adapters.system_clock import SystemClock
from orderwarden.errors import ConfigurationError
from orderwarden.settings import Settings, function_name, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from orderwarden.adapters.bigcommerce_pacing import Pacer
    from orderwarden.adapters.bigcommerce_store import BigCommerceReader, BigCommerceStore
    from orderwarden.adapters.cloudwatch_log import CloudWatchLog
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
    from orderwarden.services.batch import Batch, Handled
    from orderwarden.services.ingest import Ingest
    from orderwarden.services.process import Process
    from orderwarden.services.rules_in_force import RulesInForce
    from orderwarden.services.scheduled import Round

LEASE_S: Final = 100.0
"""Longer than `process` may run (90 s), so nobody at work ever outlives its own claim."""

INGEST: Final = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2})
"""BigCommerce waits for the answer, and sends again after a 503."""

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


def is_in_lambda() -> bool:
    """Return whether Lambda runs this, so that services are best built while it starts."""
    return bool(function_name())


def now() -> datetime:
    """Return the time, aware UTC."""
    return SystemClock().now()


def new_id() -> str:
    """Return a random id of 32 hex digits."""
    return uuid4().hex


def log() -> CloudWatchLog:
    """Return the log of this function."""
    from orderwarden.adapters.cloudwatch_log import CloudWatchLog

    return CloudWatchLog(function_name(), SystemClock())


def ingest_service() -> Ingest:
    """Return the use case behind the webhook routes, and build its clients."""
    from orderwarden.services.ingest import Ingest

    here = Installation(settings(), INGEST)
    return Ingest(here.queue, here.secrets, here.clock, here.settings.stores)


def installation(*needed: str) -> Installation:
    """Return all ports of the environment; those of the settings that are needed will work."""
    return Installation(settings(*needed))


def batch(tell: Callable[[Handled], None]) -> Batch:
    """Return what works on a batch of the queue's messages, and build its clients."""
    from orderwarden.services.batch import Batch

    here = installation("receipts_table", "changelog_table", "state_table", "event_bus")
    graveyard = here.dead_letters if here.settings.dead_letters_url else None
    return Batch(process_service(here), here.queue, graveyard, here.clock.now, tell)


def sweep() -> Callable[[Callable[[], bool]], Iterator[Round]]:
    """Return what is done every five minutes, while its argument says to go on."""
    from orderwarden.bootstrap_sweep import sweeps

    here = installation("receipts_table", "changelog_table", "state_table", "event_bus")
    here.warm_up()
    return sweeps(here, new_id)


def reconcile() -> Callable[[Callable[[], bool]], Iterator[Round]]:
    """Return what is done every quarter of an hour, while its argument says to go on."""
    from orderwarden.bootstrap_hooks import see_to_hooks
    from orderwarden.services.reconcile_rows import ReconcilePorts
    from orderwarden.services.scheduled import look_after, rounds

    here = installation("receipts_table", "changelog_table", "state_table", "event_bus")
    here.warm_up()
    _ = here.rotations
    ports = ReconcilePorts(
        clock=here.clock,
        state=here.state,
        receipts=here.receipts,
        changelog=here.changelog,
        queue=here.queue,
        notifier=here.notifier,
        rules=here.rules,
        new_id=new_id,
    )
    return lambda go_on: rounds(
        here.settings.stores,
        lambda store: look_after(
            ports, store, here.reader(store), go_on, lambda: see_to_hooks(here, store)
        ),
    )


def process_service(here: Installation) -> Process:
    """Return the use case behind the queue, and build its clients."""
    import random

    from orderwarden.adapters.bigcommerce_pacing import PATIENCE_S
    from orderwarden.services.note_webhooks import WebhookNotes
    from orderwarden.services.process import Process
    from orderwarden.services.process_steps.ports import ProcessPorts

    here.warm_up()
    ports = ProcessPorts(
        clock=here.clock,
        receipts=here.receipts,
        changelog=here.changelog,
        state=here.state,
        notifier=here.notifier,
        stores=here.store,
        patience=lambda store: here.pacer(store).patience(PATIENCE_S),
        rules=here.rules,
        new_id=new_id,
        jitter=random.SystemRandom().random,
        lease_s=LEASE_S,
        note_webhook=WebhookNotes(here.state, here.clock).note,
    )
    return Process(ports)
