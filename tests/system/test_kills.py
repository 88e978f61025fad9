"""SIGKILL at any moment: nothing is lost, nothing is done twice, and it goes on by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import urlsplit

import pytest
from system.processes import serving
from system.shop import Shop, open_shop
from system.stories import STORIES, Story, check, tell, wait_until_quiet, write_configuration
from system.webhooks import Courier

pytestmark = [pytest.mark.xdist_group("system-1"), pytest.mark.timeout(240)]

KILLS: Final = 15
LONGEST_LIFE_S: Final = 1.5
RECOVERED_WITHIN_S: Final = 110.0
"""The lease of 30 s, the second look 60 s later, and some time to work."""


@contextmanager
def orders_coming_in(shop: Shop, dice: Random) -> Iterator[dict[int, Story]]:
    """Let stories happen, one after the other without a pause, until the block ends."""
    told: dict[int, Story] = {}
    is_over = threading.Event()

    def live() -> None:
        while not is_over.wait(dice.uniform(0.1, 0.5)):
            told.update(tell(shop, [dice.choice(STORIES)]))

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield told
    finally:
        is_over.set()
        thread.join()


def test_fifteen_kills_under_load_lose_nothing_and_repeat_nothing(tmp_path: Path) -> None:
    dice = Random(15)
    with open_shop(seed=15) as shop:
        config = write_configuration(tmp_path, shop.url)
        with serving(config) as first:
            url = first.ready_url()
        port = urlsplit(url).port or 0
        # So that a kill often finds a call on its way, done already or not yet answered.
        shop.add_fault(answer="slow", path="/v2/orders/*", delay_s=0.3, probability=0.5)

        with Courier(shop, url, Random(16)) as courier:
            with orders_coming_in(shop, Random(17)) as told:
                for _ in range(KILLS):
                    with serving(config, port) as server:
                        if dice.random() < 0.8:  # else it may be killed before it is ready
                            server.ready_url()
                        time.sleep(dice.uniform(0.0, LONGEST_LIFE_S))
                        server.kill()
            with serving(config, port) as server:
                assert server.ready_url() == url
                wait_until_quiet(shop, url, RECOVERED_WITHIN_S, courier.has_delivered_all)

                assert len(told) > 2 * KILLS
                check(shop, config, told)
