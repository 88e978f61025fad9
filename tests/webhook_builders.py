"""Webhooks as BigCommerce would send them, and what ingest needs around itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from fakes import NOON, TurnableClock
from orderwarden.domain.authenticity import OWN_HEADER
from orderwarden.domain.signal import Signal
from orderwarden.ports import Depth, HookSecrets
from orderwarden.services.ingest import Ingest, Ingested
from standardwebhooks import Webhook as Signer

STORE = "abc123"
CLIENT_SECRET = "client-secret-of-the-store"
HOOK_SECRET = "value-of-our-own-header"
OWN = {OWN_HEADER: HOOK_SECRET}
FORGED = {OWN_HEADER: "forged"}
JUST_READ = HookSecrets((CLIENT_SECRET,), (HOOK_SECRET,), needs_both=False, fetched_at=NOON)

CREATED_AT_S = 1795262395  # five seconds before `NOON`
ORDER: dict[str, object] = {"type": "order", "id": 250}


def a_body(scope: object = "store/order/updated", data: object = ORDER, **more: object) -> bytes:
    """Return a body; keys that are given win."""
    envelope: dict[str, object] = {
        "producer": "stores/abc123",
        "hash": "7ee67cd1cf2ca60bc1aa9e5fe957d2de373be4ca",
        "created_at": CREATED_AT_S,
        "store_id": "1025646",
        "scope": scope,
        "data": data,
    }
    return json.dumps(envelope | more).encode()


def signed(body: bytes, secret: str = CLIENT_SECRET, sent_at: datetime = NOON) -> dict[str, str]:
    """Return the headers of the standard, signed by its own package."""
    return {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": Signer(secret.encode()).sign("msg_1", sent_at, body.decode()),
    }


class ListQueue:
    """A queue that keeps what it is given, or is out of reach."""

    def __init__(self, error: Exception | None = None) -> None:
        """Raise this error instead, if there is one."""
        self.signals: list[Signal] = []
        self._error = error

    def put(self, signal: Signal) -> None:
        """Keep a signal."""
        if self._error:
            raise self._error
        self.signals.append(signal)

    def depth(self) -> Depth:
        """Return how many are kept."""
        return Depth(len(self.signals), 0, 0)


@dataclass
class CountedSecrets:
    """Secrets out of a cache; for whoever wants newer ones, they are `renewed`."""

    cached: HookSecrets | Exception = JUST_READ
    renewed: HookSecrets | Exception = JUST_READ
    asked: list[datetime | None] = field(default_factory=list)

    def hook_secrets(self, store: str, *, newer_than: datetime | None = None) -> HookSecrets:
        """Return them, and keep what was asked for."""
        assert store == STORE
        self.asked.append(newer_than)
        answer = self.renewed if newer_than else self.cached
        if isinstance(answer, Exception):
            raise answer
        return answer


class Rig:
    """Ingest at noon, with its doubles."""

    def __init__(
        self, secrets: CountedSecrets | None = None, queue_error: Exception | None = None
    ) -> None:
        """Build it for the one store."""
        self.queue = ListQueue(queue_error)
        self.secrets = secrets or CountedSecrets()
        self.ingest = Ingest(self.queue, self.secrets, TurnableClock(NOON), {STORE})

    def post(self, headers: Mapping[str, str], body: bytes) -> Ingested:
        """Hand a webhook in."""
        return self.ingest.handle("POST", STORE, headers, body)


def signed_now(body: bytes, secret: str) -> dict[str, str]:
    """Return the headers of the standard for a body that is sent now."""
    return signed(body, secret, datetime.now(UTC))
