"""Scenarios of actions that readers of the code found, each once a bug."""

from __future__ import annotations

from pathlib import Path

from scenario import Scenario

HEAD = "version: 1\nmode: live\ntime_zone: UTC\n"
EVER = "on: [order_created, order_updated, status_updated]"
READY = f"{EVER}, when: {{status: Awaiting Fulfillment}}"


def rules(*entries: str, head: str = HEAD) -> str:
    return head + "rules:\n" + "".join(f"  - {entry}\n" for entry in entries)


def test_a_shadow_rule_below_one_that_continues_writes_nothing(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        rules(
            f"{{name: first, {READY}, continue: true, do: [{{staff_note: one}}]}}",
            f"{{name: tried, {READY}, mode: shadow, do: [{{staff_note: two}}, create_shipment]}}",
            f"{{name: last, {READY}, do: [{{notify: three}}]}}",
        ),
    )

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()

    assert scenario.sim.order(order).staff_notes == "one"
    assert scenario.sim.world.shipments_of(order).of(order) == []
    assert sorted(scenario.results(order)) == [
        ("first", "applied"),
        ("last", "applied"),
        ("tried", "would"),
    ]
