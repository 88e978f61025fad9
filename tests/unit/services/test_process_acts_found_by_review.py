"""Scenarios of actions that readers of the code found, each once a bug."""

from __future__ import annotations

from pathlib import Path

from scenario import Scenario

HEAD = "version: 1\nmode: live\ntime_zone: UTC\n"
WITH_MONEY = HEAD + "allow_payment_actions: true\n"
EVER = "on: [order_created, order_updated, status_updated]"
READY = f"{EVER}, when: {{status: Awaiting Fulfillment}}"


def rules(*entries: str, head: str = HEAD) -> str:
    return head + "rules:\n" + "".join(f"  - {entry}\n" for entry in entries)


def acts(scenario: Scenario, order: int) -> list[tuple[str, str, str]]:
    return [(line.rule, line.action, line.result.value) for line in scenario.lines(order)]


def touch(scenario: Scenario, order: int) -> None:
    """Let somebody edit the order, so that its rules are asked again."""
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, customer_message=f"at {scenario.clock.now():%H:%M:%S}")
    scenario.run()


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


def test_what_another_signal_made_meanwhile_is_not_made_again_as_owed(tmp_path: Path) -> None:
    when = "on: order_updated, when: {status: Partially Refunded}"
    scenario = Scenario(
        tmp_path,
        rules(
            f"{{name: tell, {when}, continue: true, do: [{{staff_note: seen}}]}}",
            f"{{name: back, {when}, do: [{{refund: {{amount: 5}}}}]}}",
            head=WITH_MONEY,
        ),
    )
    order = scenario.sim.shopper.place(total="40.00", status="Awaiting Payment")
    scenario.sim.shopper.pay(order)
    scenario.run()
    throttled = scenario.fault("bare_throttled", method="POST", path="*payment_actions/refunds")
    scenario.sim.staff.refund(order, 10)
    scenario.run(for_s=2 * 3600)  # the event is parked, and owes the refund
    scenario.sim.faults.remove(throttled)

    touch(scenario, order)
    scenario.clock.advance(3600)
    scenario.unpark()
    scenario.run()

    assert acts(scenario, order)[-1] == ("back", "refund", "applied")
    assert [refund.total_amount for refund in scenario.sim.world.refunds.of(order)] == [10, 5]
