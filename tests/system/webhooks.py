"""Webhooks as BigCommerce sends them, made and signed by an outsider's own hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import itertools
import json
import threading
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any, Final, Self
from urllib.parse import urlsplit

from system.shop import CLIENT_SECRET, STORE, Shop

SCOPES: Final = ("store/order/", "store/shipment/")
PATH: Final = f"/webhooks/{STORE}"
ORDER: Final = 100
"""The number of a simulated store's first order."""

TIMEOUT_S: Final = 20.0
COLLECT_EVERY_S: Final = 0.1
SEND_AGAIN_AFTER_S: Final = 0.1
_ids = itertools.count(1)


@dataclass(frozen=True)
class Webhook:
    """A body and the id it is sent under."""

    body: bytes
    id: str = field(default_factory=lambda: f"msg_{next(_ids):024d}")

    def headers(self) -> dict[str, str]:
        return signed(self.body, self.id)


def a_body(**fields: object) -> bytes:
    """Return a body that is right, but for the fields given; None leaves a field out.

    It tells of a minute ago: a reading that is older than its event would be mistrusted.
    """
    envelope: dict[str, object] = {
        "producer": f"stores/{STORE}",
        "hash": "7ee67cd1cf2ca60bc1aa9e5fe957d2de373be4ca",
        "created_at": int(time.time()) - 60,
        "store_id": "1025646",
        "scope": "store/order/updated",
        "data": {"type": "order", "id": ORDER},
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
    timestamp: str = "",
) -> dict[str, str]:
    """Return the headers of Standard Webhooks; the key is the raw client secret.

    Dated now, unless at a moment given or, for what is no moment, with a text.
    """
    timestamp = timestamp or str(int(time.time() if at_s is None else at_s))
    message = f"{webhook_id}.{timestamp}.".encode() + body
    digest = hmac.new(CLIENT_SECRET.encode(), message, hashlib.sha256).digest()
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
        self._http = http.client.HTTPConnection(address.hostname, address.port, timeout=TIMEOUT_S)

    def post(self, body: bytes, headers: Mapping[str, str], path: str = PATH) -> int:
        """Send one webhook and return the status of its answer."""
        self._http.request("POST", path, body, {"content-type": "application/json", **headers})
        with self._http.getresponse() as response:
            response.read()
            return response.status

    def close(self) -> None:
        self._http.close()


def send_all(url: str, webhooks: Sequence[Webhook], connections: int = 8) -> list[int]:
    """Send webhooks in their order over so many connections; return the answers' statuses."""
    left = deque(webhooks)

    def send(connection: Connection) -> list[int]:
        answers = []
        with suppress(IndexError):
            while True:
                webhook = left.popleft()
                answers.append(connection.post(webhook.body, webhook.headers()))
        connection.close()
        return answers

    with ThreadPoolExecutor(connections) as pool:
        every = pool.map(send, [Connection(url) for _ in range(connections)])
        return [answer for answers in every for answer in answers]


class Courier:
    """Delivers every webhook of a shop, soon after its event, until it is answered 200.

    Each third one goes out twice; those of one moment go out in any order. While the receiver is
    down, they are sent again and again, as BigCommerce does, only sooner.
    """

    def __init__(self, shop: Shop, url: str, dice: Random, connections: int = 8) -> None:
        self._shop = shop
        self._url = url
        self._dice = dice
        self._told = 0
        self._left: deque[Webhook] = deque()
        self._under_way = 0
        self._lock = threading.Lock()
        self._is_ending = threading.Event()
        self._threads = [threading.Thread(target=self._collect)]
        self._threads += [threading.Thread(target=self._send) for _ in range(connections)]
        self.answers: Counter[object] = Counter()

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_ending.set()
        for thread in self._threads:
            thread.join()

    def has_delivered_all(self) -> bool:
        """Return whether every event so far was answered 200."""
        self._fetch()
        with self._lock:
            return not self._left and self._under_way == 0

    def _collect(self) -> None:
        while not self._is_ending.wait(COLLECT_EVERY_S):
            self._fetch()

    def _fetch(self) -> None:
        with self._lock:
            events = self._shop.events(after=self._told)
            if not events:
                return
            self._told = events[-1]["seq"]
            fresh = [webhook_of(event) for event in events if is_asked_for(event)]
            fresh += [each for each in fresh if self._dice.random() < 0.3]
            self._dice.shuffle(fresh)
            self._left.extend(fresh)

    def _take(self) -> Webhook | None:
        with self._lock:
            if not self._left:
                return None
            self._under_way += 1
            return self._left.popleft()

    def _send(self) -> None:
        connection = Connection(self._url)
        while not self._is_ending.is_set():
            webhook = self._take()
            if webhook is None:
                self._is_ending.wait(COLLECT_EVERY_S)
                continue
            answer = _answer(connection, webhook)
            with self._lock:
                self.answers[answer] += 1
                self._under_way -= 1
                if answer != 200:
                    self._left.append(webhook)
            if answer != 200:
                self._is_ending.wait(SEND_AGAIN_AFTER_S)
        connection.close()


def _answer(connection: Connection, webhook: Webhook) -> int | None:
    """Return the status of the answer, None where none came."""
    try:
        return connection.post(webhook.body, webhook.headers())
    except (OSError, http.client.HTTPException):
        connection.close()  # the next post opens it anew
        return None
