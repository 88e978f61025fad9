"""Our tables and queues on moto, which stands in for AWS; it is no judge of races."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import boto3
from botocore.config import Config
from moto import mock_aws
from orderwarden.ports import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

RECEIPTS: Final = "receipts-of-the-test"
CHANGELOG: Final = "changelog-of-the-test"
STATE: Final = "state-of-the-test"

Names = tuple[str, ...]
TABLES: Final[tuple[tuple[str, Names, dict[str, Names]], ...]] = (
    (RECEIPTS, ("key",), {}),
    (CHANGELOG, ("order", "id"), {"by_day": ("day", "at"), "by_run": ("run", "at")}),
    (STATE, ("subject", "name"), {"by_time": ("subject", "until"), "by_cause": ("cause", "at")}),
)
"""Each table's name, the names of its key attributes, and its indexes; texts all."""


@contextmanager
def aws(clock: Clock) -> Iterator[None]:
    """Stand in for AWS; SQS's times are those of the clock."""
    ticks = count()

    def millis() -> float:
        # To moto a message is visible again only after the millisecond, not with it.
        return clock.now().timestamp() * 1000 + next(ticks) / 1000

    with (
        mock_aws(),
        patch("moto.sqs.models.unix_time_millis", millis),
        patch("moto.sqs.models.unix_time", lambda: millis() / 1000),
    ):
        yield


@cache
def dynamodb() -> DynamoDBClient:
    """Return the client of all tests that only use it; to make one takes long."""
    return new_dynamodb(attempts=1)


@cache
def sqs() -> SQSClient:
    """Return the client of all tests that only use it."""
    return new_sqs(attempts=1)


def new_dynamodb(attempts: int) -> DynamoDBClient:
    """Return a client to be tampered with; it sends a request so many times at most."""
    return boto3.client("dynamodb", **_settings(attempts))


def new_sqs(attempts: int) -> SQSClient:
    """Return a client to be tampered with; it sends a request so many times at most."""
    return boto3.client("sqs", **_settings(attempts))


def new_secrets_manager() -> SecretsManagerClient:
    """Return a client to be tampered with; it sends a request once."""
    return boto3.client("secretsmanager", **_settings(1))


def new_events() -> EventBridgeClient:
    """Return a client to be tampered with; it sends a request once."""
    return boto3.client("events", **_settings(1))


def create_tables(client: DynamoDBClient) -> None:
    """Create the three tables as the template does."""
    for name, key, indexes in TABLES:
        attributes = {each for names in (key, *indexes.values()) for each in names}
        table: dict[str, Any] = {
            "TableName": name,
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": _schema(key),
            "AttributeDefinitions": [
                {"AttributeName": each, "AttributeType": "S"} for each in sorted(attributes)
            ],
        }
        if indexes:
            table["GlobalSecondaryIndexes"] = [
                {
                    "IndexName": index,
                    "KeySchema": _schema(names),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
                for index, names in indexes.items()
            ]
        client.create_table(**table)


def create_queues(client: SQSClient, max_receive_count: int = 100) -> tuple[str, str]:
    """Create the queue and its dead-letter queue; return their addresses."""
    fifo: dict[QueueAttributeNameType, str] = {"FifoQueue": "true", "VisibilityTimeout": "540"}
    dead = client.create_queue(QueueName="dead-letters.fifo", Attributes=fifo)["QueueUrl"]
    arn = client.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    redrive = {
        "deadLetterTargetArn": arn["Attributes"]["QueueArn"],
        "maxReceiveCount": max_receive_count,
    }
    fifo["RedrivePolicy"] = json.dumps(redrive)
    return client.create_queue(QueueName="signals.fifo", Attributes=fifo)["QueueUrl"], dead


def _settings(attempts: int) -> dict[str, Any]:
    return {
        "region_name": "us-east-1",
        "aws_access_key_id": "-",
        "aws_secret_access_key": "-",
        "config": Config(retries={"total_max_attempts": attempts, "mode": "legacy"}),
    }


def _schema(names: Names) -> list[dict[str, str]]:
    kinds = zip(names, ("HASH", "RANGE"), strict=False)
    return [{"AttributeName": name, "KeyType": kind} for name, kind in kinds]
