"""The main job through the real processes, in a store that lags, repeats and reorders."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from system.processes import serving, wait_until
from system.shop import STORE, Shop, open_shop
from system.stories import STORIES, Story, check, claimed, write_configuration, written_lines

pytestmark = [pytest.mark.xdist_group("system-1"), pytest.mark.timeout(120)]

UNPLEASANT = {
    "read_lag_s": 1.5,
    "fresh_order_404_s": 2.0,
    "webhook_jitter_s": 2.0,
    "webhook_reorder_probability": 0.3,
    "webhook_reorder_s": 4.0,
    "webhook_duplicate_probability": 0.4,
    "webhook_other_hash_probability": 0.3,
    "status_block_probability": 0.8,
}


def tell(shop: Shop) -> dict[int, Story]:
    told = {shop.place(**story.order): story for _ in range(2) for story in STORIES}
    for step in range(3):
        for order_id, story in told.items():
            for act in story.acts[step : step + 1]:
                shop.act(order_id, act.what, **act.details)
    return told
