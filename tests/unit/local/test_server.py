"""The whole server in this process: it says when it is ready, and ends when it should."""

from __future__ import annotations

import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, redirect_stdout
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
from fakes import NOON
from orderwarden.domain.shop import OrderStatus
from orderwarden.errors import ConfigurationError
from orderwarden.ports import Answer
from orderwarden_local.server import serve
from orderwarden_local.structured_log import StructuredLog
from unit.machines import (
    CLIENT_SECRET,
    STORE,
    WITHIN_S,
    FakeReader,
    LogLines,
    a_machine,
    joined,
    what_a_server_takes_is_given_back,
)
from webhook_builders import a_body, signed

HOST = "127.0.0.1"


@pytest.fixture(autouse=True)
def _in_a_process_that_is_not_its_own() -> Iterator[None]:
    with what_a_server_takes_is_given_back():
        yield


class Rig:
    """A server on a free port, and a visitor who in the end sends it a signal."""

    def __init__(self, folder: Path, reader: FakeReader | None = None) -> None:
        self.machine = a_machine(folder, {STORE: reader or FakeReader()})
        self.out = LogLines()
        self.lines = LogLines()

    def serve(self, host: str = HOST, port: int = 0, unchecked: tuple[str, ...] = ()) -> bool:
        with closing(self.machine), redirect_stdout(self.out):
            log = StructuredLog(self.machine.clock, self.lines)
            return serve(self.machine, log, host, port, unchecked)

    def visited(
        self,
        visit: Callable[[str], None],
        number: signal.Signals = signal.SIGTERM,
        host: str = HOST,
    ) -> bool:
        """Serve until the visit is over, and return what serving returned."""
        failures: list[BaseException] = []

        def run() -> None:
            try:
                visit(self.out.wait_for("ready")[0]["url"])
            except BaseException as failure:  # noqa: BLE001  told below, in the test's own thread
                failures.append(failure)
            finally:
                signal.raise_signal(number)

        visitor = threading.Thread(target=run)
        visitor.start()
        was_asked = self.serve(host)
        assert joined(visitor)
        if failures:
            raise failures[0]
        return was_asked


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


def post(url: str, order_id: int) -> int:
    body = a_body(data={"type": "order", "id": order_id})
    headers = signed(body, CLIENT_SECRET, NOON)
    return requests.post(
        f"{url}/webhooks/{STORE}", data=body, headers=headers, timeout=WITHIN_S
    ).status_code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_announces_itself_on_stdout_and_stops_at_a_signal(
    rig: Rig, number: signal.Signals
) -> None:
    seen: list[Mapping[str, object]] = []

    def visit(url: str) -> None:
        seen.append(requests.get(f"{url}/healthz", timeout=WITHIN_S).json())

    was_asked = rig.visited(visit, number)

    [line] = rig.out.getvalue().splitlines()
    ready = json.loads(line)
    assert was_asked
    assert ready == {"event": "ready", "url": ready["url"]}
    assert urlsplit(ready["url"]).hostname == HOST
    assert seen == [
        {
            "status": "ok",
            "queued": 0,
            "in_flight": 0,
            "parked": 0,
            "dead_letters": 0,
            "reviews": 0,
        }
    ]
    assert [line["event"] for line in map(json.loads, rig.lines.getvalue().splitlines())] == [
        "hooks_left_alone",  # no public_url
        "stopped",
    ]


def test_what_comes_in_is_processed(rig: Rig) -> None:
    answers: list[int] = []

    def visit(url: str) -> None:
        answers.extend(post(url, order_id) for order_id in (1, 2, 3))
        rig.lines.wait_for("signal", 3)

    rig.visited(visit)

    outcomes = {line["order_id"]: line["outcome"] for line in rig.lines.events("signal")}
    assert answers == [200, 200, 200]
    assert outcomes == {1: "no_rule", 2: "no_rule", 3: "no_rule"}


def test_what_a_library_warns_of_is_an_event_like_any_other(rig: Rig) -> None:
    def visit(url: str) -> None:
        address = (HOST, urlsplit(url).port)
        with socket.create_connection(address, timeout=WITHIN_S) as connection:
            connection.sendall(b"jane@example.com\r\n\r\n")
            connection.recv(65536)
        rig.lines.wait_for("library")

    rig.visited(visit)

    [event] = rig.lines.events("library")
    assert (event["library"], event["level"]) == ("uvicorn.error", "warning")
    assert "jane" not in rig.lines.getvalue()


class BuggyReader(FakeReader):
    """A client with a bug in it."""

    def statuses(self) -> Answer[Mapping[int, OrderStatus]]:
        raise ZeroDivisionError("jane@example.com")


def test_a_thread_that_ends_by_a_bug_ends_the_server_and_is_told(tmp_path: Path) -> None:
    rig = Rig(tmp_path, BuggyReader())

    was_asked = rig.serve(unchecked=(STORE,))

    [bug] = rig.lines.events("bug")
    assert not was_asked
    assert bug["thread"] == "housekeeping"
    assert bug["reason"].startswith("ZeroDivisionError at ")
    assert "jane" not in rig.lines.getvalue()
    assert len(rig.lines.events("stopped")) == 1


def test_a_port_that_is_taken_is_told_with_what_to_do(rig: Rig) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(ConfigurationError) as refused:
            rig.serve(port=port)

    [problem] = refused.value.problems
    assert problem.startswith(f"cannot listen on {HOST}:{port} (")
    assert problem.endswith("Address already in use); choose another --host or --port")
    assert rig.out.getvalue() == ""


@pytest.mark.parametrize("host", ["203.0.113.1", "a..example.com"])
def test_an_address_that_is_not_ours_is_told(rig: Rig, host: str) -> None:
    with pytest.raises(ConfigurationError, match=f"cannot listen on {host}:0 "):
        rig.serve(host=host)


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
def test_an_ipv6_address_is_shown_in_brackets(rig: Rig) -> None:
    rig.visited(lambda _url: None, host="::1")

    [ready] = rig.out.events("ready")
    assert ready["url"].startswith("http://[::1]:")
