"""Transactions, captures and voids."""

from __future__ import annotations

from unit.simulator.calls import Sim


def payment_status(sim: Sim, order_id: int) -> str:
    return str(sim.get(f"/v2/orders/{order_id}").body["payment_status"])


def test_an_order_without_transactions_answers_204(sim: Sim) -> None:
    order_id = sim.store.shopper.place()

    assert sim.get(f"/v3/orders/{order_id}/transactions").status == 204
    assert sim.get("/v3/orders/5/transactions").status == 404


def test_paying_makes_a_purchase_and_lets_the_order_go_on(sim: Sim) -> None:
    order_id = sim.store.shopper.place(total="69.84")
    number = sim.store.shopper.pay(order_id)

    body = sim.get(f"/v3/orders/{order_id}/transactions").body

    (transaction,) = body["data"]
    assert (transaction["id"], transaction["order_id"]) == (number, str(order_id))
    assert (transaction["event"], transaction["status"]) == ("purchase", "ok")
    assert (transaction["amount"], transaction["currency"]) == (69.84, "USD")
    assert transaction["date_created"] == "2026-01-05T09:00:00+00:00"
    assert body["meta"]["pagination"]["total"] == 1
    assert sim.store.order(order_id).status_id == 11
    assert payment_status(sim, order_id) == "captured"


def test_an_order_goes_on_when_all_of_it_is_paid(sim: Sim) -> None:
    order_id = sim.store.shopper.place(total="20")

    sim.store.shopper.pay(order_id, "12")
    after_a_part = sim.store.order(order_id).status_id
    sim.store.shopper.pay(order_id, "8")

    assert (after_a_part, sim.store.order(order_id).status_id) == (7, 11)


def test_a_paid_digital_order_is_completed_at_once(sim: Sim) -> None:
    order_id = sim.store.shopper.place(kind="digital")

    sim.store.shopper.pay(order_id)

    assert sim.store.order(order_id).status_id == 10


def test_a_transaction_is_told_with_ids_as_text(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.hook("store/order/transaction/created")
    number = sim.store.shopper.pay(order_id)

    (body,) = sim.delivered()

    assert body["data"]["order_id"] == str(order_id)
    assert body["data"]["transaction_id"] == str(number)
    assert (body["data"]["type"], body["data"]["transaction_type"]) == ("transaction", "purchase")
    assert "id" not in body["data"]


def test_a_paid_order_can_be_left_stuck(sim: Sim) -> None:
    order_id = sim.store.shopper.place(status="Incomplete")

    sim.store.shopper.pay(order_id, moves_status=False)

    assert sim.store.order(order_id).status_id == 0


def test_a_declined_payment_is_a_transaction_in_error(sim: Sim) -> None:
    order_id = sim.store.shopper.place()

    sim.store.shopper.fail_payment(order_id)

    (transaction,) = sim.get(f"/v3/orders/{order_id}/transactions").body["data"]
    assert transaction["status"] == "error"
    assert payment_status(sim, order_id) == "declined"
    assert sim.store.order(order_id).status_id == 7


def test_an_authorised_order_awaits_payment(sim: Sim) -> None:
    order_id = sim.store.shopper.place(status="Incomplete")

    sim.store.shopper.authorise(order_id)

    assert sim.store.order(order_id).status_id == 7
    assert payment_status(sim, order_id) == "authorized"


def test_a_capture_is_pending_first_and_done_later(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.store.shopper.authorise(order_id)

    answer = sim.post(f"/v3/orders/{order_id}/payment_actions/capture")
    at_once = payment_status(sim, order_id)
    sim.clock.turn(4.9)
    still = payment_status(sim, order_id)
    sim.clock.turn(0.1)

    assert (answer.status, answer.body) == (201, {})
    assert at_once == still == "capture pending"
    assert payment_status(sim, order_id) == "captured"
    assert sim.store.order(order_id).status_id == 11
    events = [t["event"] for t in sim.get(f"/v3/orders/{order_id}/transactions").body["data"]]
    assert events == ["authorization", "capture"]


def test_what_happens_later_is_dated_when_it_was_due(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.store.shopper.authorise(order_id)
    sim.post(f"/v3/orders/{order_id}/payment_actions/capture")

    sim.clock.turn(3600)

    order = sim.get(f"/v2/orders/{order_id}").body
    assert order["date_modified"] == "Mon, 05 Jan 2026 09:00:05 +0000"


def test_a_void_releases_the_card_and_leaves_the_status(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.store.shopper.authorise(order_id)

    answer = sim.post(f"/v3/orders/{order_id}/payment_actions/void")
    pending = payment_status(sim, order_id)
    sim.clock.turn(5)

    assert answer.status == 201
    assert (pending, payment_status(sim, order_id)) == ("void pending", "void")
    assert sim.store.order(order_id).status_id == 7


def test_only_one_payment_action_at_a_time(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.store.shopper.authorise(order_id)
    path = f"/v3/orders/{order_id}/payment_actions"
    sim.post(f"{path}/capture")

    assert sim.post(f"{path}/capture").status == 422
    assert sim.post(f"{path}/void").status == 422


def test_nothing_can_be_captured_or_voided_twice(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    path = f"/v3/orders/{order_id}/payment_actions"
    assert sim.post(f"{path}/capture").status == 422
    sim.store.shopper.authorise(order_id)
    sim.post(f"{path}/capture")
    sim.clock.turn(5)

    assert sim.post(f"{path}/void").status == 422


def test_a_capture_can_fail_at_the_gateway(sim: Sim) -> None:
    sim.settings.payment_failure_probability = 1.0
    order_id = sim.store.shopper.place()
    sim.store.shopper.authorise(order_id)
    sim.post(f"/v3/orders/{order_id}/payment_actions/capture")

    sim.clock.turn(5)

    transactions = sim.get(f"/v3/orders/{order_id}/transactions").body["data"]
    assert [t["status"] for t in transactions] == ["ok", "error"]
    assert payment_status(sim, order_id) == "authorized"
    assert sim.store.order(order_id).status_id == 7
