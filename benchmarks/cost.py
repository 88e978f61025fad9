"""What a million webhooks cost on AWS: operations counted over orders' lives, times list prices.

Run it with the environment of the tests: `.venv/bin/python benchmarks/cost.py`. Nothing is timed
but by the prices: the counts are the same on every machine. Times and log lines are assumed, and
named below. Prices are those of us-east-1, without free tiers: check them before you rely on them.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "tests")]

import aws_stand_in  # noqa: E402  from tests/
from dynamodb_backend import Dynamo, dynamo  # noqa: E402
from fakes import TurnableClock  # noqa: E402
from happenings import live  # noqa: E402
from orderwarden.adapters.dynamodb_receipts import DynamoReceipts  # noqa: E402
from scenario import Scenario, Tables  # noqa: E402
from write_units import WriteUnits  # noqa: E402

LIVES = 20
INGEST_S, INGEST_GB = 0.015, 0.25
PROCESS_S, PROCESS_GB = 0.25, 0.5
"""Seconds of a warm webhook, and of one call to the store that a signal waits for: assumed."""

BATCH = 3
"""Signals a batch holds at low traffic: assumed; up to 10 when it is busy."""

LOG_KB = {"ingest": 0.9, "process": 1.0, "gateway": 0.45}
"""What one webhook, one signal and one request log, with Lambda's own lines: measured once."""

PRICES = {
    "HTTP API requests": 1.00 / 1e6,
    "Lambda requests": 0.20 / 1e6,
    "Lambda GB-seconds (arm64)": 0.0000133334,
    "SQS FIFO requests": 0.50 / 1e6,
    "DynamoDB write units": 0.625 / 1e6,
    "DynamoDB read units": 0.125 / 1e6,
    "CloudWatch log GB": 0.50,
}


def read_units(operations: Counter[str]) -> float:
    """Return the read units of so many consistent reads of items below 4 KB."""
    return float(sum(operations[name] for name in ("GetItem", "Query", "BatchGetItem")))


def count(tables: Dynamo, folder: Path) -> tuple[int, int, float, float, int]:
    """Return webhooks, changes, write units, read units and API calls of the lives."""
    operations: Counter[str] = Counter()

    def called(model: object, **_: object) -> None:
        operations[getattr(model, "name", "")] += 1

    def adapters(clock: TurnableClock) -> Tables:
        receipts = DynamoReceipts(tables.client, aws_stand_in.RECEIPTS, clock)
        return Tables(receipts, tables.changelog, tables.state)

    scenario = Scenario(folder, tables=adapters)
    units = WriteUnits(tables.client)
    tables.client.meta.events.register("before-call.dynamodb.*", called)
    for _ in range(LIVES):
        live(scenario, apart_s=600)
    calls = sum("/hooks" not in request.path for request in scenario.sim.journal.requests)
    return (
        len(scenario.ingested),
        len(scenario.puts()),
        float(units.total),
        read_units(operations),
        calls,
    )


def main() -> None:
    """Print the table."""
    with dynamo() as tables, tempfile.TemporaryDirectory() as folder:
        webhooks, changes, writes, reads, calls = count(tables, Path(folder))
    million = 1e6 / webhooks
    batches = math.ceil(1e6 / BATCH)
    amounts = {
        "HTTP API requests": 1e6,
        "Lambda requests": 1e6 + batches,
        "Lambda GB-seconds (arm64)": 1e6 * INGEST_S * INGEST_GB
        + calls * million * PROCESS_S * PROCESS_GB,
        "SQS FIFO requests": 1e6 + 2 * batches,
        "DynamoDB write units": writes * million,
        "DynamoDB read units": reads * million,
        "CloudWatch log GB": 1e6 * sum(LOG_KB.values()) / 1e6,
    }
    print(f"{webhooks} webhooks of {LIVES} orders: {changes} changes, {calls} API calls")
    total = 0.0
    for name, amount in amounts.items():
        cost = amount * PRICES[name]
        total += cost
        print(f"| {name} | {amount:,.0f} | ${cost:.2f} |")
    print(f"| **total** | | **${total:.2f}** |")


if __name__ == "__main__":
    main()
