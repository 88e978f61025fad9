"""The dispatcher: signatures, retries, blocks, duplicates, disorder."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from bigcommerce_sim import Attempt
from bigcommerce_sim.webhooks.signing import signature
from unit.simulator.calls import SECRET, Sim

# A vector worked out apart from this code
VECTOR_BODY = (
    b'{"producer":"stores/abc123","hash":"7ee67cd1cf2ca60bc1aa9e5fe957d2de373be4ca",'
    b'"created_at":1700000000,"store_id":"1025646","scope":"store/order/statusUpdated",'
    b'"data":{"type":"order","id":250,"status":{"previous_status_id":7,"new_status_id":11}}}'
)
GAPS_S = (60, 180, 300, 600, 900, 1800, 3600, 7200, 21600, 50400, 86400)


def an_attempt(sim: Sim) -> Attempt:
    (attempt,) = sim.store.due()
    return attempt


def test_the_signature_is_that_of_the_published_vector() -> None:
    signed = signature(
        "0123456789abcdef0123456789abcdef",
        "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
        1700000000,
        VECTOR_BODY,
    )

    assert signed == "v1,gJNJeG6BxyWyX7THYtXc0oMfa65BpzSGz49fjGBL+tM="


def test_an_attempt_is_signed_over_its_raw_body_and_carries_the_hooks_headers(sim: Sim) -> None:
    hook = {"scope": "store/order/created", "destination": "https://app.example.com/in"}
    sim.post("/v3/hooks", {**hook, "headers": {"X-Secret": "mine"}})
    sim.store.shopper.place()

    attempt = an_attempt(sim)

    message = f"{attempt.headers['webhook-id']}.{attempt.headers['webhook-timestamp']}.".encode()
    digest = hmac.digest(SECRET.encode(), message + attempt.body, hashlib.sha256)
    assert attempt.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert attempt.headers["webhook-timestamp"] == "1767603600"
    assert attempt.headers["X-Secret"] == "mine"
    assert attempt.url == "https://app.example.com/in"


def test_hooks_can_go_unsigned(sim: Sim) -> None:
    sim.settings.signed = False
    sim.hook("store/order/created")
    sim.store.shopper.place()

    assert "webhook-signature" not in an_attempt(sim).headers


def test_the_envelope_has_the_keys_of_a_real_one_in_their_order(sim: Sim) -> None:
    sim.hook("store/order/created")
    order_id = sim.store.shopper.place()

    (body,) = sim.delivered()

    assert list(body) == ["producer", "hash", "created_at", "store_id", "scope", "data"]
    assert body["producer"] == "stores/abc123"
    assert body["store_id"] == "1025646"
    assert body["created_at"] == 1767603600
    assert len(body["hash"]) == 40
    assert body["data"] == {"type": "order", "id": order_id}


def test_the_envelope_may_lack_its_date(sim: Sim) -> None:
    sim.settings.created_at_probability = 0.0
    sim.hook("store/order/created")
    sim.store.shopper.place()

    (body,) = sim.delivered()

    assert list(body) == ["producer", "hash", "store_id", "scope", "data"]


def test_a_channel_scope_has_another_kind_of_data(sim: Sim) -> None:
    sim.hook("store/channel/2/order/created")
    sim.store.shopper.place(channel_id=1)
    order_id = sim.store.shopper.place(channel_id=2)

    (body,) = sim.delivered()

    assert body["data"] == {"order_id": order_id}


def test_a_wildcard_and_a_specific_scope_both_deliver(sim: Sim) -> None:
    sim.hook("store/order/*")
    sim.hook("store/order/created")
    sim.store.shopper.place()

    bodies = sim.delivered()

    assert [body["scope"] for body in bodies] == ["store/order/created"] * 2


@pytest.mark.parametrize("answer", [None, 199, 301, 400, 401, 500])
def test_anything_but_2xx_is_tried_again(sim: Sim, answer: int | None) -> None:
    sim.hook("store/order/created")
    sim.store.shopper.place()

    sim.delivered(answer)
    at_once = sim.delivered()
    sim.clock.turn(60)

    assert at_once == []
    assert len(sim.delivered()) == 1


@pytest.mark.parametrize("answer", [200, 202, 204, 299])
def test_any_2xx_is_enough(sim: Sim, answer: int) -> None:
    sim.hook("store/order/created")
    sim.store.shopper.place()

    sim.delivered(answer)
    sim.clock.turn(100_000)

    assert sim.delivered() == []
    assert [record.outcome for record in sim.store.attempts] == ["delivered"]


def test_a_webhook_is_tried_twelve_times_over_48_hours_and_4_minutes(sim: Sim) -> None:
    sim.hook("store/order/created")
    sim.store.shopper.place()
    began_at = sim.clock.now()

    for gap_s in GAPS_S:
        assert len(sim.delivered(500)) == 1
        sim.clock.turn(gap_s - 1)
        assert sim.delivered(500) == []
        sim.clock.turn(1)
    assert len(sim.delivered(500)) == 1

    assert sim.clock.now() - began_at == timedelta(hours=48, minutes=4)
    assert [record.attempt.number for record in sim.store.attempts] == list(range(1, 13))
    sim.clock.turn(10**6)
    assert sim.delivered(500) == []


def test_after_the_last_failure_the_hook_is_deactivated_and_its_owner_mailed(sim: Sim) -> None:
    number = sim.hook("store/order/created")
    sim.put("/v3/hooks/admin", {"emails": ["alerts@example.com"]})
    sim.store.shopper.place()

    for gap_s in GAPS_S:
        sim.delivered(500)
        sim.clock.turn(gap_s)
    sim.delivered(500)

    assert sim.get(f"/v3/hooks/{number}").body["data"]["is_active"] is False
    assert [record.outcome for record in sim.store.attempts][-1] == "given_up"
    mailed = [mail.to for mail in sim.store.journal.emails if mail.kind == "hook_deactivated"]
    assert mailed == ["owner+client-1@example.com", "alerts@example.com"]


def test_a_revived_hook_gets_new_events_but_no_missed_ones(sim: Sim) -> None:
    number = sim.hook("store/order/created")
    sim.put(f"/v3/hooks/{number}", {"is_active": False})
    sim.store.shopper.place()
    sim.put(f"/v3/hooks/{number}", {"is_active": True})
    order_id = sim.store.shopper.place()

    assert [body["data"]["id"] for body in sim.delivered()] == [order_id]


def test_what_waits_for_a_deleted_hook_is_dropped(sim: Sim) -> None:
    number = sim.hook("store/order/created")
    sim.store.shopper.place()
    sim.delete(f"/v3/hooks/{number}")

    assert sim.delivered() == []
    assert [record.outcome for record in sim.store.attempts] == ["dropped"]


def test_a_retry_keeps_its_id_and_body_and_is_signed_anew(sim: Sim) -> None:
    sim.hook("store/order/created")
    sim.store.shopper.place()
    first = an_attempt(sim)
    sim.store.record_result(first, None)
    sim.clock.turn(60)

    second = an_attempt(sim)

    assert second.body == first.body
    assert second.headers["webhook-id"] == first.headers["webhook-id"]
    assert second.headers["webhook-timestamp"] == "1767603660"
    assert second.headers["webhook-signature"] != first.headers["webhook-signature"]


def test_a_retry_can_have_another_id_and_the_first_timestamp(sim: Sim) -> None:
    sim.settings.stable_webhook_id = False
    sim.settings.timestamp_of_attempt = False
    sim.hook("store/order/created")
    sim.store.shopper.place()
    first = an_attempt(sim)
    sim.store.record_result(first, None)
    sim.clock.turn(60)

    second = an_attempt(sim)

    assert second.headers["webhook-id"] != first.headers["webhook-id"]
    assert second.headers["webhook-timestamp"] == first.headers["webhook-timestamp"]


def test_a_duplicate_has_the_same_body_and_id(sim: Sim) -> None:
    sim.settings.webhook_duplicate_probability = 1.0
    sim.hook("store/order/created")
    sim.store.shopper.place()

    first, second = sim.store.due()

    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_a_duplicate_may_have_another_hash_and_id(sim: Sim) -> None:
    sim.settings.webhook_other_hash_probability = 1.0
    sim.hook("store/order/created")
    sim.store.shopper.place()

    first, second = sim.store.due()

    one, other = json.loads(first.body), json.loads(second.body)
    assert one.pop("hash") != other.pop("hash")
    assert one == other
    assert first.headers["webhook-id"] != second.headers["webhook-id"]


def test_two_changes_within_a_second_share_their_hash(sim: Sim) -> None:
    order_id = sim.store.shopper.place()
    sim.hook("store/order/updated")
    sim.store.staff.edit(order_id, staff_notes="a")
    sim.clock.turn(0.5)
    sim.store.staff.edit(order_id, staff_notes="b")

    first, second = sim.delivered()

    assert first["hash"] == second["hash"]


def test_webhooks_can_come_late_and_in_another_order(sim: Sim) -> None:
    sim.settings.webhook_delay_s = 1.0
    sim.settings.webhook_reorder_probability = 0.5
    sim.hook("store/order/created")
    placed = [sim.store.shopper.place() for _ in range(20)]
    at_once = sim.delivered()
    came = []
    for _ in range(40):
        sim.clock.turn(1)
        came += [body["data"]["id"] for body in sim.delivered()]

    assert at_once == []
    assert came != placed
    assert sorted(came) == placed


def test_webhooks_can_be_lost_without_a_trace_outside(sim: Sim) -> None:
    sim.settings.webhook_loss_probability = 1.0
    sim.hook("store/order/created")
    sim.store.shopper.place()

    assert sim.delivered() == []
    assert [record.outcome for record in sim.store.attempts] == ["lost"]


def test_a_receiver_that_dies_loses_its_own_webhook_only_for_now(sim: Sim) -> None:
    sim.hook("store/order/created")
    first, second = sim.store.shopper.place(), sim.store.shopper.place()

    def dies(_attempt: Attempt) -> int:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sim.store.deliver(dies)
    at_once = [body["data"]["id"] for body in sim.delivered()]
    sim.clock.turn(60)

    assert at_once == [second]
    assert [body["data"]["id"] for body in sim.delivered()] == [first]


def place_many(sim: Sim, count: int) -> None:
    for _ in range(count):
        sim.store.shopper.place()


def test_a_domain_below_90_percent_is_blocked_for_three_minutes(sim: Sim) -> None:
    sim.hook("store/order/created")
    place_many(sim, 100)
    answers = iter([500] * 11 + [200] * 89)  # 89 % success
    sim.store.deliver(lambda _attempt: next(answers))
    sim.store.shopper.place()

    while_blocked = sim.store.due()
    (blocked,) = sim.get("/v3/hooks/admin").body["data"]["blocked_domains"]
    sim.clock.turn(180)

    assert while_blocked == []
    assert (blocked["destination"], blocked["time_left"]) == ("app.example.com", 180)
    assert blocked["reasons"][0]["count"] == 11
    assert [r.outcome for r in sim.store.attempts][-1] == "blocked"
    assert len(sim.delivered()) == 12  # eleven retries and the one that was held up


def test_a_block_stops_what_was_due_already(sim: Sim) -> None:
    sim.hook("store/order/created")
    place_many(sim, 150)

    tried = sim.store.deliver(lambda _attempt: 500)

    assert tried == 100
    assert [r.outcome for r in sim.store.attempts] == ["retry"] * 100 + ["blocked"] * 50


def test_what_comes_back_while_a_domain_is_blocked_does_not_count(sim: Sim) -> None:
    sim.hook("store/order/created")
    place_many(sim, 150)
    handed_out = sim.store.due()
    for attempt in handed_out[:100]:
        sim.store.record_result(attempt, 500)
    sim.clock.turn(60)

    for attempt in handed_out[100:]:
        sim.store.record_result(attempt, None)

    (blocked,) = sim.get("/v3/hooks/admin").body["data"]["blocked_domains"]
    assert blocked["time_left"] == 120
    assert blocked["reasons"] == [
        {"failure_description": "HTTP status 500", "count": 100, "timestamp": 1767603600}
    ]


def test_the_reasons_of_a_block_are_told_apart_and_keep_their_dates(sim: Sim) -> None:
    sim.hook("store/order/created")
    place_many(sim, 100)
    answers: list[int | None] = [None] * 20 + [503] * 80
    for attempt, answer in zip(sim.store.due(), answers, strict=True):
        sim.store.record_result(attempt, answer)
    sim.clock.turn(100)

    (blocked,) = sim.get("/v3/hooks/admin").body["data"]["blocked_domains"]
    assert [(each["failure_description"], each["count"]) for each in blocked["reasons"]] == [
        ("No answer", 20),
        ("HTTP status 503", 80),
    ]
    assert {each["timestamp"] for each in blocked["reasons"]} == {1767603600}
    assert blocked["time_left"] == 80


def test_one_block_is_told_once(sim: Sim) -> None:
    sim.put("/v3/hooks/admin", {"emails": ["alerts@example.com"]})
    sim.hook("store/hook/deliveryException", "https://other.example.com/exceptions")
    number = sim.hook("store/order/created")
    place_many(sim, 300)
    handed_out = [each for each in sim.store.due() if each.hook_id == number]

    for attempt in handed_out:
        sim.store.record_result(attempt, 500)

    told = [each.data for each in sim.store.journal.events if "error_code" in each.data]
    assert [(each["id"], each["error_code"]) for each in told] == [
        (number, 90001),
        (number, 90003),
    ]
    mails = sim.store.journal.emails
    assert [(mail.to, mail.kind) for mail in mails] == [("alerts@example.com", "domain_blocked")]


def test_a_block_that_the_exceptions_themselves_bring_about_is_told_too(sim: Sim) -> None:
    sim.settings.webhook_duplicate_probability = 1.0
    telling = sim.hook("store/hook/deliveryException", "https://app.example.com/exceptions")
    sim.hook("store/order/created", "https://app.example.com/in")
    place_many(sim, 49)  # 98 attempts
    orders = [each for each in sim.store.due() if each.hook_id != telling]
    for attempt in orders:
        sim.store.record_result(attempt, 500)

    for attempt in sim.store.due():  # 90001, twice
        sim.store.record_result(attempt, 500)

    told = [each.data for each in sim.store.journal.events if "error_code" in each.data]
    assert [(each["id"], each["error_code"]) for each in told][1:] == [(telling, 90003)]


def test_a_hook_that_is_gone_leaves_its_failures_behind(sim: Sim) -> None:
    number = sim.hook("store/order/created")
    place_many(sim, 100)
    handed_out = sim.store.due()
    sim.delete(f"/v3/hooks/{number}")

    for attempt in handed_out:
        sim.store.record_result(attempt, 500)

    assert len(sim.get("/v3/hooks/admin").body["data"]["blocked_domains"]) == 1


def test_90_percent_is_enough(sim: Sim) -> None:
    sim.hook("store/order/created")
    place_many(sim, 100)
    answers = iter([500] * 10 + [200] * 90)

    sim.store.deliver(lambda _attempt: next(answers))

    assert sim.get("/v3/hooks/admin").body["data"]["blocked_domains"] == []


def test_fewer_than_100_requests_are_not_judged(sim: Sim) -> None:
    sim.hook("store/order/created")
    place_many(sim, 99)

    sim.delivered(500)

    assert sim.get("/v3/hooks/admin").body["data"]["blocked_domains"] == []


def test_only_the_last_two_minutes_are_judged(sim: Sim) -> None:
    sim.hook("store/order/created")
    place_many(sim, 50)
    sim.delivered(500)
    sim.clock.turn(120)
    sim.delivered(200)
    place_many(sim, 50)

    sim.delivered(200)

    assert sim.get("/v3/hooks/admin").body["data"]["blocked_domains"] == []


def test_a_block_holds_for_one_domain_only(sim: Sim) -> None:
    sim.hook("store/order/created", "https://bad.example.com/in")
    sim.hook("store/order/created", "https://good.example.com/in")
    place_many(sim, 100)

    sim.store.deliver(lambda attempt: 500 if "bad" in attempt.url else 200)
    sim.store.shopper.place()

    assert [attempt.url for attempt in sim.store.due()] == ["https://good.example.com/in"]


def test_events_of_a_blocked_domain_may_be_lost(sim: Sim) -> None:
    sim.settings.blocked_loss_probability = 1.0
    sim.hook("store/order/created")
    place_many(sim, 100)
    sim.delivered(500)
    sim.store.shopper.place()

    sim.store.due()

    assert [r.outcome for r in sim.store.attempts][-1] == "lost"


def test_exceptions_are_told_at_most_every_ten_minutes(sim: Sim) -> None:
    sim.hook("store/hook/deliveryException", "https://app.example.com/exceptions")
    number = sim.hook("store/order/created")

    def codes(placed: int) -> list[int]:
        place_many(sim, placed)
        bodies = []

        def send(attempt: Attempt) -> int:
            if attempt.scope != "store/hook/deliveryException":
                return 500
            bodies.append(json.loads(attempt.body)["data"])
            return 200

        sim.store.deliver(send)
        assert all(each["id"] == number for each in bodies)
        return [each["error_code"] for each in bodies]

    assert codes(3) == [90001]
    sim.clock.turn(599)
    assert codes(1) == []
    sim.clock.turn(1)
    assert codes(1) == [90001]


def test_exceptions_tell_of_a_block_and_of_the_end(sim: Sim) -> None:
    sim.hook("store/hook/deliveryException", "https://other.example.com/exceptions")
    sim.hook("store/order/created")
    codes = []

    def send(attempt: Attempt) -> int:
        if attempt.scope != "store/hook/deliveryException":
            return 500
        codes.append(json.loads(attempt.body)["data"]["error_code"])
        return 200

    place_many(sim, 100)
    sim.store.deliver(send)
    for _ in range(30):
        sim.clock.turn(86400)
        sim.store.deliver(send)

    assert 90003 in codes
    assert codes.count(90002) == 1


def test_the_same_seed_makes_the_same_webhooks() -> None:
    def bodies() -> list[tuple[bytes, str]]:
        sim = Sim(seed=11)
        sim.settings.webhook_jitter_s = 5.0
        sim.settings.webhook_duplicate_probability = 0.3
        sim.settings.webhook_loss_probability = 0.2
        sim.hook()
        for _ in range(20):
            sim.store.shopper.pay(sim.store.shopper.place())
        sim.clock.turn(10)
        return [(each.body, each.headers["webhook-id"]) for each in sim.store.due()]

    assert bodies() == bodies()
