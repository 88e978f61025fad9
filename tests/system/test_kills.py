"""SIGKILL at any moment: nothing is lost, nothing is done twice, and it goes on by itself."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlsplit

import pytest
from system.processes import command, serving
from system.shop import Shop, open_shop
from system.stories import STORIES, Story, check, tell, wait_until_quiet, write_configuration
from system.webhooks import Courier

pytestmark = [pytest.mark.xdist_group("system-1"), pytest.mark.timeout(420)]

KILLS: Final = 50
LONGEST_LIFE_S: Final = 0.5
RECOVERED_WITHIN_S: Final = 110.0
"""The lease of 30 s, the second look 60 s later, and some time to work."""

MOST_GIVEN_UP: Final = 2
"""A signal whose worker is killed five times is given to a person, as it should be."""


def given_to_a_person(config: Path) -> set[int]:
    """Return the orders of signals that were given up; nothing else needs a person."""
    reviews = json.loads(command("reviews", "list", "--config", str(config), "--json").stdout)
    assert {review["kind"] for review in reviews} <= {"killed_workers"}, reviews
    return {review["order_id"] for review in reviews}


@contextmanager
def orders_coming_in(shop: Shop, dice: Random) -> Iterator[dict[int, Story]]:
    """Let stories happen, one after the other without a pause, until the block ends."""
    told: dict[int, Story] = {}
    is_over = threading.Event()

    def live() -> None:
        while not is_over.wait(dice.uniform(0.2, 0.8)):
            told.update(tell(shop, [dice.choice(STORIES)]))

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield told
    finally:
        is_over.set()
        thread.join()


def test_fifty_kills_under_load_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    dice = Random(50)
    with open_shop(seed=50) as shop:
        config = write_configuration(tmp_path, shop.url)
        with serving(config) as first:
            url = first.ready_url()
        port = urlsplit(url).port or 0
        # So that a kill often finds a call on its way, done already or not yet answered.
        shop.add_fault(answer="slow", path="/v2/orders/*", delay_s=0.3, probability=0.5)

        with Courier(shop, url, Random(51)) as courier:
            with orders_coming_in(shop, Random(52)) as told:
                for _ in range(KILLS):
                    with serving(config, port) as server:
                        if dice.random() < 0.6:  # else it may be killed before it is ready
                            server.ready_url()
                        time.sleep(dice.uniform(0.0, LONGEST_LIFE_S))
                        server.kill()
            with serving(config, port) as server:
                assert server.ready_url() == url
                wait_until_quiet(
                    shop,
                    config,
                    url,
                    RECOVERED_WITHIN_S,
                    has_told_all=courier.has_delivered_all,
                    reviews=MOST_GIVEN_UP,
                )

                assert len(told) > KILLS
                given_up = given_to_a_person(config)
                check(shop, config, {n: story for n, story in told.items() if n not in given_up})
