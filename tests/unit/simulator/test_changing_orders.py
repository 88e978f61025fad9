"""`PUT /v2/orders/{id}`: what it takes, what it refuses, what follows."""

from __future__ import annotations

import pytest
from unit.simulator.calls import Sim


def scopes(bodies: list[dict[str, object]]) -> list[str]:
    return [str(body["scope"]) for body in bodies]


def test_a_status_is_changed_and_the_whole_order_returned(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.clock.turn(90.7)

    answer = sim.put(f"/v2/orders/{order_id}", {"status_id": 11})

    assert answer.status == 200
    assert (answer.body["status_id"], answer.body["status"]) == (11, "Awaiting Fulfillment")
    assert answer.body["date_modified"] == "Mon, 05 Jan 2026 09:01:30 +0000"
    assert answer.body["date_created"] == "Mon, 05 Jan 2026 09:00:00 +0000"


def test_a_status_change_publishes_updated_and_status_updated(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.hook()
    sim.put(f"/v2/orders/{order_id}", {"status_id": 11})

    updated, status_updated = sim.delivered()

    assert updated["scope"] == "store/order/updated"
    assert updated["data"] == {"type": "order", "id": order_id}
    assert status_updated["scope"] == "store/order/statusUpdated"
    assert status_updated["data"] == {
        "type": "order",
        "id": order_id,
        "status": {"previous_status_id": 7, "new_status_id": 11},
    }


def test_a_status_updated_may_come_without_the_statuses(sim: Sim) -> None:
    sim.settings.status_block_probability = 0.0
    order_id = sim.store.shopper.place()
    sim.hook("store/order/statusUpdated")
    sim.put(f"/v2/orders/{order_id}", {"status_id": 11})

    (body,) = sim.delivered()

    assert body["data"] == {"type": "order", "id": order_id}


def test_a_put_with_a_read_only_field_fails_whole(sim: Sim) -> None:
    order_id = sim.store.shopper.place()

    answer = sim.put(f"/v2/orders/{order_id}", {"status_id": 11, "total_tax": "1.0000"})

    assert answer.status == 400
    assert answer.body == [
        {
            "status": 400,
            "message": "The field 'total_tax' cannot be written to. "
            "Please remove it from your request before trying again.",
        }
    ]
    assert sim.store.order(order_id).status_id == 7


def test_putting_back_what_was_read_is_refused(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    body = sim.get(f"/v2/orders/{order_id}").body

    assert sim.put(f"/v2/orders/{order_id}", body).status == 400


@pytest.mark.parametrize("status_id", [-1, 15, 99, "11", 11.0, True, None, [11]])
def test_a_status_that_is_not_one_of_the_fifteen_is_refused(sim: Sim, status_id: object) -> None:
    order_id = sim.store.shopper.place()

    answer = sim.put(f"/v2/orders/{order_id}", {"status_id": status_id})

    assert answer.status == 400
    assert sim.store.order(order_id).status_id == 7


@pytest.mark.parametrize("status_id", range(15))
def test_every_status_can_be_set_from_any_other(sim: Sim, status_id: int) -> None:
    order_id = sim.store.shopper.place(status=(status_id + 1) % 15)

    assert sim.put(f"/v2/orders/{order_id}", {"status_id": status_id}).status == 200
    assert sim.store.order(order_id).status_id == status_id


def test_the_status_by_name_is_no_way_to_write(sim: Sim) -> None:
    order_id = sim.store.shopper.place()

    assert sim.put(f"/v2/orders/{order_id}", {"status": "Shipped"}).status == 400


def test_the_same_status_again_changes_nothing_and_tells_nobody(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.hook()
    sim.clock.turn(60)

    answer = sim.put(f"/v2/orders/{order_id}", {"status_id": 7})

    assert answer.body["date_modified"] == "Mon, 05 Jan 2026 09:00:00 +0000"
    assert sim.delivered() == []


def test_the_same_status_again_can_be_set_to_count_as_a_change(sim: Sim) -> None:
    sim.settings.same_status_put_modifies = True
    order_id = sim.store.shopper.place()
    sim.hook()
    sim.clock.turn(60)

    answer = sim.put(f"/v2/orders/{order_id}", {"status_id": 7})

    assert answer.body["date_modified"] == "Mon, 05 Jan 2026 09:01:00 +0000"
    assert scopes(sim.delivered()) == ["store/order/updated"]


def test_a_put_without_status_leaves_it_alone(sim: Sim) -> None:
    order_id = sim.store.shopper.place(status="Shipped")

    sim.put(f"/v2/orders/{order_id}", {"staff_notes": "x"})

    assert sim.store.order(order_id).status_id == 2


def test_a_put_without_status_can_be_set_to_fall_back_to_pending(sim: Sim) -> None:
    sim.settings.put_without_status = "pending"
    order_id = sim.store.shopper.place(status="Shipped")

    sim.put(f"/v2/orders/{order_id}", {"staff_notes": "x"})

    assert sim.store.order(order_id).status_id == 1


def test_staff_notes_hold_65535_characters_and_not_one_more(sim: Sim) -> None:
    order_id = sim.store.shopper.place()

    assert sim.put(f"/v2/orders/{order_id}", {"staff_notes": "x" * 65535}).status == 200
    assert sim.put(f"/v2/orders/{order_id}", {"staff_notes": "x" * 65536}).status == 400


def test_an_unknown_field_is_refused(sim: Sim) -> None:
    order_id = sim.store.shopper.place()

    answer = sim.put(f"/v2/orders/{order_id}", {"colour": "red"})

    assert answer.status == 400
    assert answer.body[0]["message"] == "The field 'colour' is not supported by this resource."


def test_totals_are_written_in_pairs_only(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    path = f"/v2/orders/{order_id}"

    alone = sim.put(path, {"total_inc_tax": "50"})
    together = sim.put(path, {"total_inc_tax": "50", "total_ex_tax": "40"})

    assert alone.status == 400
    assert together.body["total_inc_tax"] == "50.0000"
    assert together.body["total_tax"] == "10.0000"


def test_the_merchants_external_id_is_written_once(sim: Sim) -> None:
    path = f"/v2/orders/{sim.store.shopper.place()}"

    assert sim.put(path, {"external_merchant_id": "A"}).status == 200
    assert sim.put(path, {"external_merchant_id": "B"}).status == 400
    assert sim.put(path, {"external_order_id": "A"}).status == 200
    assert sim.put(path, {"external_order_id": "B"}).status == 200


def test_one_kind_of_ip_address_clears_the_other(sim: Sim) -> None:
    path = f"/v2/orders/{sim.store.shopper.place()}"
    sim.put(path, {"ip_address": "192.0.2.1"})

    body = sim.put(path, {"ip_address_v6": "2001:db8::1"}).body

    assert (body["ip_address"], body["ip_address_v6"]) == ("", "2001:db8::1")


def test_products_are_patched_and_totals_worked_out_anew(sim: Sim) -> None:
    order_id = sim.store.shopper.place(total="10")
    path = f"/v2/orders/{order_id}"
    line_id = sim.store.order(order_id).lines[0].id
    custom = {"name": "Box", "quantity": 2, "price_inc_tax": 3, "price_ex_tax": 2.5}

    added = sim.put(path, {"products": [custom]}).body
    changed = sim.put(path, {"products": [{"id": line_id, "quantity": 3}]}).body
    removed = sim.put(path, {"products": [{"id": line_id, "quantity": 0}]}).body

    assert (added["total_inc_tax"], added["items_total"]) == ("16.0000", 3)
    assert changed["total_inc_tax"] == "36.0000"
    assert (removed["total_inc_tax"], removed["items_total"]) == ("6.0000", 2)


def test_a_fee_that_is_named_by_its_id_stays_and_others_go(sim: Sim) -> None:
    path = f"/v2/orders/{sim.store.shopper.place(total='20.00')}"
    one, other = {"display_name_customer": "Rush"}, {"display_name_customer": "Ice"}
    first = sim.put(path, {"fees": [{**one, "cost_ex_tax": 3}, {**other, "cost_ex_tax": 4}]})
    fees = sim.get(f"{path}/fees").body["fees"]

    kept = {"id": fees[0]["id"], **one, "display_name_merchant": "rush", "tax_class_id": 2}
    sim.put(path, {"fees": [{**kept, "cost_ex_tax": "5.00"}]})

    (fee,) = sim.get(f"{path}/fees").body["fees"]
    assert first.status == 200
    assert fee == {
        "id": fees[0]["id"],
        "type": "custom_fee",
        "display_name_customer": "Rush",
        "display_name_merchant": "rush",
        "source": "",
        "base_cost": "5.0000",
        "cost_ex_tax": "5.0000",
        "cost_inc_tax": "5.0000",
        "cost_tax": "0.0000",
        "tax_class_id": 2,
    }


@pytest.mark.parametrize(
    ("fee", "message"),
    [
        ({"colour": "red"}, "The field 'colour' is not supported by this resource."),
        ({"id": 77}, "The field 'fees.id' is invalid."),
        ({"id": []}, "The field 'fees.id' is invalid."),
        ({"type": "tip"}, "The field 'fees' is invalid."),
        ({"cost_ex_tax": "dear"}, "The field 'fees' is invalid."),
        ({"tax_class_id": "2"}, "The field 'fees' is invalid."),
    ],
)
def test_a_fee_that_cannot_be_is_400(sim: Sim, fee: dict[str, object], message: str) -> None:
    order_id = sim.store.shopper.place()

    answer = sim.put(f"/v2/orders/{order_id}", {"fees": [fee]})

    assert (answer.status, answer.body[0]["message"]) == (400, message)


def test_an_empty_change_changes_nothing_and_tells_nobody(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    (shipment_id,) = sim.store.staff.ship(order_id)
    address_id = sim.store.order(order_id).addresses[0].id
    mark = {"permission_set": "read", "namespace": "app", "key": "seen", "value": "yes"}
    made = sim.post(f"/v3/orders/{order_id}/metafields", mark).body["data"]["id"]
    before, told = sim.store.order(order_id), len(sim.store.journal.events)
    sim.clock.turn(60)

    answers = [
        sim.put(f"/v2/orders/{order_id}", {}),
        sim.put(f"/v2/orders/{order_id}/shipping_addresses/{address_id}", {}),
        sim.put(f"/v2/orders/{order_id}/shipments/{shipment_id}", {}),
        sim.put(f"/v3/orders/{order_id}/metafields/{made}", {}),
    ]

    assert [answer.status for answer in answers] == [200] * 4
    assert sim.store.order(order_id) == before
    assert len(sim.store.journal.events) == told


def test_fees_are_replaced_whole(sim: Sim) -> None:
    path = f"/v2/orders/{sim.store.shopper.place(total='10')}"
    fee = {
        "type": "custom_fee",
        "display_name_customer": "Wrap",
        "cost_ex_tax": 1,
        "cost_inc_tax": 2,
    }

    with_fee = sim.put(path, {"fees": [fee]}).body
    without = sim.put(path, {"fees": []}).body

    assert with_fee["total_inc_tax"] == "12.0000"
    assert without["total_inc_tax"] == "10.0000"


def test_archiving_by_put_or_delete_is_the_same(sim: Sim) -> None:
    first, second = sim.store.shopper.place(), sim.store.shopper.place()
    sim.hook("store/order/archived")

    by_put = sim.put(f"/v2/orders/{first}", {"is_deleted": True})
    by_delete = sim.delete(f"/v2/orders/{second}")

    assert (by_put.status, by_put.body["is_deleted"]) == (200, True)
    assert by_delete.status == 204
    assert sim.get(f"/v2/orders/{second}").body["is_deleted"] is True
    assert scopes(sim.delivered()) == ["store/order/archived"] * 2


def test_a_put_on_an_archived_order_is_taken_refused_or_brings_it_back(sim: Sim) -> None:
    path = f"/v2/orders/{sim.store.shopper.place()}"
    sim.delete(path)

    taken = sim.put(path, {"status_id": 11})
    sim.settings.archived_put = "refuse"
    refused = sim.put(path, {"status_id": 10})
    sim.settings.archived_put = "resurrect"
    brought_back = sim.put(path, {"status_id": 9})

    assert (taken.status, taken.body["is_deleted"]) == (200, True)
    assert refused.status == 400
    assert (brought_back.body["is_deleted"], brought_back.body["status_id"]) == (False, 9)


def test_customers_are_mailed_for_ticked_statuses_only(sim: Sim) -> None:
    order_id = sim.store.shopper.place(customer_id=5)
    sim.settings.emailed_statuses = frozenset({10})

    sim.put(f"/v2/orders/{order_id}", {"status_id": 11})
    sim.put(f"/v2/orders/{order_id}", {"status_id": 10})

    (mail,) = sim.store.journal.emails
    assert (mail.to, mail.kind) == ("customer5@example.com", "status")
    assert (mail.order_id, mail.status_id) == (order_id, 10)


def test_a_write_is_on_record_with_both_statuses_and_its_request(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.get("/v2/time")

    sim.put(f"/v2/orders/{order_id}", {"status_id": 5})

    write = sim.store.journal.writes_of(order_id)[-1]
    assert (write.actor, write.action) == ("api:client-1", "order.update")
    assert (write.before_status, write.after_status) == (7, 5)
    assert write.changes == {"status_id": 5}
    assert write.request == 2
    assert write.moment == sim.clock.now()


def test_a_refused_put_is_no_write(sim: Sim) -> None:
    order_id = sim.store.shopper.place()

    sim.put(f"/v2/orders/{order_id}", {"status_id": 99})

    assert [write.action for write in sim.store.journal.writes] == ["order.create"]


def test_status_changes_are_in_the_system_log(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.put(f"/v2/orders/{order_id}", {"status_id": 11})

    plus = sim.get("/v3/store/systemlogs", "module=order+status").body["data"]
    twice = sim.get("/v3/store/systemlogs", "module=order%2Bstatus").body["data"]
    other = sim.get("/v3/store/systemlogs", "module=email+message").body["data"]

    assert [row["summary"] for row in plus] == [
        f"Order #{order_id}: Awaiting Payment to Awaiting Fulfillment"
    ]
    assert plus == twice
    assert isinstance(plus[0]["severity"], str)
    assert other == []


def test_an_address_without_an_id_is_one_more(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    path = f"/v2/orders/{order_id}"

    added = sim.put(path, {"shipping_addresses": [{"city": "Mockville", "zip": "10001"}]})
    unknown = sim.put(path, {"shipping_addresses": [{"id": 1, "city": "Mockville"}]})

    assert added.body["shipping_address_count"] == 2
    first, second = sim.get(f"{path}/shipping_addresses").body
    assert (first["items_total"], second["items_total"]) == (1, 0)
    assert second["city"] == "Mockville"
    assert unknown.status == 400


def test_a_billing_address_is_changed_in_parts_which_name_its_zip(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    path = f"/v2/orders/{order_id}"
    before = sim.get(path).body["billing_address"]

    without = sim.put(path, {"billing_address": {"city": "Mockville"}})
    changed = sim.put(path, {"billing_address": {"city": "Mockville", "zip": before["zip"]}})

    assert without.status == 400
    assert without.body[0]["message"] == "The field 'billing_address.zip' is invalid."
    assert changed.body["billing_address"] == {**before, "city": "Mockville"}


@pytest.mark.parametrize("raw", ['{"staff_notes": "é"}'.encode(e) for e in ("utf-16", "latin-1")])
def test_a_body_is_utf_8(sim: Sim, raw: bytes) -> None:
    order_id = sim.store.shopper.place()

    assert sim.put(f"/v2/orders/{order_id}", None, raw=raw).status == 400
