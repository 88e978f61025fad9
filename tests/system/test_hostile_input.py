"""Bad bodies, bad headers and bad HTTP, over real connections: each answered as it deserves."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from system.processes import Child, serving, wait_until
from system.shop import CLIENT_SECRET, HOOK_SECRET, STORE, TOKEN, Shop, open_shop
from system.stories import health, write_configuration
from system.webhooks import ORDER, PATH, Connection, a_body, signed

pytestmark = [pytest.mark.xdist_group("system-2"), pytest.mark.timeout(300)]

KIB: Final = 1024
MIB: Final = 1024 * KIB
DAY_S: Final = 86_400
EMAIL: Final = "jane.doe@example.com"
OWN_HEADER: Final = "X-Orderwarden-Secret"


@dataclass
class Target:
    """The server under fire, and the store behind it."""

    server: Child
    shop: Shop
    url: str

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 0

    def webhooks(self) -> list[dict[str, object]]:
        """Return what the log says of the webhooks so far."""
        events = [json.loads(line) for line in self.server.err]
        return [event for event in events if event["event"] == "webhook"]

    def post(self, body: bytes, headers: dict[str, str], path: str = PATH) -> int:
        connection = Connection(self.url)
        try:
            return connection.post(body, headers, path)
        finally:
            connection.close()

    def raw(self, sent: bytes, patience_s: float = 10.0) -> bytes:
        """Send bytes over a connection of their own and return all that comes back."""
        answer = b""
        with (
            socket.create_connection(self.address, timeout=patience_s) as connection,
            suppress(OSError),  # it hung up on us, or it waits for more
        ):
            connection.sendall(sent)
            while part := connection.recv(64 * KIB):
                answer += part
        return answer


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A server for all of this file; when all is over it must be well and have said nothing."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    with open_shop(seed=51) as shop, serving(write_configuration(folder, shop.url)) as server:
        assert shop.place(total="20.00") == ORDER
        target = Target(server, shop, server.ready_url())
        yield target
        wait_until(lambda: health(target.url)["queued"] == 0, within_s=45)
        assert health(target.url)["dead_letters"] == 0
        assert server.stop() == 0
        check_the_log(server.err)


def check_the_log(lines: list[str]) -> None:
    events = [json.loads(line) for line in lines]
    assert not any("bug" in event.values() for event in events)
    assert all(event.get("status", 0) < 500 for event in events)
    text = "\n".join(lines)
    for secret in (CLIENT_SECRET, HOOK_SECRET, TOKEN, EMAIL, "Jane"):
        assert secret not in text


# Bodies, all of them signed: authentic, but of no use


def with_id(order_id: object) -> bytes:
    return a_body(data={"type": "order", "id": order_id})


def with_text(text: str) -> bytes:
    """Return a right body with more JSON text in its data."""
    return a_body().replace(b'"type": "order"', f'"type": "order", {text}'.encode())


USELESS: Final = {
    "empty": b"",
    "blank": b"  \n",
    "not JSON": b"order 100 was updated by jane.doe@example.com",
    "half JSON": a_body()[:-9],
    "two documents": a_body() + a_body(),
    "null": b"null",
    "a number": b"17",
    "a text": b'"stores/abc123"',
    "a list": b"[" + a_body() + b"]",
    "50,000 lists deep": b"[" * 50_000 + b"]" * 10,
    "50,000 lists deep and closed again": b"[" * 25_000 + b"]" * 25_000,
    "9,000 objects deep": with_text('"a": ' + '{"a":' * 9_000 + "1" + "}" * 9_000),
    "NaN": with_text('"a": NaN'),
    "Infinity": with_text('"a": -Infinity'),
    "doubled keys": with_text('"id": 1'),
    "a number of 10,000 digits": with_id(0).replace(b'"id": 0', b'"id": ' + b"9" * 10_000),
    "a float of 1e400": with_id(0).replace(b'"id": 0', b'"id": 1e400'),
    "not UTF-8": a_body().replace(b"order", b"\xff\xfe", 1),
    "UTF-16": a_body().decode().encode("utf-16"),
    "a byte order mark": b"\xef\xbb\xbf" + a_body(),
    "a raw NUL": a_body() + b"\0",
    "a NUL as scope": a_body(scope="store/order/updated\0"),
    "a lone surrogate as scope": a_body(scope="\ud800"),
    "a list as scope": a_body(scope=["store/order/updated"]),
    "unknown scope": a_body(scope="store/order/exploded"),
    "no scope": a_body(scope=None),
    "another store": a_body(producer="stores/other1"),
    "no producer": a_body(producer=None),
    "a number as producer": a_body(producer=7),
    "no data": a_body(data=None),
    "a list as data": a_body(data=[ORDER]),
    "a text as id": with_id(str(ORDER)),
    "an e-mail as id": with_id(EMAIL),
    "a float as id": with_id(float(ORDER)),
    "a boolean as id": with_id(True),
    "a negative id": with_id(-ORDER),
    "zero as id": with_id(0),
    "10^30 as id": with_id(10**30),
    "2^63 as id": with_id(2**63),
    "null as id": with_id(None),
    "an object as id": with_id({"id": ORDER}),
    "no id": a_body(data={"type": "order"}),
    "a text as time": a_body(created_at="yesterday"),
    "a negative time": a_body(created_at=-1),
    "a time of year 30,000": a_body(created_at=10**12),
}


@pytest.mark.parametrize("body", USELESS.values(), ids=USELESS.keys())
def test_an_authentic_body_of_no_use_is_taken_and_dropped(target: Target, body: bytes) -> None:
    before = len(target.webhooks())

    answer = target.post(body, signed(body))

    assert answer == 200
    wait_until(lambda: len(target.webhooks()) > before, within_s=5)
    assert target.webhooks()[-1]["code"] not in {"queued", ""}


STRANGE: Final = {
    "a NUL in a text": with_text('"a": "\\u0000"'),
    "a lone surrogate in a text": with_text('"a": "\\ud800"'),
    "keys that nobody knows": a_body(whatever={"a": [1, {}]}),
    "no time": a_body(created_at=None),
    "no hash": a_body(hash=None),
    "a status that there is not": a_body(
        scope="store/order/statusUpdated",
        data={"type": "order", "id": ORDER, "status": {"new_status_id": 99}},
    ),
    "a name and an e-mail": with_text(f'"customer": "Jane Doe <{EMAIL}>"'),
}


@pytest.mark.parametrize("body", STRANGE.values(), ids=STRANGE.keys())
def test_a_strange_body_with_a_sound_id_is_queued(target: Target, body: bytes) -> None:
    assert target.post(body, signed(body)) == 200


@pytest.mark.parametrize(
    ("size", "answer"),
    [(64 * KIB, 200), (64 * KIB + 1, 413), (MIB, 413), (10 * MIB, 413)],
    ids=["64 KiB", "64 KiB and a byte", "1 MiB", "10 MiB"],
)
def test_a_body_is_taken_up_to_64_kib(target: Target, size: int, answer: int) -> None:
    body = a_body().ljust(size)

    assert target.post(body, signed(body)) == answer


# Headers, all of them on a sound body


def test_a_signature_in_any_case_of_its_header_names_is_right(target: Target) -> None:
    body = a_body()
    loud = {name.upper(): value for name, value in signed(body).items()}

    assert target.post(body, loud) == 200


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_a_missing_or_doubled_header_is_refused(target: Target, name: str) -> None:
    body = a_body()
    headers = signed(body)
    every = [*headers.items(), ("content-length", str(len(body)))]
    doubled = [*every, (name, headers[name])]
    missing = [(known, value) for known, value in every if known != name]

    answers = [target.raw(a_request(lines) + body) for lines in (every, doubled, missing)]

    assert [status_of(answer) for answer in answers] == [200, 401, 401]


def a_request(headers: list[tuple[str, str]], line: str = f"POST {PATH} HTTP/1.1") -> bytes:
    told = [line, "Host: hooks.example.com", "Connection: close"]
    told += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*told, "", ""]).encode("latin-1")


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def other_end(signature: str) -> str:
    """Return other base64 text of the same bytes: the last letter's spare bits are not zero."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = letters[letters.index(signature[-2]) + 1]
    return f"{signature[:-2]}{last}="


SIGNATURES: Final = {
    "as it should be": (lambda right: right, 200),
    "no comma": (lambda right: right.replace(",", ""), 401),
    "only a version": (lambda _: "v1,", 401),
    "empty": (lambda _: "", 401),
    "not base64": (lambda _: "v1,***", 401),
    "not ASCII": (lambda right: right + "\xff", 401),
    "no padding": (lambda right: right.rstrip("="), 401),
    "not canonical": (other_end, 401),
    "a blank within": (lambda right: right[:20] + " " + right[20:], 401),
    "another version": (lambda right: right.replace("v1,", "v2,"), 401),
    "another version's name": (lambda right: right.replace("v1,", "v1a,"), 401),
    "the right one last": (lambda right: f"v2,abc v1,{'A' * 43}= nocomma {right}", 200),
    "the right one first": (lambda right: f"{right} v1,{'A' * 43}=", 200),
    "too many": (lambda right: " ".join([f"v1,{'A' * 43}="] * 1000 + [right]), 401),
    "commas everywhere": (lambda _: "v1,,,,,", 401),
}


@pytest.mark.parametrize("case", SIGNATURES.values(), ids=SIGNATURES.keys())
def test_a_signature_must_be_one_of_the_canonical_ones(
    target: Target,
    case: tuple[object, int],
) -> None:
    change, answer = case
    assert callable(change)
    body = a_body()
    headers = signed(body)

    headers["webhook-signature"] = change(headers["webhook-signature"])

    assert target.post(body, headers) == answer


@pytest.mark.parametrize(
    ("age_s", "answer"),
    [(47 * 3600, 200), (4 * DAY_S, 401), (-120, 200), (-3600, 401)],
    ids=["47 hours old", "4 days old", "2 minutes ahead", "an hour ahead"],
)
def test_a_webhook_may_be_three_days_old_and_minutes_ahead(
    target: Target, age_s: int, answer: int
) -> None:
    body = a_body()

    assert target.post(body, signed(body, at_s=time.time() - age_s)) == answer


@pytest.mark.parametrize(
    "written", ["{}.0", "+{}", "0{}", "{}e0", " {}x", "0x{}", "{}" * 9, "-{}", "now"]
)
def test_a_timestamp_is_a_plain_integer(target: Target, written: str) -> None:
    body, now = a_body(), int(time.time())

    headers = signed(body, timestamp=written.replace("{}", str(now)))

    assert target.post(body, headers) == 401


def test_one_byte_changed_is_refused(target: Target) -> None:
    body = a_body()

    assert target.post(body.replace(b": 100", b": 101"), signed(body)) == 401
    assert target.post(body + b" ", signed(body)) == 401


def test_our_own_header_proves_a_webhook_too(target: Target) -> None:
    body = a_body()
    wrong = {**signed(body), "webhook-signature": f"v1,{'A' * 43}="}

    assert target.post(body, {OWN_HEADER: HOOK_SECRET}) == 200
    assert target.post(body, {**wrong, OWN_HEADER: HOOK_SECRET}) == 200
    assert target.post(body, {**wrong, OWN_HEADER: HOOK_SECRET[:-1]}) == 401
    assert target.post(body, {OWN_HEADER: ""}) == 401
    assert target.post(body, {}) == 401


# Paths, methods and HTTP itself


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
def test_another_method_is_refused(target: Target, method: str) -> None:
    answer = target.raw(a_request([], f"{method} {PATH} HTTP/1.1"))

    assert status_of(answer) == 405


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/webhooks",
        "/webhooks/",
        "/webhooks/other1",
        f"{PATH}/",
        f"/{PATH}",
        f"{PATH}/../{STORE}",
        f"{PATH}%00",
        f"{PATH}/exceptions/",
        "/webhooks/%ff%fe",
        f"/webhooks/{STORE.upper()}",
        "http://hooks.example.com/elsewhere",
        "*",
    ],
)
def test_an_unknown_path_or_store_is_not_found(target: Target, path: str) -> None:
    body = a_body()
    headers = [*signed(body).items(), ("Content-Length", str(len(body)))]

    answer = target.raw(a_request(headers, f"POST {path} HTTP/1.1") + body)

    assert status_of(answer) == 404


def test_http_1_0_and_chunked_bodies_are_understood(target: Target) -> None:
    body = a_body()
    sized = [*signed(body).items(), ("Content-Length", str(len(body)))]
    chunked = [*signed(body).items(), ("Transfer-Encoding", "chunked")]
    chunks = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"

    old = target.raw(a_request(sized, f"POST {PATH} HTTP/1.0") + body)
    new = target.raw(a_request(chunked) + chunks)

    assert status_of(old) == status_of(new) == 200


GARBAGE: Final = {
    "words": b"hello\r\n\r\n",
    "a TLS handshake": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "NULs": b"\0" * 4096,
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two lengths": f"POST {PATH} HTTP/1.1\r\nHost: x\r\n".encode()
    + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a negative length": a_request([("Content-Length", "-1")]) + b"{}",
    "length and chunks": a_request([("Content-Length", "2"), ("Transfer-Encoding", "chunked")])
    + b"0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n",
    "a chunk of no size": a_request([("Transfer-Encoding", "chunked")]) + b"zz\r\n{}\r\n",
    "a folded header": f"POST {PATH} HTTP/1.1\r\nHost: x\r\nA: b\r\n c\r\n\r\n".encode(),
    "a header of 1 MiB": a_request([("A", "a" * MIB)]),
    "10,000 headers": a_request([(f"A{n}", "a") for n in range(10_000)]),
    "less than it says": a_request([("Content-Length", "500")]) + b"{}",
    "pipelined garbage": a_request([("Content-Length", "2")]).replace(b"close", b"keep-alive")
    + b"{}GARBAGE\r\n\r\n" * 50,
}


@pytest.mark.parametrize("sent", GARBAGE.values(), ids=GARBAGE.keys())
def test_what_is_no_request_is_refused_or_hung_up_on(target: Target, sent: bytes) -> None:
    answer = target.raw(sent, patience_s=1.0)

    assert answer == b"" or 400 <= status_of(answer) < 500


def test_half_requests_keep_nobody_waiting(target: Target) -> None:
    body = a_body()
    with ExitStack() as stack:
        for number in range(300):
            slow = stack.enter_context(socket.create_connection(target.address, timeout=10))
            whole = a_request([("Content-Length", "500")]) + b"{"
            slow.sendall(whole if number % 2 else whole[: len(whole) // 2])
        began = time.monotonic()

        answer = target.post(body, signed(body))

        assert answer == 200
        assert time.monotonic() - began < 5
