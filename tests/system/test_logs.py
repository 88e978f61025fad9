"""The log: one line of JSON a signal, with every fact and without a person in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import pytest
from system.processes import command
from system.shop import CLIENT_SECRET, HOOK_SECRET, TOKEN, Shop, open_shop
from system.stories import STORIES, hooked, tell, wait_until_quiet, write_configuration

pytestmark = [pytest.mark.xdist_group("system-2"), pytest.mark.timeout(300)]

CANARY: Final = "Zaphod Beeblebrox <zaphod@example.com> +1 555 0199"
PERSONAL: Final = re.compile(
    r"@|%40|Zaphod|Beeblebrox|1 555|555-01|Example Street|Sampleton|\bAda\b|\bAsh\b|\.com"
)
EVERY_SIGNAL: Final = {
    "at",
    "event",
    "store",
    "order_id",
    "trigger",
    "receipt_key",
    "outcome",
    "api_calls",
    "duration_ms",
}
EVERY_CHANGE: Final = {"line_id", "rule", "action", "from_status_id", "to_status_id", "result"}


def plant(shop: Shop, order_ids: Iterable[int]) -> None:
    """Write names, an address and a number wherever an order has room for a text."""
    for order_id in order_ids:
        shop.act(order_id, "edit", staff_notes=CANARY, customer_message=CANARY)
        shop.act(order_id, "message", text=CANARY, subject=CANARY)


def signals(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events if event["event"] == "signal"]


def test_the_log_tells_of_every_signal_and_of_nobody(tmp_path: Path) -> None:
    with open_shop(seed=81, webhook_duplicate_probability=0.3) as shop:
        config = write_configuration(tmp_path, shop.url)
        with hooked(shop, config) as server:
            url = server.ready_url()
            shop.add_fault(answer="html", status=502, path="/v2/orders/*", times=5)
            told = tell(shop, STORIES * 2)
            plant(shop, told)
            wait_until_quiet(shop, config, url, within_s=100)
            shown = command("changelog", "list", "--config", str(config), "--json")
            assert server.stop() == 0
        events = [json.loads(line) for line in server.err]
        calls = [call for call in shop.calls() if "/orders/" in call["path"]]

    ended = [event for event in signals(events) if event["outcome"] != "again"]
    queued = [event for event in events if event.get("code") == "queued"]
    assert Counter(x["receipt_key"] for x in ended) == Counter(x["receipt_key"] for x in queued)
    assert sum(event["api_calls"] for event in signals(events)) == len(calls)
    assert {event["order_id"] for event in ended} == told.keys()
    assert all(event.keys() >= EVERY_SIGNAL for event in signals(events))
    applied = [event for event in ended if event["outcome"] == "applied"]
    changes = [change for event in applied for change in event["changes"]]
    assert all(event["rule"] for event in applied)
    assert all(change.keys() >= EVERY_CHANGE for change in changes)
    assert len(changes) == sum(len(story.changes) for story in told.values())
    text = "\n".join(server.err) + shown.stdout + shown.stderr
    assert not PERSONAL.findall(text)
    for secret in (TOKEN, CLIENT_SECRET, HOOK_SECRET):
        assert secret not in text
