"""Dead letters in SQS: looked at, and queued again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aws_stand_in
import pytest
from aws_wire import LossyWire
from contracts.builders import a_signal
from fakes import NOON, TurnableClock
from orderwarden.adapters.sqs_dead_letters import DeadLetter, SqsDeadLetters
from orderwarden.adapters.sqs_queue import SqsQueue
from orderwarden.errors import TryAgain

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@dataclass(frozen=True)
class Sqs:
    """The queue and its dead letters."""

    clock: TurnableClock
    client: SQSClient
    url: str
    dead_letters_url: str
    dead: SqsDeadLetters

    def bury(self, *bodies: str, group: str = "g") -> None:
        for body in bodies:
            self.dead.bury(body, group, "not_a_signal")

    def queued(self) -> list[str]:
        """Take everything off the queue, in order."""
        bodies = []
        while messages := self.client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10
        ).get("Messages"):
            for message in messages:
                bodies.append(message["Body"])
                self.client.delete_message(
                    QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"]
                )
        return bodies

    def dead_bodies(self, limit: int = 100) -> list[str]:
        return [letter.body for letter in self.dead.dead_letters(limit)]


@pytest.fixture
def sqs() -> Iterator[Sqs]:
    clock = TurnableClock()
    with aws_stand_in.aws(clock):
        client = aws_stand_in.new_sqs(attempts=1)
        url, dead = aws_stand_in.create_queues(client, max_receive_count=2)
        yield Sqs(clock, client, url, dead, SqsDeadLetters(client, dead, url, look_for_s=0))


def test_no_dead_letters_are_none(sqs: Sqs) -> None:
    assert sqs.dead.dead_letters(10) == []
    assert sqs.dead.retry_dead_letters() == 0


def test_a_buried_message_tells_why_and_since_when(sqs: Sqs) -> None:
    sqs.bury("no signal")

    [letter] = sqs.dead.dead_letters(10)

    assert letter == DeadLetter(letter.id, "g", "no signal", 1, NOON, "not_a_signal")
    assert letter.id


def test_a_message_that_sqs_gave_up_tells_so(sqs: Sqs) -> None:
    queue = SqsQueue(sqs.client, sqs.url)
    queue.put(a_signal())
    for _ in range(3):
        messages = sqs.client.receive_message(QueueUrl=sqs.url).get("Messages", [])
        for message in messages:
            queue.give_back(message["ReceiptHandle"], 0)

    [letter] = sqs.dead.dead_letters(10)

    assert letter.reason == "too_many_receives"
    assert letter.receive_count == 3
    assert letter.group_id == a_signal().group
    assert letter.body == a_signal().to_json()


def test_looking_leaves_every_letter_in_its_place(sqs: Sqs) -> None:
    for number in range(25):
        sqs.bury(f"letter {number:02}", group=f"g{number}")

    first = sqs.dead_bodies()
    second = sqs.dead_bodies()

    assert sorted(first) == [f"letter {number:02}" for number in range(25)]
    assert sorted(second) == sorted(first)


def test_no_more_are_shown_than_asked_for(sqs: Sqs) -> None:
    for number in range(25):
        sqs.bury(f"letter {number}", group=f"g{number}")

    assert len(sqs.dead_bodies(limit=12)) == 12
    assert len(sqs.dead_bodies(limit=3)) == 3


def test_letters_of_one_order_come_in_their_order(sqs: Sqs) -> None:
    sqs.bury("first", "second", "third")

    assert sqs.dead_bodies() == ["first", "second", "third"]


def test_every_letter_is_queued_again_in_its_group_and_order(sqs: Sqs) -> None:
    sqs.bury(*(f"letter {number:02}" for number in range(25)))

    retried = sqs.dead.retry_dead_letters()

    assert retried == 25
    assert sqs.queued() == [f"letter {number:02}" for number in range(25)]
    assert sqs.dead_bodies() == []


def test_only_the_letters_named_are_queued_again(sqs: Sqs) -> None:
    sqs.bury("a", "b", "c")
    [_, b, _] = sqs.dead.dead_letters(10)

    retried = sqs.dead.retry_dead_letters([b.id, "no such letter"])

    assert retried == 1
    assert sqs.queued() == ["b"]
    assert sqs.dead_bodies() == ["a", "c"]


def test_a_retry_broken_off_before_the_delete_queues_nothing_twice(sqs: Sqs) -> None:
    sqs.bury("a")
    wire = LossyWire(sqs.client)
    wire.lose_answer_to("SendMessage")

    with pytest.raises(TryAgain):
        sqs.dead.retry_dead_letters()
    sqs.clock.advance(60)
    retried = sqs.dead.retry_dead_letters()

    assert retried == 1
    assert sqs.queued() == ["a"]
    assert sqs.dead_bodies() == []
