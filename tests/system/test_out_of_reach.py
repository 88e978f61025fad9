"""What is needed is out of reach for a while: nothing is lost, and nobody has to help."""

from __future__ import annotations

import json
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest
from system.processes import command, serving, wait_until
from system.shop import open_shop
from system.stories import (
    STORIES,
    check,
    health,
    hooked,
    tell,
    wait_until_quiet,
    write_configuration,
)
from system.webhooks import Connection, a_body, is_asked_for, send_all, signed, webhook_of

pytestmark = [pytest.mark.xdist_group("system-1"), pytest.mark.timeout(300)]

PROBED_WITHIN_S: Final = 20.0
"""The server asks a store that refused it every 15 seconds."""


def test_a_database_that_others_hold_is_answered_503_within_three_seconds(tmp_path: Path) -> None:
    config = write_configuration(tmp_path, "http://127.0.0.1:9")
    with serving(config) as server:
        url = server.ready_url()

        def post(_: int) -> tuple[int, bool]:
            body, began = a_body(), time.monotonic()
            with closing(Connection(url)) as connection:
                answer = connection.post(body, signed(body))
            return answer, time.monotonic() - began < 3.0

        file = tmp_path / "var" / "orderwarden.sqlite3"
        with closing(sqlite3.connect(file, isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            with ThreadPoolExecutor(8) as pool:
                answers = list(pool.map(post, range(16)))
            holder.execute("ROLLBACK")

        assert answers == [(503, True)] * 16
        assert post(0) == (200, True)


def test_a_refused_token_stops_the_store_until_it_is_taken_again(tmp_path: Path) -> None:
    with open_shop(seed=91) as shop:
        config = write_configuration(tmp_path, shop.url)
        told = tell(shop, STORIES)
        webhooks = [webhook_of(event) for event in shop.events() if is_asked_for(event)]
        with serving(config) as server:
            url = server.ready_url()
            shop.revoke_token()

            answers = send_all(url, webhooks)
            wait_until(lambda: health(url)["queued"] + health(url)["in_flight"] == 0, 20)
            refused = Counter(call["status"] for call in shop.calls())[401]
            assert answers == [200] * len(webhooks)
            assert health(url)["parked"] > 0
            assert refused < len(told)
            status = json.loads(command("status", "--config", str(config), "--json").stdout)
            assert status["stores"][0]["stopped"] == "unauthorised_401"

            shop.restore_token()
            wait_until(lambda: health(url)["parked"] == 0, PROBED_WITHIN_S)
            wait_until_quiet(shop, config, url, within_s=30)
            check(shop, config, told)


def test_the_stores_quota_is_waited_for_and_never_overdrawn(tmp_path: Path) -> None:
    with open_shop(seed=92, quota_requests=40, quota_window_s=3.0) as shop:
        config = write_configuration(tmp_path, shop.url)
        with hooked(shop, config) as server:
            url = server.ready_url()

            told = tell(shop, STORIES * 3)
            wait_until_quiet(shop, config, url, within_s=60)

            assert len(shop.calls()) > 2 * 40
            assert not any(call["status"] == 429 for call in shop.calls())
            check(shop, config, told)
