"""Webhooks as BigCommerce sends them, made and signed by an outsider's own hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import queue
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from system.shop import CLIENT_SECRET, STORE

SCOPES: Final = ("store/order/", "store/shipment/")
PATH: Final = f"/webhooks/{STORE}"
TIMEOUT_S: Final = 20.0
_ids = itertools.count(1)


@dataclass(frozen=True)
class Webhook:
    """A body and the id it is sent under."""

    body: bytes
    id: str = field(default_factory=lambda: f"msg_{next(_ids):024d}")

    def headers(self) -> dict[str, str]:
        return signed(self.body, self.id)


def a_body(**fields: object) -> bytes:
    """Return a body that is right, but for the fields given; None leaves a field out."""
    envelope: dict[str, object] = {
        "producer": f"stores/{STORE}",
        "hash": "7ee67cd1cf2ca60bc1aa9e5fe957d2de373be4ca",
        "created_at": int(time.time()),
        "store_id": "1025646",
        "scope": "store/order/updated",
        "data": {"type": "order", "id": 999_999},
    }
    return json.dumps({k: v for k, v in {**envelope, **fields}.items() if v is not None}).encode()


def webhook_of(event: Mapping[str, Any]) -> Webhook:
    """Return the webhook that tells of an event of the simulated store."""
    return Webhook(
        a_body(
            hash=hashlib.sha1(str(event["seq"]).encode(), usedforsecurity=False).hexdigest(),
            created_at=int(datetime.fromisoformat(event["moment"]).timestamp()),
            scope=event["scope"],
            data=event["data"],
        )
    )


def is_asked_for(event: Mapping[str, Any]) -> bool:
    """Return whether a hook on orders and shipments would tell of an event."""
    return bool(event["scope"].startswith(SCOPES))


def with_other_hash(webhook: Webhook) -> Webhook:
    """Return the same news as the platform may tell it again: another hash, another id."""
    envelope = json.loads(webhook.body)
    envelope["hash"] = hashlib.sha256(webhook.body).hexdigest()[:40]
    return Webhook(json.dumps(envelope).encode())


def signed(
    body: bytes,
    webhook_id: str = "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
    at_s: float | None = None,
    secret: str = CLIENT_SECRET,
) -> dict[str, str]:
    """Return the headers of Standard Webhooks; the key is the raw client secret."""
    timestamp = str(int(time.time() if at_s is None else at_s))
    message = f"{webhook_id}.{timestamp}.".encode() + body
    digest = hmac.new(secret.encode(), message, hashlib.sha256).digest()
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": "v1," + base64.b64encode(digest).decode(),
    }


class Connection:
    """A connection that stays open from one webhook to the next."""

    def __init__(self, url: str) -> None:
        address = urlsplit(url)
        assert address.hostname is not None
        self._http = http.client.HTTPConnection(
            address.hostname, address.port, timeout=TIMEOUT_S
        )

    def post(self, body: bytes, headers: Mapping[str, str], path: str = PATH) -> int:
        """Send one webhook and return the status of its answer."""
        self._http.request(
            "POST", path, body, {"content-type": "application/json", **headers}
        )
        with self._http.getresponse() as response:
            response.read()
            return response.status

    def close(self) -> None:
        self._http.close()


def send_all(url: str, webhooks: Iterable[Webhook], connections: int = 8) -> list[int]:
    """Send webhooks in their order over so many connections; return the answers' statuses."""
    left: queue.SimpleQueue[Webhook] = queue.SimpleQueue()
    for webhook in webhooks:
        left.put(webhook)
    answers: list[int] = []

    def send() -> None:
        connection = Connection(url)
        with suppress(queue.Empty):
            while True:
                webhook = left.get_nowait()
                answers.append(connection.post(webhook.body, webhook.headers()))
        connection.close()

    _run([threading.Thread(target=send) for _ in range(connections)])
    return answers


def _run(threads: Sequence[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
