"""`process` on the embedded backend and the simulated store: what a merchant would notice."""

from __future__ import annotations

from pathlib import Path

from scenario import Scenario

AWAITING_PAYMENT, AWAITING_FULFILLMENT, COMPLETED, SHIPPED, CANCELLED = 7, 11, 10, 2, 5

CHAIN = """
version: 1
mode: live
time_zone: UTC
rules:
  - name: paid-to-fulfilment
    on: [order_updated, status_updated, transaction_created]
    when: {status: Awaiting Payment, paid: true}
    do:
      - set_status: Awaiting Fulfillment
      - staff_note: "Paid; moved by rule {rule}."
  - name: on-to-shipping
    on: status_updated
    when: {status: Awaiting Fulfillment}
    do: [{set_status: Awaiting Shipment}]
"""


def test_a_shipped_order_becomes_completed_once(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    scenario.sim.staff.ship(order)

    scenario.run()

    assert scenario.status_of(order) == COMPLETED
    assert scenario.puts() == [{"status_id": COMPLETED}]
    assert scenario.results(order) == [("complete-when-shipped", "applied")]
    assert scenario.queue.depth().queued == 0


def test_a_line_says_which_rule_from_what_to_what_and_why(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    scenario.run()

    [line] = scenario.lines(order)

    assert (line.rule, line.rules_version) == ("complete-when-shipped", 1)
    assert (line.from_status_id, line.to_status_id) == (SHIPPED, COMPLETED)
    assert line.reason == "fully_shipped is true; status is Shipped"
    assert line.trigger in {"order_created", "order_updated", "status_updated", "shipment_created"}


def test_duplicates_change_nothing_more(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    attempts = scenario.sim.due()

    for attempt in [*attempts, *reversed(attempts)]:
        scenario.receive_webhook(attempt)
    scenario.run()
    scenario.clock.advance(5)
    scenario.sim.staff.edit(order, customer_message="hello")  # a reading in a later second
    scenario.run()
    before = len(scenario.outcomes)
    for attempt in attempts:
        scenario.receive_webhook(attempt)
    scenario.run()

    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]
    assert set(scenario.kinds()[before:]) == {"duplicate"}


def test_our_own_echo_costs_no_change_and_no_call_for_the_status_event(
    scenario: Scenario,
) -> None:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    scenario.run()

    echoes = [outcome for _, outcome in scenario.outcomes if outcome.kind == "echo"]

    assert len(echoes) == 1
    assert echoes[0].api_calls == 0


def test_a_chain_is_one_write_with_the_notes_of_all_steps(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CHAIN)
    order = scenario.sim.shopper.place(total="640.00")
    scenario.run()
    scenario.sim.shopper.pay(order, moves_status=False)

    scenario.run()

    assert scenario.puts() == [
        {"status_id": 9, "staff_notes": "Paid; moved by rule paid-to-fulfilment."}
    ]
    [line] = scenario.lines(order)
    assert line.path == ("paid-to-fulfilment", "on-to-shipping")
    assert (line.from_status_id, line.to_status_id, line.also) == (7, 9, ("staff_note",))


def test_after_our_own_change_rules_know_where_the_order_came_from(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        CHAIN.replace(
            "  - name: on-to-shipping",
            """  - name: note-the-way
    on: status_updated
    when: {previous_status: Awaiting Payment, status: Awaiting Fulfillment}
    do: [{staff_note: "Came from payment."}]
  - name: unused""",
        ).replace("{status: Awaiting Fulfillment}\n", "{status: Disputed}\n"),
    )
    order = scenario.sim.shopper.place(total="640.00")
    scenario.sim.shopper.pay(order, moves_status=False)

    scenario.run()

    assert [line.rule for line in scenario.lines(order)] == ["paid-to-fulfilment", "note-the-way"]


def test_a_note_alone_is_written_once_for_ever_and_carries_the_status(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        """
version: 1
mode: live
time_zone: UTC
rules:
  - name: note-big-orders
    on: [order_created, order_updated]
    when: {total: {over: 500}}
    do: [{staff_note: "Large order {order}."}]
""",
    )
    order = scenario.sim.shopper.place(total="640.00")
    scenario.run()

    for _ in range(3):
        scenario.clock.advance(60)
        scenario.sim.staff.edit(order, customer_message=f"at {scenario.clock.now()}")
        scenario.run()

    assert scenario.puts() == [{"status_id": 7, "staff_notes": f"Large order {order}."}]
    assert scenario.results(order) == [("note-big-orders", "applied")]


def test_a_staff_note_keeps_what_stands_there(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CHAIN)
    order = scenario.sim.shopper.place(total="10.00")
    scenario.sim.staff.edit(order, staff_notes="Call before delivery")
    scenario.sim.shopper.pay(order, moves_status=False)

    scenario.run()

    assert scenario.puts()[0]["staff_notes"] == (
        "Call before delivery\nPaid; moved by rule paid-to-fulfilment."
    )


def test_an_event_that_no_rule_could_match_costs_no_call(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    scenario.clock.advance(10)
    before = len(scenario.sim.journal.requests)
    scenario.sim.staff.edit(order, status="Disputed")
    scenario.deliver()

    statuses = [
        outcome
        for signal, outcome in scenario_worked(scenario)
        if signal.trigger.value == "status_updated"
    ]

    assert [outcome.kind for outcome in statuses] == ["no_rule"]
    reads = [r for r in list(scenario.sim.journal.requests)[before:] if r.method == "GET"]
    assert len(reads) <= 1  # the plain order_updated; the status event asked nothing


def test_a_late_event_never_moves_an_order_back(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    late = scenario.sim.due()
    scenario.clock.advance(3600)
    scenario.sim.staff.edit(order, status="Disputed")
    scenario.run()

    scenario.clock.advance(47 * 3600)
    for attempt in late:
        scenario.receive_webhook(attempt)
    scenario.run()

    assert scenario.status_of(order) == 13
    assert scenario.puts() == []


def test_an_order_that_cannot_be_read_yet_is_handled_once_it_can(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path)
    scenario.sim.settings.fresh_order_404_s = 45.0
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    placed_at = scenario.clock.now()

    scenario.run()

    [line] = scenario.lines(order)
    assert line.result.value == "applied"
    assert (line.at - placed_at).total_seconds() <= 45 + 30


def test_an_order_that_stays_away_for_an_hour_is_gone(scenario: Scenario) -> None:
    scenario.sim.settings.fresh_order_404_s = 100_000.0
    scenario.sim.shopper.place(status="Awaiting Fulfillment")

    scenario.run(for_s=7200)

    assert set(scenario.kinds()) <= {"again", "gone", "no_rule"}
    assert "gone" in scenario.kinds()
    assert scenario.queue.depth().queued == 0


def test_a_stale_reading_does_not_hide_a_change(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    scenario.sim.settings.read_lag_s = 10.0
    scenario.clock.advance(60)
    scenario.sim.staff.ship(order)

    scenario.run()

    assert scenario.status_of(order) == COMPLETED
    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)]


def test_an_archived_order_is_left_alone(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    scenario.sim.staff.archive(order)

    scenario.run()

    assert scenario.puts() == []
    assert "archived" in scenario.kinds()


def test_shadow_rules_say_what_they_would_do_and_write_nothing(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, CHAIN.replace("mode: live", "mode: shadow"))
    order = scenario.sim.shopper.place(total="640.00")
    scenario.sim.shopper.pay(order, moves_status=False)

    scenario.run()

    assert scenario.puts() == []
    assert ("paid-to-fulfilment", "would") in scenario.results(order)


def test_two_rules_that_undo_each_other_are_stopped(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        """
version: 1
mode: live
time_zone: UTC
rules:
  - name: there
    on: [order_updated, status_updated]
    when: {status: Awaiting Fulfillment}
    do: [{set_status: Awaiting Shipment}]
  - name: back
    on: [order_updated, status_updated]
    when: {status: Awaiting Shipment}
    do: [{set_status: Awaiting Fulfillment}]
""",
    )
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")

    scenario.run(for_s=6 * 3600)

    assert len(scenario.puts()) <= 4
    assert scenario.reviews()
    assert scenario.queue.depth().queued == 0
    assert order


def test_a_person_who_reverses_a_change_twice_is_left_in_peace(scenario: Scenario) -> None:
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.sim.staff.ship(order)
    scenario.run()

    for _ in range(4):
        scenario.clock.advance(600)
        scenario.sim.staff.edit(order, status="Shipped")
        scenario.run()

    assert scenario.our_writes(order) == [(SHIPPED, COMPLETED)] * 2
    assert scenario.status_of(order) == SHIPPED
    assert [review.kind for review in scenario.reviews()] == ["tug_of_war"]


def scenario_worked(scenario: Scenario) -> list[tuple]:  # type: ignore[type-arg]
    """Work until quiet and return what was worked on."""
    before = len(scenario.outcomes)
    scenario.run()
    return scenario.outcomes[before:]
