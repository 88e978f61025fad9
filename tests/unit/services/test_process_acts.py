"""Every action of a rule, against the simulated store: done once, with its own line."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders import an_order
from happenings import reconcile, requests_of, touch
from orderwarden.domain.line import Result
from orderwarden.domain.order_changes import Address
from orderwarden.domain.order_fields import order_changes
from rule_files import READY, WITH_MONEY, cancel_and_void, for_each_parcel, rule_file
from scenario import Scenario, die

SHIPPED, CANCELLED, COMPLETED, AWAITING_FULFILMENT = 2, 5, 10, 11


def on_paid(do: str, more: str = "") -> str:
    return rule_file(f"{{name: act, {READY}, do: {do}{more}}}")


def on_unpaid(do: str) -> str:
    entry = f"{{name: take, on: order_updated, when: {{status: Awaiting Payment}}, do: {do}}}"
    return rule_file(entry, head=WITH_MONEY)


def lines_of(scenario: Scenario, order: int) -> list[tuple[str, str]]:
    return [(line.action, line.result.value) for line in scenario.lines(order)]


def test_a_metafield_is_written_once_however_often_the_order_changes(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path, on_paid("[{metafield: {namespace: erp, key: sent, value: 'order {order}'}}]")
    )

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    touch(scenario, order)

    kept = scenario.sim.world.metafields.of(order)
    assert [(m.namespace, m.key, m.value) for m in kept] == [("erp", "sent", f"order {order}")]
    assert lines_of(scenario, order) == [("metafield", "applied")]


def test_a_parcel_is_made_once_and_the_status_left_to_the_store(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        on_paid("[{set_status: Completed}, {create_shipment: {tracking_number: 'T{order}'}}]"),
    )

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment", quantity=2)
    scenario.run()

    parcels = scenario.sim.world.shipments_of(order).of(order)
    assert [parcel.fields.tracking_number for parcel in parcels] == [f"T{order}"]
    assert scenario.status_of(order) == SHIPPED
    assert lines_of(scenario, order) == [
        ("create_shipment", "applied"),
        ("set_status", "blocked"),
    ]
    assert scenario.lines(order)[1].reason == "moved_by_store"
    assert requests_of(scenario, "PUT", f"/v2/orders/{order}") == 0


def test_an_order_with_two_addresses_gets_a_parcel_and_a_line_for_each(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, on_paid("[create_shipment]"))

    order = scenario.sim.shopper.place(
        status="Awaiting Fulfillment", items=[("SKU-202", 1), ("SKU-203", 2)], addresses=2
    )
    scenario.run()

    assert lines_of(scenario, order) == [("create_shipment", "applied")] * 2
    assert len(scenario.sim.world.shipments_of(order).of(order)) == 2


def test_fields_status_and_note_are_one_put_and_one_line(tmp_path: Path) -> None:
    do = (
        "[{update_order: {external_order_id: 'E-7'}}, {staff_note: by {rule}}, "
        "{set_status: Completed}]"
    ).replace("by {rule}", "'by {rule}'")
    scenario = Scenario(tmp_path, on_paid(do))

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()

    [put] = scenario.puts()
    assert put == {"status_id": COMPLETED, "staff_notes": "by act", "external_order_id": "E-7"}
    [line] = scenario.lines(order)
    assert (line.action, line.also) == ("set_status", ("update_order", "staff_note"))


def test_a_part_of_the_billing_address_is_sent_with_the_zip_that_the_store_wants(
    tmp_path: Path,
) -> None:
    do = "[{update_order: {billing_address: {city: Mockville}}}]"
    scenario = Scenario(tmp_path, on_paid(do, ", limit: {approve_after: none}"))

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    zip_code = scenario.sim.order(order).billing_address.zip
    scenario.run()

    [put] = scenario.puts()
    assert put["billing_address"] == {"city": "Mockville", "zip": zip_code}
    assert lines_of(scenario, order) == [("update_order", "applied")]


@pytest.mark.parametrize(("shown", "sent"), [("AB1", "AB1"), ("", ""), (None, ""), (17, "")])
def test_a_zip_that_the_order_does_not_show_is_sent_empty_for_the_store_to_judge(
    shown: object, sent: str
) -> None:
    order = an_order(billing_address={"city": "Austin", "zip": shown})
    fields = {"billing_address.city": "Mockville"}

    changes = order_changes(fields, order, status_id=11, staff_notes=None)

    assert changes.billing_address == Address(city="Mockville", zip=sent)


def test_a_zip_that_the_rule_names_is_sent_and_not_the_one_of_the_order() -> None:
    order = an_order(billing_address={"city": "Austin", "zip": "78701"})

    changes = order_changes(
        {"billing_address.zip": "10001"}, order, status_id=11, staff_notes=None
    )

    assert changes.billing_address == Address(zip="10001")


def test_a_notice_is_told_once_after_the_change_it_tells_of(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path, on_paid("[{notify: 'Order {order} is done'}, {set_status: Completed}]")
    )

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    touch(scenario, order)

    assert lines_of(scenario, order) == [("set_status", "applied"), ("notify", "applied")]
    assert scenario.notices.kinds == ["rule"]


def test_a_held_order_is_left_alone_until_a_person_has_looked(tmp_path: Path) -> None:
    scenario = Scenario(
        tmp_path,
        rule_file(
            "{name: stop, on: order_created, when: {total: {over: 100}}, do: [{hold: 'large'}]}",
            "{name: go, on: [order_updated], when: {status: Awaiting Fulfillment}, "
            "do: [{set_status: Completed}]}",
        ),
    )

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment", total="640.00")
    scenario.run()
    touch(scenario, order)

    assert scenario.status_of(order) == AWAITING_FULFILMENT
    assert [review.kind for review in scenario.reviews()] == ["hold"]
    assert ("go", "blocked") in scenario.results(order)


def test_what_is_authorised_is_captured_once_for_ever(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, on_unpaid("[capture]"))
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.sim.shopper.authorise(order)

    scenario.run()
    touch(scenario, order)

    assert lines_of(scenario, order) == [("capture", "applied")]
    assert requests_of(scenario, "POST", "/payment_actions/capture") == 1


@pytest.mark.parametrize("action", ["capture", "void"])
def test_nothing_is_captured_or_voided_where_nothing_is_authorised(
    tmp_path: Path, action: str
) -> None:
    scenario = Scenario(tmp_path, on_unpaid(f"[{action}]"))

    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.run()
    touch(scenario, order)

    assert [(x.result, x.reason) for x in scenario.lines(order)] == [
        (Result.BLOCKED, "nothing_authorised")
    ]
    assert requests_of(scenario, "POST", f"/payment_actions/{action}") == 0


@pytest.mark.parametrize("effect", ["none", "done", "late"])
@pytest.mark.parametrize("answer", ["timeout", "html"])
def test_a_capture_whose_answer_was_lost_is_never_sent_again(
    tmp_path: Path, answer: str, effect: str
) -> None:
    scenario = Scenario(tmp_path, on_unpaid("[capture]"))
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.sim.shopper.authorise(order)
    scenario.fault(answer, effect=effect, method="POST", path="*capture", status=200, times=1)

    scenario.run()
    touch(scenario, order)

    took = effect != "none"
    assert lines_of(scenario, order) == [("capture", "recovered" if took else "unconfirmed")]
    assert requests_of(scenario, "POST", "/payment_actions/capture") == 1
    assert [review.kind for review in scenario.reviews()] == ([] if took else ["unconfirmed"])


def test_an_authorisation_is_voided_before_its_order_is_cancelled(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_and_void())
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.sim.shopper.authorise(order)
    scenario.run()

    touch(scenario, order)

    assert lines_of(scenario, order) == [("void", "applied"), ("set_status", "applied")]
    assert scenario.status_of(order) == CANCELLED


def test_an_order_paid_meanwhile_is_neither_voided_nor_cancelled(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, cancel_and_void())
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.sim.shopper.pay(order, moves_status=False)
    scenario.run()

    touch(scenario, order)

    assert [(x.action, x.reason) for x in scenario.lines(order)] == [
        ("void", "nothing_authorised")
    ]


def refunding(tmp_path: Path, what: str) -> tuple[Scenario, int]:
    scenario = Scenario(
        tmp_path,
        rule_file(
            "{name: back, on: order_updated, when: {status: Disputed}, "
            f"do: [{{refund: {what}}}]}}",
            head=WITH_MONEY,
        ),
    )
    order = scenario.sim.shopper.place(total="40.00", status="Awaiting Payment")
    scenario.sim.shopper.pay(order)
    scenario.run()
    scenario.clock.advance(60)
    scenario.sim.staff.edit(order, status="Disputed")
    return scenario, order


def test_all_that_is_left_is_refunded_by_quote_once(tmp_path: Path) -> None:
    scenario, order = refunding(tmp_path, "all")

    scenario.run()
    touch(scenario, order)

    assert lines_of(scenario, order) == [("refund", "applied")]
    assert requests_of(scenario, "POST", "/refund_quotes") == 1
    assert requests_of(scenario, "POST", "/refunds") == 1


def test_more_than_is_left_is_not_refunded(tmp_path: Path) -> None:
    scenario, order = refunding(tmp_path, "{amount: 40.01}")

    scenario.run()

    assert [(x.result, x.reason) for x in scenario.lines(order)] == [
        (Result.BLOCKED, "more_than_is_left")
    ]
    assert requests_of(scenario, "POST", "/refunds") == 0


def test_a_quote_that_is_refused_asks_a_person_in_the_stores_words(tmp_path: Path) -> None:
    scenario, order = refunding(tmp_path, "all")
    scenario.fault("status", method="POST", path="*/refund_quotes", status=422)

    scenario.run()

    (review,) = scenario.reviews()
    assert lines_of(scenario, order) == [("refund", "blocked")]
    assert review.kind == "quote_refused"
    assert review.detail.endswith("until a person decides. The store said: Injected fault")


@pytest.mark.parametrize(("effect", "result"), [("done", "recovered"), ("none", "unconfirmed")])
def test_a_refund_whose_answer_was_lost_is_never_sent_again(
    tmp_path: Path, effect: str, result: str
) -> None:
    scenario, order = refunding(tmp_path, "{amount: 15}")
    scenario.fault(
        "timeout", effect=effect, method="POST", path="*payment_actions/refunds", times=1
    )

    scenario.run()
    touch(scenario, order)

    assert lines_of(scenario, order) == [("refund", result)]
    assert requests_of(scenario, "POST", "/refunds") == 1


def test_a_refused_capture_keeps_the_status_that_rests_on_it(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, on_unpaid("[capture, {set_status: Awaiting Fulfillment}]"))
    order = scenario.sim.shopper.place(status="Awaiting Payment")
    scenario.sim.shopper.authorise(order)
    scenario.fault("status", status=422, method="POST", path="*capture", times=1)

    scenario.run()
    for _ in range(3):
        scenario.clock.advance(30 * 3600)
        touch(scenario, order)

    assert lines_of(scenario, order) == [("capture", "failed")]
    assert scenario.puts() == []


def test_rules_below_one_that_continues_act_on_the_same_reading(tmp_path: Path) -> None:
    on = "on: order_updated, when: {status: Awaiting Fulfillment}"
    scenario = Scenario(
        tmp_path,
        rule_file(
            f"{{name: first, {on}, continue: true, do: [{{set_status: Completed}}]}}",
            f"{{name: second, {on}, do: [{{staff_note: 'was {{from}}'}}]}}",
        ),
    )

    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.run()
    touch(scenario, order)

    assert scenario.results(order) == [("first", "applied"), ("second", "applied")]
    assert [put.get("staff_notes") for put in scenario.puts()] == [
        None,
        "was Awaiting Fulfillment",
    ]
    assert [put["status_id"] for put in scenario.puts()] == [COMPLETED, COMPLETED]


def test_a_note_is_repeated_for_each_parcel(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, for_each_parcel("[{staff_note: parcel}]"))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment", quantity=2)
    scenario.run()

    for _ in range(2):
        scenario.clock.advance(60)
        scenario.sim.staff.ship(order, pieces=1)
        scenario.run()
    touch(scenario, order)

    assert lines_of(scenario, order) == [("staff_note", "applied")] * 2


def test_a_reconciliation_makes_up_for_every_parcel_that_was_missed(tmp_path: Path) -> None:
    scenario = Scenario(tmp_path, for_each_parcel("[{notify: parcel}]"))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment", quantity=2)
    for _ in range(2):
        scenario.sim.staff.ship(order, pieces=1)

    reconcile(scenario, order)

    assert lines_of(scenario, order) == [("notify", "applied")] * 2


def test_what_is_left_of_a_decision_is_made_up_for_after_a_death(tmp_path: Path) -> None:
    do = "[{set_status: Completed}, {metafield: {namespace: a, key: b, value: c}}, {notify: done}]"
    scenario = Scenario(tmp_path, on_paid(do))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.adapter.once_before("POST", die, "/metafields")

    scenario.crash(scenario.run)
    scenario.run()

    assert lines_of(scenario, order) == [
        ("set_status", "applied"),
        ("metafield", "applied"),
        ("notify", "applied"),
    ]
    assert len(scenario.puts()) == 1
    assert scenario.notices.kinds == ["rule"]


def test_what_is_left_waits_while_the_store_is_throttled(tmp_path: Path) -> None:
    do = "[{set_status: Completed}, {metafield: {namespace: a, key: b, value: c}}]"
    scenario = Scenario(tmp_path, on_paid(do))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.fault("bare_throttled", method="POST", path="*metafields", times=3)

    scenario.run()

    assert lines_of(scenario, order) == [("set_status", "applied"), ("metafield", "applied")]
    assert len(scenario.puts()) == 1


@pytest.mark.parametrize("effect", ["none", "done", "late"])
def test_a_parcel_whose_answer_was_lost_is_made_once(tmp_path: Path, effect: str) -> None:
    scenario = Scenario(tmp_path, on_paid("[create_shipment, {staff_note: sent}]"))
    order = scenario.sim.shopper.place(status="Awaiting Fulfillment")
    scenario.fault("timeout", effect=effect, method="POST", path="*shipments", times=1)

    scenario.run()

    assert len(scenario.sim.world.shipments_of(order).of(order)) == 1
    assert [line.action for line in scenario.lines(order)] == ["create_shipment", "staff_note"]
    assert scenario.sim.order(order).staff_notes == "sent"
