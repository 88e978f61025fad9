"""The real thing over a real network, and the command."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from bigcommerce_sim import RealClock, Settings, SimulatedStore
from bigcommerce_sim.cli import main
from bigcommerce_sim.web.server import running
from click.testing import CliRunner
from unit.simulator.http_receiver import receiving

TOOLS = Path(__file__).parents[3] / "tools"


def wait_until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    settings = Settings(plain_http_destinations=True, quota_requests=10_000)
    with running(SimulatedStore(clock=RealClock(), settings=settings, seed=7)) as address:
        yield address


@pytest.fixture
def session(url: str) -> Iterator[requests.Session]:
    with requests.Session() as opened:
        opened.headers.update({"X-Auth-Token": "token", "Accept": "application/json"})
        yield opened
        opened.delete(f"{url}/_sim/faults")


def spoil(session: requests.Session, url: str, **rule: object) -> None:
    assert session.post(f"{url}/_sim/faults", json={"times": 1, **rule}).status_code == 200


def test_the_command_says_when_it_is_ready_and_stops_on_sigterm() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bigcommerce_sim", "--port", "0", "--orders", "3", "--seed", "7"],
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(TOOLS)},
    )
    assert process.stdout is not None
    with process.stdout as output:
        ready = json.loads(output.readline())
        headers = {"X-Auth-Token": "token"}
        answer = requests.get(
            f"{ready['url']}/stores/abc123/v2/orders", headers=headers, timeout=5
        )
        process.send_signal(signal.SIGTERM)
        code = process.wait(10)
        rest = output.read()

    assert ready["event"] == "ready"
    assert ready["url"].startswith("http://127.0.0.1:")
    assert [row["id"] for row in answer.json()] == [100, 101, 102]
    assert (code, rest) == (0, b"")


def test_a_port_that_is_taken_is_said_plainly(url: str) -> None:
    port = url.rpartition(":")[2]

    done = CliRunner().invoke(main, ["--port", port])

    assert done.exit_code == 1
    assert f"Error: cannot listen on 127.0.0.1:{port}" in done.output


@pytest.mark.parametrize("store", ["a/b", "", "a b", "../v2", "stör"])
def test_a_store_hash_that_no_path_could_name_is_refused(store: str) -> None:
    done = CliRunner().invoke(main, ["--store", store])

    assert done.exit_code == 2
    assert "letters, digits" in done.output


def test_an_order_goes_its_way_over_http(session: requests.Session, url: str) -> None:
    order_id = session.post(f"{url}/_sim/orders", json={"total": "640.00"}).json()["id"]
    path = f"{url}/stores/abc123/v2/orders/{order_id}"

    changed = session.put(path, json={"status_id": 11})

    assert changed.json()["status"] == "Awaiting Fulfillment"
    assert "X-Rate-Limit-Requests-Left" in changed.headers
    assert changed.headers["Date"].endswith("GMT")
    writes = session.get(f"{url}/_sim/writes", params={"order_id": order_id}).json()
    assert [write["after_status"] for write in writes] == [7, 11]


def test_webhooks_arrive_signed_and_are_tried_again(session: requests.Session, url: str) -> None:
    with receiving() as receiver:
        receiver.answers = [500]
        hook = {"scope": "store/order/created", "destination": receiver.url}
        made = session.post(f"{url}/stores/abc123/v3/hooks", json=hook).json()["data"]
        order_id = session.post(f"{url}/_sim/orders", json={}).json()["id"]
        wait_until(lambda: len(receiver.came) == 1)
        wait_until(lambda: len(_attempts(session, url, made["id"])) == 1)
        session.post(f"{url}/_sim/clock", json={"turn_s": 60})
        wait_until(lambda: len(_attempts(session, url, made["id"])) == 2)
        session.delete(f"{url}/stores/abc123/v3/hooks/{made['id']}")

    (headers, body), (again, same) = receiver.came
    assert json.loads(body)["data"] == {"type": "order", "id": order_id}
    assert headers["webhook-signature"].startswith("v1,")
    assert (same, again["webhook-id"]) == (body, headers["webhook-id"])


def _attempts(session: requests.Session, url: str, hook_id: int) -> list[object]:
    rows = session.get(f"{url}/_sim/webhooks").json()
    return [row for row in rows if row["attempt"]["hook_id"] == hook_id]


def test_a_reset_is_a_reset(session: requests.Session, url: str) -> None:
    spoil(session, url, answer="reset")

    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        session.get(f"{url}/stores/abc123/v2/time", timeout=5)


def test_a_timeout_is_silence_and_may_have_had_its_effect(
    session: requests.Session, url: str
) -> None:
    order_id = session.post(f"{url}/_sim/orders", json={}).json()["id"]
    path = f"{url}/stores/abc123/v2/orders/{order_id}"
    spoil(session, url, answer="timeout", effect="done", method="PUT")

    with pytest.raises(requests.ReadTimeout):
        session.put(path, json={"status_id": 11}, timeout=0.2)

    assert session.get(path).json()["status_id"] == 11


def test_a_truncated_body_ends_before_its_length(session: requests.Session, url: str) -> None:
    spoil(session, url, answer="truncated")

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        session.get(f"{url}/stores/abc123/v2/order_statuses", timeout=5)


def test_the_server_lives_on_after_every_fault(session: requests.Session, url: str) -> None:
    for answer in ("html", "empty", "half_json", "bare_throttled", "odd_throttled", "throttled"):
        spoil(session, url, answer=answer)
        session.get(f"{url}/stores/abc123/v2/order_statuses", timeout=5)

    assert session.get(f"{url}/stores/abc123/v2/order_statuses").status_code == 200


def test_a_status_without_body_stays_without(session: requests.Session, url: str) -> None:
    spoil(session, url, answer="html", status=204)

    answer = session.get(f"{url}/stores/abc123/v2/time", timeout=5)

    assert (answer.status_code, answer.content) == (204, b"")
    assert session.head(f"{url}/stores/abc123/v2/time", timeout=5).status_code == 405


def test_answers_can_be_compressed(session: requests.Session, url: str) -> None:
    session.patch(f"{url}/_sim/settings", json={"gzip": True})

    answer = session.get(f"{url}/stores/abc123/v2/order_statuses", timeout=5)

    session.patch(f"{url}/_sim/settings", json={"gzip": False})
    assert answer.headers["content-encoding"] == "gzip"
    assert len(answer.json()) == 15


def test_many_requests_on_one_connection_are_quick(session: requests.Session, url: str) -> None:
    began = time.monotonic()

    for _ in range(50):
        session.get(f"{url}/stores/abc123/v2/time")

    # 0.1 s when undisturbed; 2 s would be Nagle waiting for delayed acknowledgements
    assert time.monotonic() - began < 1.5


def test_a_body_that_is_far_too_large_is_refused(session: requests.Session, url: str) -> None:
    answer = session.put(f"{url}/stores/abc123/v2/orders/100", data=b"x" * (8 * 1024 * 1024 + 1))

    assert answer.status_code == 413


def test_a_block_holds_for_webhooks_that_wait_to_be_posted() -> None:
    store = SimulatedStore(clock=RealClock(), settings=Settings(plain_http_destinations=True))
    with receiving() as receiver, running(store) as url:
        receiver.answers = [500] * 300
        hook = {"scope": "store/order/created", "destination": receiver.url}
        headers = {"X-Auth-Token": "token"}
        requests.post(f"{url}/stores/abc123/v3/hooks", json=hook, headers=headers, timeout=10)
        with store.lock:
            for _ in range(200):
                store.shopper.place()

        wait_until(lambda: len(store.attempts) == 200)

        outcomes = [record.outcome for record in store.attempts]
        assert 100 <= len(receiver.came) <= 107  # up to eight are under way at once
        assert outcomes.count("blocked") == 200 - len(receiver.came)
