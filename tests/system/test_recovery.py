"""`reconcile run` and what tells of the past, as a user has them: beside a server and without."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from system.processes import asked, command
from system.shop import open_shop
from system.stories import STORIES, check, hooked, tell, wait_until_quiet, write_configuration

pytestmark = [pytest.mark.xdist_group("system-3"), pytest.mark.timeout(300)]

UNTIL_SETTLED_S: Final = 120.0
"""What is younger than a minute is left to its webhook."""

LISTED: Final = sum(all(act.what != "archive" for act in story.acts) for story in STORIES)
"""Stories whose order the store lists: an archived one it does not."""


def reconciled(config: Path, *more: str) -> Mapping[str, Any]:
    """Run a reconciliation to its end and return its report, the sums of which agree."""
    report: Mapping[str, Any] = asked(config, "reconcile", "run", "--yes", *more, within_s=120.0)
    assert report["orders"] == report["received"] + report["missed"] + report["unmatched"]
    assert report["ended"] == "complete"
    return report


def test_without_a_single_webhook_every_order_is_brought_where_the_rules_want_it(
    tmp_path: Path,
) -> None:
    with open_shop(seed=81) as shop:
        config = write_configuration(tmp_path, shop.url)
        published = command("rules", "publish", "--config", str(config))
        told = tell(shop, STORIES * 2)
        shop.turn_clock(UNTIL_SETTLED_S)

        first = reconciled(config)
        check(shop, config, told)
        shop.turn_clock(UNTIL_SETTLED_S)
        second = reconciled(config, "--since", "72h")

        assert published.returncode == 0, published.stderr
        assert (first["orders"], first["received"]) == (2 * LISTED, 0)
        assert sum(first["outcomes"].values()) == first["recovered"]
        assert first["outcomes"]["applied"] == 2 * sum(bool(story.changes) for story in STORIES)
        assert (second["orders"], second["missed"]) == (2 * LISTED, 0)
        check(shop, config, told)

        changed = next(order for order, story in told.items() if story.changes)
        verified = asked(config, "changelog", "verify")
        past = asked(config, "timeline", "--order", str(changed))
        replayed = asked(config, "replay", "--order", str(changed))
        assert verified["problems"] == []
        assert sum(verified["checked"].values()) >= 2
        assert {"received", "change", "seen"} <= {entry["kind"] for entry in past["entries"]}
        assert replayed["outcome"] in {"no_match", "seen"}
        check(shop, config, told)


def test_beside_a_server_that_hears_half_of_it(tmp_path: Path) -> None:
    lossy = {
        "webhook_loss_probability": 0.5,
        "webhook_duplicate_probability": 0.3,
        "webhook_reorder_probability": 0.3,
        "webhook_reorder_s": 3.0,
    }
    with open_shop(seed=82, **lossy) as shop:
        config = write_configuration(tmp_path, shop.url)
        with hooked(shop, config) as server:
            url = server.ready_url()
            told = tell(shop, STORIES * 2)
            wait_until_quiet(shop, config, url, within_s=60)
            shop.turn_clock(UNTIL_SETTLED_S)

            report = reconciled(config)
            wait_until_quiet(shop, config, url, within_s=60)

            assert report["orders"] == 2 * LISTED
            check(shop, config, told)


def test_without_a_terminal_it_wants_to_be_told_yes(tmp_path: Path) -> None:
    with open_shop(seed=83) as shop:
        config = write_configuration(tmp_path, shop.url)

        unasked = command("reconcile", "run", "--config", str(config))
        nonsense = command("reconcile", "run", "--config", str(config), "--since", "yesteryear")

        assert (unasked.returncode, nonsense.returncode) == (2, 2)
        assert "--yes" in unasked.stderr
        assert "2026-11-18" in nonsense.stderr


def test_a_store_out_of_reach_is_told_with_4_and_one_that_refuses_the_token_with_1(
    tmp_path: Path,
) -> None:
    with open_shop(seed=84) as shop:
        config = write_configuration(tmp_path, shop.url)
        command("rules", "publish", "--config", str(config))
        shop.revoke_token()

        refused = command("reconcile", "run", "--config", str(config), "--yes", "--json")

        assert refused.returncode == 1
        assert json.loads(refused.stdout)["why"] == "unauthorised_401"
