"""Counts that must not creep up: API calls for a fixed mix of orders' lives."""

from __future__ import annotations

from pathlib import Path

from bigcommerce_sim import Settings
from happenings import live
from scenario import Scenario


def test_half_the_calls_of_one_read_per_event_and_one_write_per_change(tmp_path: Path) -> None:
    settings = Settings(
        plain_http_destinations=True,
        quota_requests=100_000,
        webhook_delay_s=1.0,
        webhook_jitter_s=0.5,
        webhook_duplicate_probability=0.1,
    )
    scenario = Scenario(tmp_path, settings=settings)

    for _ in range(20):
        live(scenario, apart_s=40)

    requests = [r for r in scenario.sim.journal.requests if "/hooks" not in r.path]
    changes = sum(request.method == "PUT" for request in requests)
    bare = len(scenario.ingested) + changes
    assert changes == 20
    assert len(requests) <= 0.5 * bare
