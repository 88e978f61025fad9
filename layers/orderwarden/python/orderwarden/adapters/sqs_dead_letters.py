"""The dead letters in SQS FIFO: what the queue gave up, and what no code can read.

`StartMessageMoveTask` is not used: it moves all or nothing, and nobody sees what it moves.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from orderwarden.adapters.aws_errors import in_our_words
from orderwarden.adapters.sqs_limits import BATCH_MAX

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

IN_HAND_S: Final = 60
"""How long a dead letter stays hidden when a look at it is broken off."""

TOO_MANY_RECEIVES: Final = "too_many_receives"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message that waits for a person.

    Attributes:
        id: SQS's message id.
        group_id: Its group in the queue: that of its order.
        receive_count: How often it was received, every look at it here included.
        buried_at: When it came here; SQS keeps it for 14 days from then.
        reason: `too_many_receives`, or why somebody buried it.
    """

    id: str
    group_id: str
    body: str
    receive_count: int
    buried_at: datetime
    reason: str


class SqsDeadLetters:
    """Looks at dead letters by receiving them; each is hidden meanwhile.

    Of one group SQS hands out ten at a time, and no more while these are out.
    """

    def __init__(
        self, client: SQSClient, url: str, queue_url: str, *, look_for_s: int = 1
    ) -> None:
        """Work on a dead-letter queue; `look_for_s` is how long a receive waits for the last."""
        self._client = client
        self._url = url
        self._queue_url = queue_url
        self._look_for_s = look_for_s
        self._place = f"dead-letter queue {url}"

    def bury(self, body: str, group: str, reason: str) -> None:
        """Keep a message that cannot be handled; the caller acknowledges it then."""
        with in_our_words(self._place):
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=body,
                MessageGroupId=group,
                MessageDeduplicationId=uuid4().hex,
                MessageAttributes={"reason": {"DataType": "String", "StringValue": reason}},
            )

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """Return at most so many."""
        messages: list[MessageTypeDef] = []
        try:
            while len(messages) < limit and (
                some := self._receive(min(limit - len(messages), BATCH_MAX))
            ):
                messages += some
        finally:
            self._put_down(messages)
        return [_letter(message) for message in messages]

    def retry_dead_letters(self, ids: Collection[str] | None = None) -> int:
        """Queue these, or all, as if just sent; return how many there were.

        If it is broken off between queueing and deleting, doing it again within five minutes
        queues nothing twice: the deduplication id is the letter's.
        """
        retried: set[str] = set()
        others: list[MessageTypeDef] = []
        try:
            while (ids is None or retried < set(ids)) and (some := self._receive(BATCH_MAX)):
                for message in some:
                    if ids is None or message["MessageId"] in ids:
                        self._retry(message)
                        retried.add(message["MessageId"])
                    else:
                        others.append(message)
        finally:
            self._put_down(others)
        return len(retried)

    def _receive(self, limit: int) -> list[MessageTypeDef]:
        with in_our_words(self._place):
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=limit,
                VisibilityTimeout=IN_HAND_S,
                WaitTimeSeconds=self._look_for_s,
                MessageSystemAttributeNames=[
                    "ApproximateReceiveCount",
                    "MessageGroupId",
                    "SentTimestamp",
                ],
                MessageAttributeNames=["reason"],
            )
        return answer.get("Messages", [])

    def _retry(self, message: MessageTypeDef) -> None:
        group = message["Attributes"]["MessageGroupId"]
        with in_our_words(f"queue {self._queue_url}"):
            self._client.send_message(
                QueueUrl=self._queue_url,
                MessageBody=message["Body"],
                MessageGroupId=group,
                MessageDeduplicationId=message["MessageId"],
            )
        with in_our_words(self._place):
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])

    def _put_down(self, messages: Sequence[MessageTypeDef]) -> None:
        """Let others have these at once; what fails comes back by itself."""
        for start in range(0, len(messages), BATCH_MAX):
            with in_our_words(self._place):
                self._client.change_message_visibility_batch(
                    QueueUrl=self._url,
                    Entries=[
                        {
                            "Id": str(number),
                            "ReceiptHandle": message["ReceiptHandle"],
                            "VisibilityTimeout": 0,
                        }
                        for number, message in enumerate(messages[start : start + BATCH_MAX])
                    ],
                )


def _letter(message: MessageTypeDef) -> DeadLetter:
    told = message["Attributes"]
    reason = message.get("MessageAttributes", {}).get("reason")
    return DeadLetter(
        id=message["MessageId"],
        group_id=told["MessageGroupId"],
        body=message["Body"],
        receive_count=int(told["ApproximateReceiveCount"]),
        buried_at=datetime.fromtimestamp(int(told["SentTimestamp"]) / 1000, UTC),
        reason=reason["StringValue"] if reason else TOO_MANY_RECEIVES,
    )
