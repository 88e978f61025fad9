"""Our adapters on tables of moto, for tests that look at what they send and store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aws_stand_in
from aws_wire import LossyWire
from fakes import TurnableClock
from orderwarden.adapters.dynamodb_changelog import DynamoChangelog
from orderwarden.adapters.dynamodb_receipts import DynamoReceipts
from orderwarden.adapters.dynamodb_state import DynamoState

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True)
class Dynamo:
    """The three adapters, and both ends of their wire.

    Attributes:
        client: What the adapters use; it sends a request twice at most.
        wire: Its wire.
    """

    clock: TurnableClock
    client: DynamoDBClient
    wire: LossyWire
    receipts: DynamoReceipts
    changelog: DynamoChangelog
    state: DynamoState

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return all items of a table, their values without DynamoDB's types."""
        items = aws_stand_in.dynamodb().scan(TableName=table)["Items"]
        return [{name: next(iter(value.values())) for name, value in i.items()} for i in items]

    def after(self, operation: str, act: Callable[[dict[str, Any]], object]) -> None:
        """Let a test change every answer to an operation."""

        def answered(parsed: dict[str, Any], **_: object) -> None:
            act(parsed)

        self.client.meta.events.register(f"after-call.dynamodb.{operation}", answered)

    def before(self, operation: str, act: Callable[[dict[str, Any]], object]) -> None:
        """Let a test change what is asked for by an operation."""

        def asked(params: dict[str, Any], **_: object) -> None:
            act(params)

        self.client.meta.events.register(f"provide-client-params.dynamodb.{operation}", asked)


@contextmanager
def dynamo() -> Iterator[Dynamo]:
    """Open empty tables."""
    clock = TurnableClock()
    with aws_stand_in.aws(clock):
        client = aws_stand_in.new_dynamodb(attempts=2)
        aws_stand_in.create_tables(client)
        yield Dynamo(
            clock=clock,
            client=client,
            wire=LossyWire(client),
            receipts=DynamoReceipts(client, aws_stand_in.RECEIPTS, clock),
            changelog=DynamoChangelog(client, aws_stand_in.CHANGELOG),
            state=DynamoState(client, aws_stand_in.STATE),
        )
