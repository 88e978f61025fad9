"""The HTTP face: six answers and no other, nothing of ours in any of them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence

import httpx
import pytest
from fakes import NOON, TurnableClock
from hypothesis import given, settings
from hypothesis import strategies as st
from orderwarden.errors import ConfigurationError, TryAgain
from orderwarden.services.ingest import MAX_BODY_BYTES, Ingest, Ingested
from orderwarden_local.structured_log import StructuredLog
from orderwarden_local.web import DRAINED_BYTES, web_app
from starlette.types import Message
from unit.machines import LogLines
from webhook_builders import STORE, CountedSecrets, ListQueue, a_body, signed

PATH = f"/webhooks/{STORE}"
HEALTH = {"status": "ok", "queued": 3, "in_flight": 1, "parked": 0, "dead_letters": 0}
BODY = a_body()

GOOD = {name.encode(): value.encode() for name, value in signed(BODY).items()}

Headers = Mapping[str, str] | list[tuple[str, str]] | list[tuple[bytes, bytes]]


class KeepingIngest(Ingest):
    """Keeps what it is handed, and does what it is told."""

    def __init__(self, answer: Callable[[], Ingested]) -> None:
        super().__init__(ListQueue(), CountedSecrets(), TurnableClock(), {STORE})
        self._make = answer
        self.handed: list[tuple[str, str, Mapping[str, str], bytes]] = []

    def handle(self, method: str, store: str, headers: Mapping[str, str], body: bytes) -> Ingested:
        self.handed.append((method, store, headers, body))
        return self._make()


class Rig:
    """The application, without a network."""

    def __init__(
        self,
        *,
        queue_error: Exception | None = None,
        secrets: CountedSecrets | None = None,
        ingest: Ingest | None = None,
    ) -> None:
        self.queue = ListQueue(queue_error)
        self.lines = LogLines()
        self.woken = 0
        self.health: Callable[[], Mapping[str, object]] = lambda: HEALTH
        self.app = web_app(
            ingest or Ingest(self.queue, secrets or CountedSecrets(), TurnableClock(), {STORE}),
            lambda: self.health(),  # noqa: PLW0108  a test may change it
            self._wake,
            StructuredLog(TurnableClock(), self.lines),
            lambda store, error_code: self.exceptions.append((store, error_code)),
        )
        self.exceptions: list[tuple[str, int]] = []

    def _wake(self) -> None:
        self.woken += 1

    def post(
        self, content: bytes = BODY, headers: Headers | None = None, path: str = PATH
    ) -> httpx.Response:
        return self.request("POST", path, content, headers)

    def request(
        self, method: str, path: str, content: bytes = b"", headers: Headers | None = None
    ) -> httpx.Response:
        """Send a request; what the application raises, this raises too."""

        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
                return await client.request(method, path, content=content, headers=headers)

        return asyncio.run(run())

    def asgi(self, messages: Sequence[Message], **scope: object) -> list[Message]:
        """Post by the bare protocol: these messages in, those messages out."""
        sent: list[Message] = []
        left = iter(messages)

        async def receive() -> Message:
            return next(left)

        async def send(message: Message) -> None:
            sent.append(message)

        usual = {
            "type": "http",
            "method": "POST",
            "path": PATH,
            "query_string": b"",
            "headers": [],
        }
        asyncio.run(self.app({**usual, **scope}, receive, send))
        self.unread = list(left)
        return sent


def a_bug() -> Ingested:
    raise ZeroDivisionError("jane@example.com")


@pytest.fixture
def rig() -> Rig:
    return Rig()


# Webhooks


def test_an_authentic_webhook_is_queued_and_answered_with_an_empty_200(rig: Rig) -> None:
    response = rig.post(headers=signed(BODY))

    [line] = rig.lines.events("webhook")
    [signal] = rig.queue.signals
    assert (response.status_code, response.content) == (200, b"")
    assert signal.order_id == 250
    assert line == {
        "at": NOON.isoformat(),
        "event": "webhook",
        "status": 200,
        "code": "queued",
        "store": STORE,
        "scope": "store/order/updated",
        "order_id": 250,
        "trigger": "order_updated",
        "receipt_key": signal.receipt_key,
        "proof": "signature",
    }


def test_only_what_was_queued_wakes_the_workers(rig: Rig) -> None:
    unusable = a_body(scope="store/unheard/of")

    assert rig.post(headers=signed(BODY)).status_code == 200
    assert rig.woken == 1
    assert rig.post(unusable, signed(unusable)).status_code == 200
    assert rig.woken == 1


def test_what_the_store_could_not_deliver_is_noted(rig: Rig) -> None:
    body = a_body(scope="store/hook/deliveryException", data={"error_code": 90002})

    response = rig.post(body, signed(body), PATH + "/exceptions")

    [line] = rig.lines.events("webhook")
    assert response.status_code == 200
    assert line["error_code"] == 90002
    assert rig.queue.signals == []
    assert rig.exceptions == [(STORE, 90002)]


def test_a_forged_exception_is_heeded_by_nobody(rig: Rig) -> None:
    body = a_body(scope="store/hook/deliveryException", data={"error_code": 90002})

    response = rig.post(body, signed(body, secret="another"), PATH + "/exceptions")

    assert response.status_code == 401
    assert rig.exceptions == []


def test_a_forged_webhook_is_401(rig: Rig) -> None:
    response = rig.post(headers=signed(BODY, secret="another"))

    assert (response.status_code, response.content) == (401, b"")
    assert rig.lines.events("webhook")[0]["code"] == "wrong_signature"


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
)
@pytest.mark.parametrize("path", [PATH, PATH + "/exceptions"])
def test_another_method_is_405(rig: Rig, method: str, path: str) -> None:
    response = rig.request(method, path, BODY, signed(BODY))

    assert response.status_code == 405
    assert rig.queue.signals == []


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/webhooks",
        "/webhooks/",
        f"{PATH}/",
        f"{PATH}/other",
        f"{PATH}/exceptions/",
        "/webhooks/unknown",
        "/webhooks/%2e%2e%2fhealthz",
        "/webhooks/%ff",
        "/webhooks/abc%00123",
    ],
)
def test_another_path_is_404_and_never_a_redirect(rig: Rig, path: str) -> None:
    response = rig.post(headers=signed(BODY), path=path)

    assert response.status_code == 404
    assert rig.queue.signals == []


@settings(max_examples=60, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "BREW"]),
    path=st.one_of(st.just(PATH), st.text().map("/webhooks/{}".format), st.text()),
    headers=st.lists(
        st.tuples(
            st.sampled_from(
                [b"webhook-id", b"webhook-timestamp", b"webhook-signature", b"cookie"]
            ),
            st.one_of(st.binary(max_size=40), st.sampled_from(list(GOOD.values()))),
        )
    ),
    body=st.one_of(st.binary(), st.just(BODY)),
)
def test_no_request_gets_another_answer_than_the_promised_ones(
    method: str, path: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    rig = Rig()

    sent = rig.asgi(
        [{"type": "http.request", "body": body, "more_body": False}],
        method=method,
        path=path,
        headers=headers,
    )

    assert sent[0]["status"] in {200, 401, 404, 405}
    assert not rig.lines.events("bug")


# Headers


def test_doubled_headers_are_joined_by_commas_whatever_their_case() -> None:
    ingest = KeepingIngest(lambda: Ingested(200, "queued"))
    rig = Rig(ingest=ingest)

    rig.post(headers=[("X-Two", "a"), ("x-two", "b,c"), ("X-TWO", "d"), ("X-One", "e")])

    [(method, store, headers, body)] = ingest.handed
    assert (method, store, body) == ("POST", STORE, BODY)
    assert headers["x-two"] == "a,b,c,d"
    assert headers["x-one"] == "e"


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_doubled_header_of_the_signature_is_401(rig: Rig, name: str) -> None:
    good = signed(BODY)

    response = rig.post(headers=[*good.items(), (name, good[name])])

    assert response.status_code == 401
    assert rig.queue.signals == []


def test_bytes_in_a_header_that_are_no_text_are_401(rig: Rig) -> None:
    good = [(name.encode(), value.encode()) for name, value in signed(BODY).items()]

    response = rig.post(headers=[*good[:2], (b"webhook-signature", b"v1,\xff\xfe")])

    assert response.status_code == 401


# Large bodies


def test_a_body_of_64_kib_is_read_whole() -> None:
    ingest = KeepingIngest(lambda: Ingested(200, "queued"))

    Rig(ingest=ingest).post(b"x" * MAX_BODY_BYTES)

    assert [len(body) for *_, body in ingest.handed] == [65_536]


@pytest.mark.parametrize("size", [65_537, 1_048_576, 10_485_760])
def test_a_larger_body_is_413(rig: Rig, size: int) -> None:
    response = rig.post(b"x" * size)

    assert (response.status_code, response.content) == (413, b"")
    assert rig.lines.events("webhook")[0]["code"] == "too_large"


def test_a_large_body_is_read_to_its_end_but_not_kept() -> None:
    ingest = KeepingIngest(lambda: Ingested(413, "too_large"))
    rig = Rig(ingest=ingest)
    piece = {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    sent = rig.asgi([*(100 * [piece]), {"type": "http.request", "body": b"", "more_body": False}])

    [(*_, body)] = ingest.handed
    assert sent[0]["status"] == 413
    assert len(body) == 2 * 65_536  # the piece that showed that it is too large, and no more
    assert rig.unread == []


def test_an_endless_body_is_not_read_to_its_end(rig: Rig) -> None:
    piece = {"type": "http.request", "body": b"x" * 1_048_576, "more_body": True}

    sent = rig.asgi(100 * [piece])

    assert sent[0]["status"] == 413
    assert len(rig.unread) == 100 - DRAINED_BYTES // 1_048_576 - 1


# Senders that go away


def test_a_sender_that_goes_away_in_the_middle_of_its_body_leaves_nothing(rig: Rig) -> None:
    sent = rig.asgi(
        [
            {"type": "http.request", "body": BODY[:20], "more_body": True},
            {"type": "http.disconnect"},
        ]
    )

    assert [message["status"] for message in sent if "status" in message] == [503]
    assert rig.queue.signals == []
    assert rig.lines.getvalue() == ""


# What is out of reach


@pytest.mark.parametrize("error", [TryAgain("database_busy"), ConfigurationError("damaged")])
def test_a_queue_out_of_reach_is_503(error: Exception) -> None:
    rig = Rig(queue_error=error)

    response = rig.post(headers=signed(BODY))

    [line] = rig.lines.events("webhook")
    assert (response.status_code, response.content) == (503, b"")
    assert (line["code"], line["detail"]) == ("queue_out_of_reach", str(error))
    assert rig.woken == 0


def test_secrets_out_of_reach_are_503() -> None:
    rig = Rig(secrets=CountedSecrets(cached=TryAgain("timeout")))

    response = rig.post(headers=signed(BODY))

    assert response.status_code == 503
    assert rig.lines.events("webhook")[0]["code"] == "secrets_out_of_reach"


def test_a_bug_is_503_and_told_without_what_it_says() -> None:
    rig = Rig(ingest=KeepingIngest(a_bug))

    response = rig.post(headers=signed(BODY))

    [line] = rig.lines.events("bug")
    assert (response.status_code, response.content) == (503, b"")
    assert line["reason"].startswith("ZeroDivisionError at ")
    assert "test_web.py:" in line["reason"]
    assert "jane" not in rig.lines.getvalue()


# Health


def test_health_is_told_as_it_is(rig: Rig) -> None:
    response = rig.request("GET", "/healthz")

    assert response.status_code == 200
    assert response.json() == HEALTH


def test_health_is_503_while_the_database_is_out_of_reach_and_does_not_say_where(rig: Rig) -> None:
    def out_of_reach() -> Mapping[str, object]:
        raise ConfigurationError("/srv/var/orderwarden.sqlite3: no sound SQLite database")

    rig.health = out_of_reach

    response = rig.request("GET", "/healthz")

    [line] = rig.lines.events("health_out_of_reach")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable"}
    assert line["reason"] == "/srv/var/orderwarden.sqlite3: no sound SQLite database"


def test_a_bug_in_health_is_503(rig: Rig) -> None:
    rig.health = lambda: {"queued": a_bug()}

    assert rig.request("GET", "/healthz").status_code == 503


def test_health_is_only_for_reading(rig: Rig) -> None:
    assert rig.request("POST", "/healthz").status_code == 405


def test_the_work_is_done_off_the_event_loop() -> None:
    threads: list[threading.Thread] = []

    def answer() -> Ingested:
        threads.append(threading.current_thread())
        return Ingested(200, "queued")

    rig = Rig(ingest=KeepingIngest(answer))

    rig.asgi([{"type": "http.request", "body": b"", "more_body": False}])

    assert threads
    assert threading.main_thread() not in threads
