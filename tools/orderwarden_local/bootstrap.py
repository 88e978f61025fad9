"""Put one machine together: the services on the embedded backend, from a configuration."""

from __future__ import annotations

import random
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from orderwarden.adapters.bigcommerce_pacing import PATIENCE_S, Pacer
from orderwarden.adapters.bigcommerce_store import BigCommerceReader, BigCommerceStore
from orderwarden.adapters.system_clock import SystemClock
from orderwarden.domain.rules.model import RuleSet
from orderwarden.errors import ConfigurationError
from orderwarden.ports import Clock, Notifier
from orderwarden.services.checkup.remedies import ON_ONE_MACHINE, Remedies
from orderwarden.services.compare_hooks import HookPlace
from orderwarden.services.ingest import Ingest
from orderwarden.services.note_webhooks import WebhookNotes
from orderwarden.services.process import Process
from orderwarden.services.process_steps.ports import ProcessPorts
from orderwarden.services.reconcile_rows import ReconcilePorts
from orderwarden.services.repair_hooks import HookPorts
from orderwarden.services.rules_in_force import RulesInForce

from orderwarden_local.configuration import Configuration, StoreConfiguration
from orderwarden_local.configured_secrets import ConfiguredSecrets
from orderwarden_local.host import Host
from orderwarden_local.rotated_secrets import RotatedSecrets
from orderwarden_local.sqlite_changelog import SqliteChangelog
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.sqlite_state import SqliteState
from orderwarden_local.workers import LEASE_S

DATABASE_FILE = "orderwarden.sqlite3"
SERVER_WAITS_S = 2.5
"""For a busy database: below the 3 s in which a webhook must be answered."""

RULES_KEPT_S = 2.0
"""A rule published by command takes effect within this time."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Everything that one machine's server and commands share.

    Attributes:
        readers: The same stores, by clients that cannot write.
    """

    configuration: Configuration
    clock: Clock
    database: Database
    queue: SqliteQueue
    receipts: SqliteReceipts
    changelog: SqliteChangelog
    state: SqliteState
    stores: Mapping[str, BigCommerceStore]
    readers: Mapping[str, BigCommerceReader]
    pacers: Mapping[str, Pacer]

    @property
    def secrets(self) -> ConfiguredSecrets:
        """Return the secrets that prove webhooks, rotated ones included."""
        return ConfiguredSecrets(self.configuration.stores, self.clock, self.rotations)

    @property
    def rotations(self) -> RotatedSecrets:
        """Return the hook secrets that were made by rotation."""
        return RotatedSecrets(self.configuration.state_dir, self.configuration.stores)

    @property
    def remedies(self) -> Remedies:
        """Return what people do here about findings."""
        return ON_ONE_MACHINE

    def ringing(self) -> None:
        """Return nothing: one machine has a log, and no alarms."""

    def close(self) -> None:
        """Close connections and the database, once no thread uses them any more."""
        for client in (*self.stores.values(), *self.readers.values()):
            client.close()
        self.database.close()


def machine(configuration: Configuration, *, wait_s: float = SERVER_WAITS_S) -> Machine:
    """Open the embedded backend of a configuration; creates it the first time.

    Args:
        configuration: What is to be run.
        wait_s: How long a call may wait for other writers of the database.
    """
    clock = SystemClock()
    database = Database(configuration.state_dir / DATABASE_FILE, wait_s=wait_s)
    stores, readers, pacers = {}, {}, {}
    for name, store in configuration.stores.items():
        pacers[name] = Pacer(clock)
        access = (name, store.access_token, store.api_url, pacers[name], clock)
        stores[name] = BigCommerceStore(*access)
        readers[name] = BigCommerceReader(*access)
    return Machine(
        configuration=configuration,
        clock=clock,
        database=database,
        queue=SqliteQueue(database, clock),
        receipts=SqliteReceipts(database, clock),
        changelog=SqliteChangelog(database),
        state=SqliteState(database),
        stores=stores,
        readers=readers,
        pacers=pacers,
    )


def reader_of(store: StoreConfiguration) -> BigCommerceReader:
    """Return a client of a store that cannot write, without the rest of a machine."""
    clock = SystemClock()
    return BigCommerceReader(store.store, store.access_token, store.api_url, Pacer(clock), clock)


def ingest_service(machine: Machine) -> Ingest:
    """Return the use case behind the webhook routes."""
    stores, clock = machine.configuration.stores, machine.clock
    return Ingest(machine.queue, machine.secrets, clock, stores)


def hook_place(machine: Host, store: str) -> HookPlace:
    """Return where a store's hooks shall lead, and what they carry, as of now.

    Raises:
        ConfigurationError: The secrets cannot be read.
    """
    known = machine.secrets.hook_secrets(store, newer_than=machine.clock.now())
    return HookPlace(store, machine.configuration.public_url, known.hook_secrets)


def hook_ports(machine: Host, store: str, notifier: Notifier) -> HookPorts:
    """Return what looking after a store's hooks needs."""
    return HookPorts(
        api=machine.stores[store],
        changelog=machine.changelog,
        state=machine.state,
        notifier=notifier,
        rotations=machine.rotations,
        clock=machine.clock,
        new_id=new_id,
    )


def new_id() -> str:
    """Return a random id of 32 hex digits."""
    return secrets.token_hex(16)


def process_service(machine: Machine, notifier: Notifier) -> Process:
    """Return the use case behind the workers."""
    in_force = RulesInForce(machine.state, machine.clock, RULES_KEPT_S)

    def client(store: str) -> BigCommerceStore:
        if store not in machine.stores:  # it was, when its signal was queued
            raise ConfigurationError(f"store {store} is not configured")
        return machine.stores[store]

    def rules(store: str) -> RuleSet | None:
        current = in_force.of(store)
        if current is not None and store in machine.pacers:
            machine.pacers[store].reserve = float(current.reserve)
        return current

    ports = ProcessPorts(
        clock=machine.clock,
        receipts=machine.receipts,
        changelog=machine.changelog,
        state=machine.state,
        notifier=notifier,
        stores=client,
        patience=lambda store: machine.pacers[store].patience(PATIENCE_S),
        rules=rules,
        new_id=new_id,
        jitter=random.SystemRandom().random,
        lease_s=LEASE_S,
        note_webhook=WebhookNotes(machine.state, machine.clock).note,
    )
    return Process(ports)


def reconcile_ports(machine: Host, notifier: Notifier) -> ReconcilePorts:
    """Return what reconciliations work with; they put signals on the queue and change no order."""
    return ReconcilePorts(
        clock=machine.clock,
        state=machine.state,
        receipts=machine.receipts,
        changelog=machine.changelog,
        queue=machine.queue,
        notifier=notifier,
        rules=RulesInForce(machine.state, machine.clock, RULES_KEPT_S).of,
        new_id=new_id,
    )
