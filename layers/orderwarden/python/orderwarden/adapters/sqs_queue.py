"""The queue in SQS FIFO: what ingest, sweep and process do with it."""

from __future__ import annotations

import math
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from orderwarden.adapters.aws_errors import codes_of, in_our_words
from orderwarden.adapters.sqs_limits import check_message, check_visibility

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

    from orderwarden.domain.signal import Signal
    from orderwarden.ports import Depth

_NOT_IN_HAND: Final = frozenset(
    {
        "InvalidParameterValue",
        "InvalidParameterValueException",
        "MessageNotInflight",
        "ReceiptHandleIsInvalid",
    }
)
"""What SQS says of a receipt handle that is no good any more; which of them is not promised."""


class SqsQueue:
    """`ports.Queue`, and the waits of signals in hand; Lambda receives and deletes."""

    def __init__(self, client: SQSClient, url: str, dead_letters_url: str = "") -> None:
        """Work on a FIFO queue; without the other's address, `depth` tells of no dead letters."""
        self._client = client
        self._url = url
        self._dead_letters_url = dead_letters_url

    def put(self, signal: Signal) -> None:
        """Queue a signal under its group.

        Its random deduplication id lets botocore send it again, and nothing else: equal
        signals are two messages.

        Raises:
            Rejected: SQS would refuse it.
        """
        body, group = signal.to_json(), signal.group
        check_message(body, group)
        with in_our_words(f"queue {self._url}"):
            self._client.send_message(
                QueueUrl=self._url,
                MessageBody=body,
                MessageGroupId=group,
                MessageDeduplicationId=token_hex(16),
            )

    def give_back(self, receipt_handle: str, seconds: float) -> bool:
        """Hide a message for so many seconds from now; its group waits with it.

        Returns:
            False if it is no longer this delivery's, or has been out for 12 hours in all.

        Raises:
            Rejected: `visibility_timeout`: not 0 to 12 hours.
        """
        check_visibility(seconds)
        with in_our_words(f"queue {self._url}"):
            try:
                self._client.change_message_visibility(
                    QueueUrl=self._url,
                    ReceiptHandle=receipt_handle,
                    VisibilityTimeout=math.ceil(seconds),
                )
            except ClientError as error:
                if _NOT_IN_HAND.isdisjoint(codes_of(error)):
                    raise
                return False
        return True

    def depth(self) -> Depth:
        """Return the counts, approximately; what waits out a visibility timeout is in flight.

        SQS counts it like what is in somebody's hand, and a minute may pass until counts are
        right.
        """
        from orderwarden.ports import Depth  # noqa: PLC0415  # ingest never asks, but starts often

        waiting, out = self._counts(self._url)
        dead = sum(self._counts(self._dead_letters_url)) if self._dead_letters_url else 0
        return Depth(queued=waiting, in_flight=out, dead_letters=dead)

    def _counts(self, url: str) -> tuple[int, int]:
        """Return how many may be received now or soon, and how many are out."""
        with in_our_words(f"queue {url}"):
            counts = self._client.get_queue_attributes(
                QueueUrl=url,
                AttributeNames=[
                    "ApproximateNumberOfMessages",
                    "ApproximateNumberOfMessagesDelayed",
                    "ApproximateNumberOfMessagesNotVisible",
                ],
            )["Attributes"]
        now = int(counts["ApproximateNumberOfMessages"])
        soon = int(counts["ApproximateNumberOfMessagesDelayed"])
        return now + soon, int(counts["ApproximateNumberOfMessagesNotVisible"])
