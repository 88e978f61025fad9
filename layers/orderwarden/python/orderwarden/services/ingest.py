"""Webhooks in: prove, read, queue; answered in milliseconds and never with a surprise."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from orderwarden.domain.authenticity import Proof, Verdict, judge, time_fault
from orderwarden.domain.scopes import DELIVERY_FAULTS
from orderwarden.domain.signal import Signal
from orderwarden.domain.webhook import Webhook, delivery_error, parse, signal_of
from orderwarden.errors import ConfigurationError, Rejected, TryAgain

if TYPE_CHECKING:  # at run time it would only make a Lambda's start slower
    from orderwarden.ports import Clock, Queue, Secrets

MAX_BODY_BYTES: Final = 64 * 1024
FRESH: Final = timedelta(seconds=30)
"""Secrets younger than this are not fetched anew, however many forgeries come."""


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of one HTTP request: its answer, and all that is fit for logs and counts.

    Attributes:
        http_status: 200, 401, 404, 405, 413 or 503; the answer's body is empty.
        code: `queued`; the `fault` of a verdict; the reason of a `Rejected`; unknown_store,
            method, too_large, secrets_out_of_reach, queue_out_of_reach; or a value of
            `DELIVERY_FAULTS`.
        store: Empty where we do not know it.
        scope: Empty where the body was not read so far.
        signal: What was, or should have been, queued.
        proof: What was right about it.
        has_wrong_signature: A signature was wrong beside our right header: alarm.
        error_code: BigCommerce's own code in a deliveryException: alarm.
        detail: What the secrets or the queue said, where they are out of reach.
    """

    http_status: int
    code: str
    store: str = ""
    scope: str = ""
    signal: Signal | None = None
    proof: Proof = Proof.NONE
    has_wrong_signature: bool = False
    error_code: int | None = None
    detail: str = ""


Tell = partial[Ingested]
"""An `Ingested` that only lacks its status, its code, and what is peculiar to them."""

Use = Callable[[Webhook, datetime, Tell], Ingested]


class Ingest:
    """The use case, for all stores of one installation."""

    def __init__(
        self, queue: Queue, secrets: Secrets, clock: Clock, stores: Collection[str]
    ) -> None:
        """Serve the stores with these hashes."""
        self._queue = queue
        self._secrets = secrets
        self._clock = clock
        self._stores = frozenset(stores)

    def handle(self, method: str, store: str, headers: Mapping[str, str], body: bytes) -> Ingested:
        """Answer a request to `/webhooks/{store}`.

        Args:
            method: The HTTP method.
            store: The store hash in the path, as sent.
            headers: Names in any case; a doubled header's values joined by commas.
            body: The raw bytes, any transport encoding undone.
        """
        return self._answer(method, store, headers, body, self._queue_signal)

    def handle_exception(
        self, method: str, store: str, headers: Mapping[str, str], body: bytes
    ) -> Ingested:
        """Answer a request to `/webhooks/{store}/exceptions`; arguments as for `handle`."""
        return self._answer(method, store, headers, body, _note_delivery_error)

    def _answer(
        self, method: str, store: str, headers: Mapping[str, str], body: bytes, use: Use
    ) -> Ingested:
        if refused := self._refused(method, store, body):
            return refused
        now = self._clock.now()
        try:
            verdict = self._verdict(store, headers, body, now)
        except (TryAgain, ConfigurationError) as error:
            return Ingested(503, "secrets_out_of_reach", store, detail=str(error))
        tell = partial(
            Ingested,
            store=store,
            proof=verdict.proof,
            has_wrong_signature=verdict.has_wrong_signature,
        )
        if not verdict.is_authentic:
            return tell(401, verdict.fault)
        try:
            webhook = parse(body, store)
            tell = partial(tell, scope=webhook.scope)
            fault = "" if verdict.is_timed else _fault_of_age(webhook, now)
            return tell(401, fault) if fault else use(webhook, now, tell)
        except Rejected as error:  # authentic but of no use: BigCommerce need not send it again
            return tell(200, error.reason)

    def _refused(self, method: str, store: str, body: bytes) -> Ingested | None:
        if store not in self._stores:
            return Ingested(404, "unknown_store")
        if method != "POST":
            return Ingested(405, "method", store)
        return Ingested(413, "too_large", store) if len(body) > MAX_BODY_BYTES else None

    def _verdict(
        self, store: str, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> Verdict:
        secrets = self._secrets.hook_secrets(store)
        verdict = judge(headers, body, secrets.keys, now)
        if verdict.is_authentic or secrets.fetched_at >= now - FRESH:
            return verdict
        renewed = self._secrets.hook_secrets(store, newer_than=now - FRESH)
        return judge(headers, body, renewed.keys, now)

    def _queue_signal(self, webhook: Webhook, now: datetime, tell: Tell) -> Ingested:
        signal = signal_of(webhook, now)
        try:
            self._queue.put(signal)
        except (TryAgain, ConfigurationError) as error:
            return tell(503, "queue_out_of_reach", signal=signal, detail=str(error))
        return tell(200, "queued", signal=signal)


def _fault_of_age(webhook: Webhook, now: datetime) -> str:
    """Hold the body's own time against the clock: where no header tells one, it is all we have."""
    return "" if webhook.created_at_s is None else time_fault(webhook.created_at_s, now)


def _note_delivery_error(webhook: Webhook, _now: datetime, tell: Tell) -> Ingested:
    error_code = delivery_error(webhook)
    return tell(200, DELIVERY_FAULTS[error_code], error_code=error_code)
