"""Put an installation on AWS together: the services on SQS, DynamoDB and the rest.

Every function of `functions/` begins here. What is not asked for is neither imported nor built:
`ingest` needs two clients, and must start fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from botocore.config import Config

from orderwarden.adapters.system_clock import SystemClock
from orderwarden.installation import Installation
from orderwarden.settings import function_name, settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from orderwarden.adapters.cloudwatch_log import CloudWatchLog
    from orderwarden.services.batch import Batch, Handled
    from orderwarden.services.ingest import Ingest
    from orderwarden.services.process import Process
    from orderwarden.services.scheduled import Round

LEASE_S: Final = 100.0
"""Longer than `process` may run (90 s), so nobody at work ever outlives its own claim."""

RECONCILED_EVERY_S: Final = 900.0

WORKERS_NEED: Final = ("receipts_table", "changelog_table", "state_table", "event_bus")
"""Settings without which nothing that looks at orders can work."""

INGEST: Final = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2})
"""BigCommerce waits for the answer, and sends again after a 503."""


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

    here = installation(*WORKERS_NEED)
    graveyard = here.dead_letters if here.settings.dead_letters_url else None
    return Batch(process_service(here), here.queue, graveyard, here.clock.now, tell)


def sweep() -> Callable[[Callable[[], bool]], Iterator[Round]]:
    """Return what is done every five minutes, while its argument says to go on."""
    from orderwarden.bootstrap_sweep import sweeps

    here = installation(*WORKERS_NEED)
    here.warm_up()
    return sweeps(here, new_id)


def reconcile() -> Callable[[Callable[[], bool]], Iterator[Round]]:
    """Return what is done every quarter of an hour, while its argument says to go on."""
    from orderwarden.bootstrap_hooks import see_to_hooks
    from orderwarden.services.reconcile_rows import ReconcilePorts
    from orderwarden.services.scheduled import look_after, rounds

    here = installation(*WORKERS_NEED)
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
        int(here.clock.now().timestamp() // RECONCILED_EVERY_S),
        lambda store: look_after(
            ports, store, here.reader(store), go_on, lambda: see_to_hooks(here, store, new_id)
        ),
        go_on,
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
