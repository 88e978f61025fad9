"""The queue in SQS: what is sent, what is refused before, what a wait does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import aws_stand_in
import pytest
from aws_wire import LossyWire
from botocore.stub import Stubber
from contracts.builders import a_signal
from fakes import TurnableClock
from orderwarden.adapters.sqs_dead_letters import SqsDeadLetters
from orderwarden.adapters.sqs_queue import SqsQueue
from orderwarden.errors import ConfigurationError, Rejected
from orderwarden.ports import Depth

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef

HOUR = 3600.0


@dataclass(frozen=True)
class Sqs:
    """The queue and its dead letters, and what Lambda does with them."""

    clock: TurnableClock
    client: SQSClient
    wire: LossyWire
    url: str
    dead_letters_url: str
    queue: SqsQueue

    def receive(self, limit: int = 10) -> list[MessageTypeDef]:
        answer = self.client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=limit, MessageSystemAttributeNames=["All"]
        )
        return answer.get("Messages", [])

    def keys(self) -> list[str]:
        return [json.loads(message["Body"])["receipt_key"] for message in self.receive()]


@pytest.fixture
def sqs() -> Iterator[Sqs]:
    clock = TurnableClock()
    with aws_stand_in.aws(clock):
        client = aws_stand_in.new_sqs(attempts=2)
        url, dead = aws_stand_in.create_queues(client)
        wire = LossyWire(client)
        yield Sqs(clock, client, wire, url, dead, SqsQueue(client, url, dead))


def test_a_signal_is_sent_under_its_hashed_group_with_a_random_id(sqs: Sqs) -> None:
    sqs.queue.put(a_signal(100, "k1"))
    sqs.queue.put(a_signal(100, "k1"))

    first, second = (message["Attributes"] for message in sqs.receive())
    assert first["MessageGroupId"] == second["MessageGroupId"] == a_signal(100).group
    assert re.fullmatch("[0-9a-f]{32}", first["MessageGroupId"])
    assert first["MessageDeduplicationId"] != second["MessageDeduplicationId"]


def test_a_signal_whose_answer_was_lost_is_queued_once(sqs: Sqs) -> None:
    sqs.wire.lose_answer_to("SendMessage")

    sqs.queue.put(a_signal(100, "k1"))

    assert len(sqs.wire.sent["SendMessage"]) == 2
    assert sqs.keys() == ["k1"]


def test_what_sqs_would_refuse_is_not_sent(sqs: Sqs) -> None:
    too_long = replace(a_signal(), receipt_key="x" * 1_048_576)

    with pytest.raises(Rejected, match="message_size"):
        sqs.queue.put(too_long)

    assert sqs.wire.sent == {}


def test_a_wait_that_is_not_a_whole_second_is_rounded_up(sqs: Sqs) -> None:
    sqs.queue.put(a_signal())
    [message] = sqs.receive()

    sqs.queue.give_back(message["ReceiptHandle"], 29.2)
    sqs.clock.advance(29.5)
    too_early = sqs.keys()
    sqs.clock.advance(0.5)

    assert too_early == []
    assert sqs.keys() == ["k1"]


@pytest.mark.parametrize("seconds", [-0.1, 12 * HOUR + 1, float("nan")])
def test_a_wait_that_sqs_does_not_know_is_rejected(sqs: Sqs, seconds: float) -> None:
    sqs.queue.put(a_signal())
    [message] = sqs.receive()

    with pytest.raises(Rejected, match="visibility_timeout"):
        sqs.queue.give_back(message["ReceiptHandle"], seconds)


def test_a_message_that_is_gone_is_not_given_back(sqs: Sqs) -> None:
    sqs.queue.put(a_signal())
    [message] = sqs.receive()
    sqs.client.delete_message(QueueUrl=sqs.url, ReceiptHandle=message["ReceiptHandle"])

    assert not sqs.queue.give_back(message["ReceiptHandle"], 30)
    assert not sqs.queue.give_back("no handle at all", 30)


def test_a_message_is_not_kept_beyond_12_hours_in_all(sqs: Sqs) -> None:
    sqs.queue.put(a_signal())
    [message] = sqs.receive()
    sqs.clock.advance(60)

    assert not sqs.queue.give_back(message["ReceiptHandle"], 12 * HOUR)


def test_depth_counts_both_queues(sqs: Sqs) -> None:
    for order_id in range(1, 6):
        sqs.queue.put(a_signal(order_id))
    sqs.receive(2)
    SqsDeadLetters(sqs.client, sqs.dead_letters_url, sqs.url).bury("{}", "g", "not_a_signal")

    assert sqs.queue.depth() == Depth(queued=3, in_flight=2, dead_letters=1)
    assert SqsQueue(sqs.client, sqs.url).depth().dead_letters == 0


def test_a_message_that_may_not_be_given_back_is_a_person_s_matter(sqs: Sqs) -> None:
    with Stubber(sqs.client) as stub:
        stub.add_client_error("change_message_visibility", "AccessDenied", http_status_code=403)

        with pytest.raises(ConfigurationError, match="ChangeMessageVisibility was refused"):
            sqs.queue.give_back("a handle", 30)


def test_a_queue_that_does_not_exist_is_named(sqs: Sqs) -> None:
    url = sqs.url.replace("signals", "typo")

    with pytest.raises(
        ConfigurationError, match=r"queue http\S+typo.fifo: SendMessage was refused"
    ):
        SqsQueue(sqs.client, url).put(a_signal())
