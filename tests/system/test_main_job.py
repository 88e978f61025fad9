"""The main job through the real processes, in a store that lags, repeats and reorders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from system.processes import serving
from system.shop import STORE, Change, open_shop
from system.stories import (
    STORIES,
    check,
    claimed,
    tell,
    wait_until_quiet,
    write_configuration,
    written_lines,
)

pytestmark = [pytest.mark.xdist_group("system-1"), pytest.mark.timeout(300)]

TWICE_AND_IN_DISORDER: Final = {
    "webhook_jitter_s": 2.0,
    "webhook_reorder_probability": 0.3,
    "webhook_reorder_s": 4.0,
    "webhook_duplicate_probability": 0.4,
    "webhook_other_hash_probability": 0.3,
}


@pytest.mark.parametrize(
    "lag",
    [
        {"read_lag_s": 2.0},
        {"read_lag_s": 1.0, "fresh_order_404_s": 2.0},
    ],
    ids=["readings lag", "new orders cannot be read"],
)
def test_every_order_ends_right_and_each_change_is_made_and_told_once(
    tmp_path: Path, lag: Mapping[str, float]
) -> None:
    with open_shop(seed=11, **TWICE_AND_IN_DISORDER, **lag) as shop:
        config = write_configuration(tmp_path, shop.url)
        with serving(config) as server:
            url = server.ready_url()
            # The wildcard and the single scope both deliver: every status event comes twice.
            scopes = ("store/order/*", "store/shipment/*", "store/order/statusUpdated")
            shop.hook(f"{url}/webhooks/{STORE}", *scopes)

            told = tell(shop, STORIES * 2)
            wait_until_quiet(shop, config, url, within_s=90)

            check(shop, config, told)
            for order_id, story in list(told.items())[:5]:
                lines = written_lines(config, order_id)
                assert [claimed(line) for line in lines] == [
                    Change(order_id, *change) for change in story.changes
                ]
