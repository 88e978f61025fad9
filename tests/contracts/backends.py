"""What every contract is tested against; another backend joins as one more of `BACKENDS`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import aws_stand_in
from fakes import TurnableClock
from orderwarden.adapters.dynamodb_changelog import DynamoChangelog
from orderwarden.adapters.dynamodb_receipts import DynamoReceipts
from orderwarden.adapters.dynamodb_state import DynamoState
from orderwarden.adapters.sqs_queue import SqsQueue
from orderwarden.ports import Changelog, Queue, Receipts, State
from orderwarden_local.sqlite_changelog import SqliteChangelog
from orderwarden_local.sqlite_database import Database
from orderwarden_local.sqlite_queue import Delivery, SqliteQueue
from orderwarden_local.sqlite_receipts import SqliteReceipts
from orderwarden_local.sqlite_state import SqliteState

MAX_RECEIVE_COUNT = 3
RACES = "moto is no judge of races; it lost updates of its own"


class Delivered(Protocol):
    """What a receive returns, as far as every backend tells."""

    @property
    def body(self) -> str: ...
    @property
    def receipt_handle(self) -> str: ...
    @property
    def receive_count(self) -> int: ...
    @property
    def sent_at(self) -> datetime: ...
    @property
    def group(self) -> str: ...


class ReceivableQueue(Queue, Protocol):
    """The queue with its other end, which on AWS is Lambda's and not ours.

    A message is buried by the receive after `MAX_RECEIVE_COUNT` others.
    """

    def receive(self, limit: int = 1, visibility_s: float = 30) -> Sequence[Delivered]: ...
    def delete(self, receipt_handle: str) -> bool: ...
    def change_visibility(self, receipt_handle: str, seconds: float) -> bool: ...
    def give_back(self, receipt_handle: str, seconds: float) -> bool: ...


@dataclass(frozen=True)
class Backend:
    """One of everything, empty, on a clock that the test turns."""

    queue: ReceivableQueue
    receipts: Receipts
    changelog: Changelog
    state: State
    clock: TurnableClock


def _sqlite(folder: Path) -> Iterator[Backend]:
    clock = TurnableClock()
    database = Database(folder / "orderwarden.sqlite3", wait_s=20)
    yield Backend(
        queue=SqliteQueue(database, clock, max_receive_count=MAX_RECEIVE_COUNT),
        receipts=SqliteReceipts(database, clock),
        changelog=SqliteChangelog(database),
        state=SqliteState(database),
        clock=clock,
    )
    database.close()


class SqsWithLambdaEnd(SqsQueue):
    """The adapter, and what Lambda's event source does with the same queue."""

    def receive(self, limit: int = 1, visibility_s: float = 30) -> Sequence[Delivery]:
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=limit,
            VisibilityTimeout=int(visibility_s),
            MessageSystemAttributeNames=["All"],
        )
        return [
            Delivery(
                body=message["Body"],
                receipt_handle=message["ReceiptHandle"],
                receive_count=int(message["Attributes"]["ApproximateReceiveCount"]),
                sent_at=datetime.fromtimestamp(
                    int(message["Attributes"]["SentTimestamp"]) / 1000, UTC
                ),
                group=message["Attributes"]["MessageGroupId"],
            )
            for message in answer.get("Messages", [])
        ]

    def delete(self, receipt_handle: str) -> bool:
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=receipt_handle)
        return True

    def change_visibility(self, receipt_handle: str, seconds: float) -> bool:
        return self.give_back(receipt_handle, seconds)


def _aws(_folder: Path) -> Iterator[Backend]:
    clock = TurnableClock()
    with aws_stand_in.aws(clock):
        dynamodb, sqs = aws_stand_in.dynamodb(), aws_stand_in.sqs()
        aws_stand_in.create_tables(dynamodb)
        queue, dead_letters = aws_stand_in.create_queues(sqs, MAX_RECEIVE_COUNT)
        yield Backend(
            queue=SqsWithLambdaEnd(sqs, queue, dead_letters),
            receipts=DynamoReceipts(dynamodb, aws_stand_in.RECEIPTS, clock),
            changelog=DynamoChangelog(dynamodb, aws_stand_in.CHANGELOG),
            state=DynamoState(dynamodb, aws_stand_in.STATE),
            clock=clock,
        )


BACKENDS: dict[str, Callable[[Path], Iterator[Backend]]] = {"sqlite": _sqlite, "aws": _aws}
