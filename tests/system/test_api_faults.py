"""One API call in five goes wrong, before or after it took effect."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from system.processes import wait_until
from system.shop import Shop, open_shop
from system.stories import (
    STORIES,
    check,
    health,
    hooked,
    tell,
    wait_until_quiet,
    write_configuration,
)

pytestmark = [pytest.mark.xdist_group("system-2"), pytest.mark.timeout(300)]

QUOTA_WINDOW_S: Final = 2.0
"""A 429 asks to wait for the next window; thirty seconds each would only make the test slow."""

FAULTS: Final = (
    {"answer": "status", "status": 500, "effect": "none"},
    {"answer": "status", "status": 500, "effect": "done"},
    {"answer": "status", "status": 502, "effect": "done"},
    {"answer": "status", "status": 503, "effect": "late", "late_s": 5},
    {"answer": "html", "status": 503, "effect": "none"},
    {"answer": "html", "status": 502, "effect": "done"},
    {"answer": "empty", "status": 504, "effect": "done"},
    {"answer": "half_json"},
    {"answer": "truncated"},
    {"answer": "reset", "effect": "none"},
    {"answer": "reset", "effect": "done"},
    {"answer": "timeout", "effect": "none", "delay_s": 12, "times": 2},
    {"answer": "timeout", "effect": "done", "delay_s": 12, "times": 2},
    {"answer": "throttled"},
    {"answer": "bare_throttled"},
    {"answer": "odd_throttled"},
)
SHARE: Final = 0.2
STRAGGLERS: Final = 10
"""Once so few signals are left the store recovers: waiting out failures of failures is slow."""


def spoil_a_fifth(shop: Shop) -> None:
    """Add the faults so that together, asked one after the other, they spoil a fifth."""
    each = 1 - (1 - SHARE) ** (1 / len(FAULTS))
    for fault in FAULTS:
        shop.add_fault(**fault, probability=each)


def is_nearly_done(shop: Shop, url: str) -> bool:
    now = health(url)
    left = shop.counts()["webhooks_pending"] + now["queued"] + now["in_flight"]
    return int(left) <= STRAGGLERS


def test_every_change_is_made_once_though_a_fifth_of_the_calls_fail(tmp_path: Path) -> None:
    with open_shop(seed=31, quota_window_s=QUOTA_WINDOW_S) as shop:
        config = write_configuration(tmp_path, shop.url)
        with hooked(shop, config) as server:
            url = server.ready_url()
            spoil_a_fifth(shop)

            told = tell(shop, STORIES * 5)
            wait_until(lambda: is_nearly_done(shop, url), within_s=100)
            shop.clear_faults()
            wait_until_quiet(shop, config, url, within_s=130)

            calls = shop.calls()
            spoilt = [call for call in calls if call["fault"]]
            assert len(spoilt) > 0.12 * len(calls)
            assert {"GET", "PUT"} == {call["method"] for call in spoilt}
            check(shop, config, told)
