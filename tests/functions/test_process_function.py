"""`ProcessFunction`: batches as Lambda's event source hands them over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import aws_stand_in
import pytest
from bigcommerce_sim import Settings, SimulatedStore
from bigcommerce_sim.web.server import running
from functions.handlers import STORE, TOKEN, Context, Deployed, deployed, event, lines


@pytest.fixture
def sim() -> SimulatedStore:
    settings = Settings(plain_http_destinations=True, quota_requests=100_000)
    return SimulatedStore(STORE, settings=settings, token=TOKEN, client_secret="-")


@pytest.fixture
def aws(sim: SimulatedStore) -> Iterator[Deployed]:
    with running(sim) as url, deployed(url) as here:
        yield here


def a_shipped_order(sim: SimulatedStore) -> int:
    order = sim.shopper.place(total="20.00")
    sim.shopper.pay(order)
    sim.staff.ship(order)
    return order


def test_a_signal_of_a_shipped_order_completes_it(
    aws: Deployed, sim: SimulatedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    order = a_shipped_order(sim)
    handle = aws.handler("process")

    answer = handle(event("process-one-signal"), Context())

    [line] = lines(capsys.readouterr().out)
    assert answer == {"batchItemFailures": []}
    assert (order, sim.order(order).status_id) == (100, 10)
    assert (line["event"], line["outcome"], line["changes"][0]["to_status_id"]) == (
        "signal",
        "applied",
        10,
    )


def test_metrics_of_a_change_are_counted(
    aws: Deployed, sim: SimulatedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    a_shipped_order(sim)
    handle = aws.handler("process")

    handle(event("process-one-signal"), Context())

    [line] = lines(capsys.readouterr().out)
    [metrics] = line["_aws"]["CloudWatchMetrics"]
    names = {metric["Name"] for metric in metrics["Metrics"]}
    assert names == {"Signals", "ApiCalls", "Changes", "Lag"}


def test_a_store_that_fails_makes_only_the_group_wait_that_met_it(
    aws: Deployed, sim: SimulatedStore
) -> None:
    a_shipped_order(sim)  # order 100; order 101 does not exist, and is asked for again
    handle = aws.handler("process")

    answer = handle(event("process-two-orders"), Context())

    [of_order_101] = answer["batchItemFailures"]
    records = event("process-two-orders")["Records"]
    assert of_order_101 == {"itemIdentifier": records[1]["messageId"]}
    assert sim.order(100).status_id == 10


def test_a_whole_batch_that_comes_again_repeats_nothing(
    aws: Deployed, sim: SimulatedStore
) -> None:
    """So Lambda does where it finds an answer wrong: an id it does not know, or none at all."""
    a_shipped_order(sim)
    handle = aws.handler("process")
    first = handle(event("process-two-orders"), Context())

    second = handle(event("process-two-orders"), Context())

    sent = {record["messageId"] for record in event("process-two-orders")["Records"]}
    named = {each["itemIdentifier"] for each in first["batchItemFailures"]}
    assert named
    assert named < sent
    assert second == first
    made = [each for each in sim.journal.writes_of(100) if each.actor.startswith("api:")]
    assert [(each.before_status, each.after_status) for each in made] == [(2, 10)]


def test_what_is_no_signal_is_buried_and_acknowledged(
    aws: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("process")

    answer = handle(event("process-not-a-signal"), Context())

    [line] = lines(capsys.readouterr().out)
    [letter] = aws.waiting(aws.dead_letters_url)
    assert answer == {"batchItemFailures": []}
    assert line["outcome"] == "dead_letter"
    assert letter["Body"] == '{"hello": "world"}'
    assert letter["MessageAttributes"]["reason"]["StringValue"] == "not_a_signal"


def test_without_time_nothing_is_begun_and_all_of_it_comes_again(
    aws: Deployed, sim: SimulatedStore, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("process")
    calls = len(sim.journal.requests)

    answer = handle(event("process-two-orders"), Context(left_s=lambda: 69.9))

    records = event("process-two-orders")["Records"]
    assert [each["itemIdentifier"] for each in answer["batchItemFailures"]] == [
        record["messageId"] for record in records
    ]
    assert len(sim.journal.requests) == calls
    assert not capsys.readouterr().out


def test_a_message_that_was_not_begun_can_be_received_at_once(aws: Deployed) -> None:
    handle = aws.handler("process")
    record = put_and_receive(aws)

    handle({"Records": [record]}, Context(left_s=lambda: 1.0))

    assert aws.waiting()


def test_a_message_that_must_wait_is_hidden_for_as_long(
    aws: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("process")
    record = put_and_receive(aws)  # its order does not exist, and is asked for again in 2 s

    handle({"Records": [record]}, Context())

    [line] = lines(capsys.readouterr().out)
    assert (line["outcome"], line["again_s"]) == ("again", 2.0)
    assert not aws.waiting()


def put_and_receive(aws: Deployed) -> dict[str, Any]:
    """Return a record of `events/` as if it came from the queue, with a handle that counts."""
    record: dict[str, Any] = event("process-one-signal")["Records"][0]
    sqs = aws_stand_in.sqs()
    sqs.send_message(
        QueueUrl=aws.queue_url,
        MessageBody=record["body"],
        MessageGroupId=record["attributes"]["MessageGroupId"],
        MessageDeduplicationId="1",
    )
    [message] = sqs.receive_message(QueueUrl=aws.queue_url)["Messages"]
    return record | {"receiptHandle": message["ReceiptHandle"]}


def test_a_token_that_is_refused_stops_the_store(aws: Deployed, sim: SimulatedStore) -> None:
    a_shipped_order(sim)
    handle = aws.handler("process")
    aws.put_secret("api", {"access_token": "refused", "client_id": "-"})

    handle(event("process-one-signal"), Context())

    assert aws.state.controls(STORE).stopped == "unauthorised_401"


def test_a_stopped_store_keeps_its_signals_and_the_batch_is_done(
    aws: Deployed, sim: SimulatedStore
) -> None:
    a_shipped_order(sim)
    handle = aws.handler("process")
    aws.state.stop(STORE, "paused_by_hand")

    answer = handle(event("process-two-orders"), Context())

    assert answer == {"batchItemFailures": []}
    assert aws.state.count_parked(STORE) == 3
