"""Stopping, starting, and two at once: what is in hand is finished, what is not waits."""

from __future__ import annotations

import json
import signal
import socket
import time
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlsplit

import pytest
from system.processes import Child, serving, wait_until
from system.shop import STORE, Shop, open_shop
from system.stories import STORIES, check, hooked, tell, wait_until_quiet, write_configuration
from system.webhooks import PATH, Connection, a_body, is_asked_for, send_all, signed, webhook_of

pytestmark = [pytest.mark.xdist_group("system-3"), pytest.mark.timeout(300)]

ENDED_WITHIN_S: Final = 12.0
SOON_S: Final = 25.0
"""Less than the lease of 30 s: nothing that a stopped server had in hand has to be waited for."""


def stop_at_work(server: Child, shop: Shop) -> None:
    """Ask a server to stop once it has changed one more order."""
    before = len(shop.changes())
    wait_until(lambda: len(shop.changes()) > before, within_s=20)
    server.send(signal.SIGTERM)
    assert server.ended(ENDED_WITHIN_S) == 0
    assert json.loads(server.err[-1])["event"] == "stopped"


def test_a_server_that_is_stopped_at_work_leaves_nothing_half_done(tmp_path: Path) -> None:
    with open_shop(seed=61) as shop:
        config = write_configuration(tmp_path, shop.url)
        told = tell(shop, STORIES * 6)
        webhooks = [webhook_of(event) for event in shop.events() if is_asked_for(event)]
        shop.add_fault(answer="slow", path="/v2/orders/*", delay_s=0.4, probability=0.5)

        with serving(config) as server:
            answers = send_all(server.ready_url(), Random(61).sample(webhooks, len(webhooks)))
            stop_at_work(server, shop)
        for _ in range(2):
            with serving(config) as server:
                stop_at_work(server, shop)
        shop.clear_faults()
        with serving(config) as server:
            wait_until_quiet(shop, config, server.ready_url(), SOON_S)

            assert answers == [200] * len(webhooks)
            check(shop, config, told)


def test_a_server_may_be_stopped_before_it_is_ready(tmp_path: Path) -> None:
    dice = Random(62)
    config = write_configuration(tmp_path, "http://127.0.0.1:9")

    for _ in range(8):
        with serving(config) as server:
            time.sleep(dice.uniform(0.0, 1.0))
            server.send(signal.SIGTERM)
            assert server.ended(ENDED_WITHIN_S) in {0, -signal.SIGTERM}
            assert not any("Traceback" in line for line in server.err)
    with serving(config) as server:
        assert server.ready_url()
        assert server.stop() == 0


def test_a_request_that_never_ends_does_not_hold_up_the_end(tmp_path: Path) -> None:
    config = write_configuration(tmp_path, "http://127.0.0.1:9")
    half = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n" + "{"
    with serving(config) as server:
        address = urlsplit(server.ready_url())
        with socket.create_connection((address.hostname, address.port)) as connection:
            connection.sendall(half.encode())
            body = a_body()
            another = Connection(address.geturl())
            assert another.post(body, signed(body)) == 200  # so the half one was read as well

            server.send(signal.SIGTERM)

            assert server.ended(ENDED_WITHIN_S) == 0
            assert all(json.loads(line) for line in server.err)
            another.close()


@pytest.mark.timeout(300)
def test_two_servers_on_one_state_share_the_work_and_repeat_nothing(tmp_path: Path) -> None:
    with open_shop(seed=64, webhook_jitter_s=1.0) as shop:
        config = write_configuration(tmp_path, shop.url)
        with serving(config) as one, serving(config) as other:
            for server in (one, other):
                destination = f"{server.ready_url()}/webhooks/{STORE}"
                shop.hook(destination, "store/order/*", "store/shipment/*")

            told = tell(shop, STORIES * 4)
            wait_until_quiet(shop, config, one.ready_url(), within_s=150)

            check(shop, config, told)
            assert one.stop() == other.stop() == 0
            for server in (one, other):
                events = [json.loads(line) for line in server.err]
                assert any(event.get("outcome") == "applied" for event in events)


def test_of_two_servers_on_one_port_the_second_says_so(tmp_path: Path) -> None:
    config = write_configuration(tmp_path, "http://127.0.0.1:9")
    with serving(config) as first:
        port = urlsplit(first.ready_url()).port or 0
        with serving(config, port) as late:
            assert late.ended() == 3
            assert "cannot listen on 127.0.0.1" in late.err[-1]
            assert "--port" in late.err[-1]
    with serving(config, port) as one, serving(config, port) as other:
        wait_until(lambda: not (one.is_alive and other.is_alive), within_s=20)

        loser, winner = (other, one) if one.is_alive else (one, other)
        assert loser.ended() == 3
        assert winner.ready_url().endswith(f":{port}")
        assert winner.stop() == 0


def test_a_store_that_is_no_longer_configured_holds_nobody_up(tmp_path: Path) -> None:
    with open_shop(seed=66) as shop:
        config = write_configuration(tmp_path, shop.url)
        today = config.read_text()
        gone = '\n[stores.gone1]\napi_url = "http://127.0.0.1:9"\naccess_token = "t"\n'
        gone += f'hook_secrets = ["{"s" * 8}"]\nrules = "rules.yaml"\n'
        config.write_text(today + gone)
        with serving(config) as server:
            body = a_body(producer="stores/gone1")
            connection = Connection(server.ready_url())
            headers = {"X-Orderwarden-Secret": "s" * 8}
            assert connection.post(body, headers, "/webhooks/gone1") == 200
            connection.close()
            assert server.stop() == 0
        config.write_text(today)

        with hooked(shop, config) as server:
            told = tell(shop, STORIES)
            wait_until(lambda: all(shop.status_of(x) == told[x].must_be for x in told), SOON_S)

            assert server.stop() == 0
            events = [json.loads(line) for line in server.err]
            of_gone = [event for event in events if event.get("store") == "gone1"]
            assert "gone1 is not configured" in of_gone[0]["reason"]
            assert not any("bug" in event.values() for event in events)
