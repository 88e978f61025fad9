"""`IngestFunction`: events as API Gateway sends them, and what is on the queue then."""

from __future__ import annotations

import json
from collections.abc import Iterator

import aws_stand_in
import pytest
from functions.handlers import HOOK_SECRET, Context, Deployed, deployed, event, lines, webhook


@pytest.fixture
def aws() -> Iterator[Deployed]:
    with deployed() as here:
        yield here


def test_a_signed_webhook_is_answered_with_200_once_its_signal_is_queued(aws: Deployed) -> None:
    handle = aws.handler("ingest")

    answer = handle(webhook("ingest-shipment-created"), Context())

    [message] = aws.waiting()
    signal = json.loads(message["Body"])
    assert answer == {"statusCode": 200}
    assert (signal["order_id"], signal["trigger"]) == (100, "shipment_created")


def test_the_encoding_of_the_gateway_is_undone(aws: Deployed) -> None:
    handle = aws.handler("ingest")

    answer = handle(webhook("ingest-status-updated-base64"), Context())

    [message] = aws.waiting()
    signal = json.loads(message["Body"])
    assert answer == {"statusCode": 200}
    assert (signal["previous_status_id"], signal["new_status_id"]) == (7, 11)


def test_our_own_header_proves_a_webhook_and_a_wrong_signature_beside_it_is_counted(
    aws: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("ingest")

    answer = handle(webhook("ingest-shipment-created", secret="wrong", own=HOOK_SECRET), Context())

    [line] = lines(capsys.readouterr().out)
    assert answer == {"statusCode": 200}
    assert (line["WrongSignatures"], line["proof"]) == (1, "header")


def test_a_delivery_error_is_told_and_not_queued(
    aws: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("ingest")

    answer = handle(webhook("ingest-delivery-exception"), Context())

    [line] = lines(capsys.readouterr().out)
    assert answer == {"statusCode": 200}
    assert (line["code"], line["DeliveryErrors"]) == ("domain_blocked", 1)
    assert not aws.waiting()


@pytest.mark.parametrize(
    "name",
    ["ingest-shipment-created", "ingest-status-updated-base64", "ingest-delivery-exception"],
)
def test_an_event_of_long_ago_is_refused(
    aws: Deployed, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("ingest")

    answer = handle(event(name), Context())

    [line] = lines(capsys.readouterr().out)
    assert (answer, line["Unauthorised"]) == ({"statusCode": 401}, 1)
    assert not aws.waiting()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"rawPath": "/webhooks/nobody"}, 404),
        ({"rawPath": "/somewhere"}, 404),
        ({"rawPath": "/webhooks/abc123/"}, 404),
        ({"rawPath": "/webhooks/abc123/more"}, 404),
        ({"rawPath": "/webhooks/abc123/exceptions/"}, 404),
        ({"rawPath": "/webhooks/abc123/exceptionsx"}, 404),
        ({"requestContext": {"http": {"method": "GET"}}}, 405),
        ({"body": "x" * 65_537}, 413),
        ({"body": None}, 401),
        ({"body": "\ud800"}, 401),
        ({"body": "a", "isBase64Encoded": True}, 401),
        ({"headers": {}}, 401),
        ({"headers": None}, 401),
    ],
)
def test_what_is_no_webhook_of_ours_is_refused(
    aws: Deployed, change: dict[str, object], status: int
) -> None:
    handle = aws.handler("ingest")

    answer = handle(webhook("ingest-shipment-created") | change, Context())

    assert answer == {"statusCode": status}
    assert not aws.waiting()


@pytest.mark.parametrize("prefix", ["/prod", "/shop/hooks", "/webhooks"])
def test_a_path_may_begin_with_a_stage_or_with_what_a_domain_maps(
    aws: Deployed, prefix: str
) -> None:
    handle = aws.handler("ingest")

    path = f"{prefix}/webhooks/abc123"
    answer = handle(webhook("ingest-shipment-created") | {"rawPath": path}, Context())

    assert answer == {"statusCode": 200}
    assert len(aws.waiting()) == 1


def test_a_bug_is_answered_with_503_so_that_the_webhook_is_sent_again(
    aws: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("ingest")

    answer = handle({"no": "event of API Gateway"}, Context())

    [line] = lines(capsys.readouterr().out)
    assert answer == {"statusCode": 503}
    assert (line["event"], line["level"], line["Bugs"]) == ("bug", "ERROR", 1)


def test_a_queue_out_of_reach_is_answered_with_503(
    aws: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("ingest")
    aws_stand_in.sqs().delete_queue(QueueUrl=aws.queue_url)

    answer = handle(webhook("ingest-shipment-created"), Context())

    [line] = lines(capsys.readouterr().out)
    assert answer == {"statusCode": 503}
    assert (line["code"], line["OutOfReach"]) == ("queue_out_of_reach", 1)


def test_a_rotated_secret_works_without_a_deploy_and_the_old_one_until_it_is_taken_off(
    aws: Deployed,
) -> None:
    handle = aws.handler("ingest")
    both = {"client_secrets": ["the-new-one", "client-secret-of-the-event"], "hook_secrets": []}
    aws.put_secret("hooks", both)

    answers = [
        handle(webhook("ingest-shipment-created", secret=secret), Context())["statusCode"]
        for secret in ("client-secret-of-the-event", "the-new-one")
    ]

    assert answers == [200, 200]


def test_a_line_carries_the_correlation_id_the_request_and_its_metrics(
    aws: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("ingest")

    for _ in range(2):
        handle(webhook("ingest-shipment-created"), Context())

    first, second = lines(capsys.readouterr().out)
    key = json.loads(aws.waiting()[0]["Body"])["receipt_key"]
    [metrics] = first["_aws"]["CloudWatchMetrics"]
    assert (first["event"], first["correlation_id"]) == ("webhook", key)
    assert first["request_id"] == Context().aws_request_id
    assert (first["cold_start"], second["cold_start"]) == (True, False)
    assert (metrics["Namespace"], metrics["Dimensions"]) == ("Orderwarden", [["function_name"]])
    assert [metric["Name"] for metric in metrics["Metrics"]] == ["Webhooks", "Signals"]
    assert first["function_name"] == "the-function"


def test_no_secret_and_no_body_is_logged(
    aws: Deployed, capsys: pytest.CaptureFixture[str]
) -> None:
    handle = aws.handler("ingest")

    handle(webhook("ingest-shipment-created", secret="wrong", own="wrong-too"), Context())

    printed = capsys.readouterr().out
    assert "secret-of-the-event" not in printed
    assert "wrong-too" not in printed
    assert "BigCommerce" not in printed
