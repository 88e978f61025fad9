"""Many webhooks at once, three in ten of them doubled, in any order."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from system.processes import serving
from system.shop import open_shop
from system.stories import STORIES, check, tell, wait_until_quiet, write_configuration
from system.webhooks import Webhook, is_asked_for, send_all, webhook_of, with_other_hash

pytestmark = [pytest.mark.xdist_group("system-1"), pytest.mark.timeout(300)]


def with_duplicates(webhooks: list[Webhook], dice: Random) -> list[Webhook]:
    """Return them with duplicates, three in ten of all, in random order."""
    doubled = dice.sample(webhooks, round(len(webhooks) * 3 / 7))
    again = [each if dice.random() < 0.5 else with_other_hash(each) for each in doubled]
    return dice.sample(webhooks + again, len(webhooks) + len(again))


def test_a_thousand_webhooks_over_eight_connections_change_every_order_once(
    tmp_path: Path,
) -> None:
    dice = Random(1000)
    with open_shop(seed=21) as shop:
        config = write_configuration(tmp_path, shop.url)
        told = tell(shop, STORIES * 15)
        webhooks = [webhook_of(event) for event in shop.events() if is_asked_for(event)]
        sent = with_duplicates(webhooks, dice)
        with serving(config) as server:
            url = server.ready_url()

            answers = send_all(url, sent, connections=8)
            wait_until_quiet(shop, config, url, within_s=90)

            assert len(sent) >= 1000
            assert answers == [200] * len(sent)
            check(shop, config, told)
