"""Whether our own address answers as our server would, whoever answers there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fakes import NOON
from orderwarden.domain.authenticity import Keys, judge
from orderwarden.domain.hook_secrets import HookSecrets
from orderwarden.services.checkup.finding import Level
from orderwarden_cli.reaching import check_destination

KNOWN = HookSecrets(("client-secret",), ("hook-secret",), needs_both=True, fetched_at=NOON)


@contextmanager
def answering(status: int, seen: list[tuple[dict[str, str], bytes]]) -> Iterator[str]:
    """Run a server that answers every POST like this and keeps what it got."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append((dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_what_it_sends_is_proved_both_ways_and_names_a_scope_that_nobody_heeds() -> None:
    seen: list[tuple[dict[str, str], bytes]] = []

    with answering(200, seen) as url:
        found = check_destination(url, "abc123", KNOWN, NOON)

    [(headers, body)] = seen
    keys = Keys((b"client-secret",), (b"hook-secret",), needs_both=True)
    assert found.level is Level.OK
    assert judge(headers, body, keys, NOON).is_authentic
    assert b'"scope": "store/orderwarden/doctor"' in body


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, "refuses our own secrets"),
        (404, "does not know this store"),
        (301, "not as our server would"),
        (502, "does not reach the server"),
        (503, "cannot work"),
    ],
)
def test_any_other_answer_is_broken_and_no_redirect_is_followed(status: int, told: str) -> None:
    seen: list[tuple[dict[str, str], bytes]] = []

    with answering(status, seen) as url:
        found = check_destination(url, "abc123", KNOWN, NOON)

    assert (found.level, len(seen)) == (Level.BROKEN, 1)
    assert f"answers {status}" in found.told
    assert told in found.told
    assert found.remedy


def test_nobody_there_is_broken() -> None:
    found = check_destination("http://127.0.0.1:1", "abc123", KNOWN, NOON)

    assert (found.level, "no answer" in found.told) == (Level.BROKEN, True)


def test_a_server_without_https_where_there_should_be_is_a_bad_certificate() -> None:
    with answering(200, []) as url:
        found = check_destination(url.replace("http:", "https:"), "abc123", KNOWN, NOON)

    assert found.level is Level.BROKEN
