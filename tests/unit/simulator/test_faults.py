"""Faults: what the client gets, and what the store did."""

from __future__ import annotations

from typing import Any

import pytest
from bigcommerce_sim import Answer, Effect, Ending, FaultRule
from unit.simulator.calls import Sim


@pytest.fixture
def order_id(sim: Sim) -> int:
    return sim.store.shopper.place()


def spoil(sim: Sim, **rule: object) -> int:
    return sim.store.faults.add(FaultRule(**{"times": 1, **rule}))  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 423, 403])
def test_an_error_comes_in_the_shape_of_its_version(sim: Sim, order_id: int, status: int) -> None:
    spoil(sim, answer="status", status=status, times=2)

    v2, v3 = sim.get(f"/v2/orders/{order_id}"), sim.get("/v3/hooks")

    assert v2.status == v3.status == status
    assert v2.body[0]["status"] == v3.body["status"] == status
    assert "x-rate-limit-requests-left" in v2.headers


@pytest.mark.parametrize(
    ("effect", "statuses"), [("none", [7, 7]), ("done", [11, 11]), ("late", [7, 11])]
)
@pytest.mark.parametrize("answer", ["status", "html", "empty", "reset", "timeout"])
def test_a_write_may_be_done_not_done_or_done_late(
    sim: Sim, order_id: int, answer: str, effect: str, statuses: list[int]
) -> None:
    spoil(sim, answer=answer, effect=effect, method="PUT", late_s=5)

    sim.put(f"/v2/orders/{order_id}", {"status_id": 11})

    at_once = sim.store.order(order_id).status_id
    sim.clock.turn(5)

    assert [at_once, sim.store.order(order_id).status_id] == statuses


def test_a_late_write_is_dated_when_it_took_place(sim: Sim, order_id: int) -> None:
    spoil(sim, answer="timeout", effect="late", method="PUT", late_s=5)
    sim.put(f"/v2/orders/{order_id}", {"status_id": 11})

    sim.clock.turn(60)

    body = sim.get(f"/v2/orders/{order_id}").body
    assert body["date_modified"] == "Mon, 05 Jan 2026 09:00:05 +0000"
    write = sim.store.journal.writes_of(order_id)[-1]
    assert write.request == 1
    record = sim.store.journal.requests[0]
    assert (record.fault, record.effect, record.ending) == ("timeout", "late", "timeout")


def test_an_html_page_says_so(sim: Sim, order_id: int) -> None:
    spoil(sim, answer="html", status=502)

    answer = sim.get(f"/v2/orders/{order_id}")

    assert (answer.status, answer.body) == (502, None)
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.response.body.startswith(b"<!DOCTYPE html>")


def test_a_good_status_can_have_a_bad_body(sim: Sim, order_id: int) -> None:
    spoil(sim, answer="html", status=200)
    spoil(sim, answer="empty", status=200)

    html, empty = sim.get(f"/v2/orders/{order_id}"), sim.get(f"/v2/orders/{order_id}")

    assert (html.status, empty.status) == (200, 200)
    assert empty.response.body == b""


def test_half_of_the_json_may_arrive_well_framed(sim: Sim, order_id: int) -> None:
    right = sim.get(f"/v2/orders/{order_id}").response.body
    spoil(sim, answer="half_json")

    answer = sim.get(f"/v2/orders/{order_id}")

    assert (answer.status, answer.body) == (200, None)
    assert answer.response.body == right[: len(right) // 2]
    assert answer.response.ending is Ending.WHOLE


@pytest.mark.parametrize(
    ("answer", "ending"),
    [("truncated", Ending.CUT), ("reset", Ending.RESET), ("timeout", Ending.TIMEOUT)],
)
def test_a_connection_may_end_badly(sim: Sim, order_id: int, answer: str, ending: Ending) -> None:
    spoil(sim, answer=answer, delay_s=12)

    response = sim.get(f"/v2/orders/{order_id}").response

    assert response.ending is ending
    assert response.delay_s == (12 if answer == "timeout" else 0)


def test_a_right_answer_may_come_late(sim: Sim, order_id: int) -> None:
    spoil(sim, answer="slow", delay_s=3)

    answer = sim.put(f"/v2/orders/{order_id}", {"status_id": 11})

    assert (answer.status, answer.response.delay_s) == (200, 3)
    assert answer.body["status_id"] == 11


def test_429_comes_with_without_and_with_odd_headers(sim: Sim) -> None:
    for answer in ("throttled", "bare_throttled", "odd_throttled"):
        spoil(sim, answer=answer)

    throttled, bare, odd = (sim.get("/v2/time") for _ in range(3))

    assert throttled.status == bare.status == odd.status == 429
    assert throttled.headers["x-retry-after"] == "30"
    assert throttled.headers["x-rate-limit-requests-left"] == "100000"
    assert not any(name.startswith(("x-rate", "x-retry")) for name in bare.headers)
    assert odd.headers["x-rate-limit-time-reset-ms"] == "-1"
    assert odd.headers["x-retry-after"] == "soon"


def test_a_rule_names_method_and_path(sim: Sim, order_id: int) -> None:
    spoil(sim, answer="status", method="PUT", path="/v2/orders/*", times=None)

    assert sim.get(f"/v2/orders/{order_id}").status == 200
    assert sim.put(f"/v2/orders/{order_id}", {"status_id": 11}).status == 503
    assert sim.put("/v3/hooks/admin", {"emails": []}).status == 204


def test_a_rule_lets_some_pass_and_fires_so_many_times(sim: Sim) -> None:
    spoil(sim, answer="status", skip=2, times=3)

    assert [sim.get("/v2/time").status for _ in range(7)] == [200, 200, 503, 503, 503, 200, 200]


def test_a_probability_follows_the_seed() -> None:
    def statuses(seed: int) -> list[int]:
        sim = Sim(seed=seed)
        sim.store.faults.add(FaultRule(Answer.STATUS, probability=0.5))
        return [sim.get("/v2/time").status for _ in range(100)]

    one = statuses(1)

    assert one == statuses(1)
    assert one != statuses(2)
    assert 30 < one.count(503) < 70


def test_fired_faults_are_counted_by_kind(sim: Sim, order_id: int) -> None:
    spoil(sim, answer="reset", effect="done", times=2)
    spoil(sim, answer="html", name="gateway")

    for _ in range(4):
        sim.get(f"/v2/orders/{order_id}")

    assert sim.store.faults.counts() == {"reset/done": 2, "html/none": 1}
    assert sim.store.faults.fired[2].name == "gateway"
    assert sim.store.faults.fired[0].effect is Effect.DONE


def test_rules_can_be_taken_away(sim: Sim) -> None:
    number = spoil(sim, answer="status", times=None)

    assert sim.store.faults.remove(number)
    assert not sim.store.faults.remove(number)
    assert sim.get("/v2/time").status == 200
    spoil(sim, answer="status", times=None)
    sim.store.faults.clear()
    assert sim.get("/v2/time").status == 200


@pytest.mark.parametrize(
    "rule",
    [
        {"answer": "explode"},
        {"answer": "reset", "effect": "maybe"},
        {"answer": "reset", "probability": 1.5},
        {"answer": "status", "status": 99},
        {"answer": "reset", "times": -1},
        {"answer": "timeout", "effect": "late", "late_s": float("inf")},
        {"answer": "reset", "method": 5},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # the enumeration words it
        FaultRule(**rule)
