"""The event source of SQS: batches to the process function, and what it does with the answer.

Source: Lambda Developer Guide, "Handling errors for an SQS event source in Lambda".
"""

from __future__ import annotations

from typing import Any

from deployed.stack import Stack


class EventSource:
    """Polls as the stack's event source mapping says."""

    def __init__(self, stack: Stack) -> None:
        [mapping] = stack.client("lambda").list_event_source_mappings()["EventSourceMappings"]
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        self._process = stack.functions["process"]
        self._batch_size = mapping["BatchSize"]
        self._arn = mapping["EventSourceArn"]
        self._sqs = stack.client("sqs")
        self._url = stack.outputs["QueueUrl"]
        self.batches: list[list[str]] = []

    def poll(self) -> int:
        """Hand over one batch; return how many messages there were."""
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=self._batch_size,
            WaitTimeSeconds=0,  # Lambda's pollers wait; a test has other things to do
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        if messages:
            self.batches.append([message["Body"] for message in messages])
            failed = self._failed(messages)
            for message in messages:
                if message["MessageId"] not in failed:
                    handle = message["ReceiptHandle"]
                    self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=handle)
        return len(messages)

    def _failed(self, messages: list[dict[str, Any]]) -> set[str]:
        records = [self._record(message) for message in messages]
        answer = self._process.invoke({"Records": records})
        assert answer.keys() == {"batchItemFailures"}
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
        assert failed <= {message["MessageId"] for message in messages}, "all would come again"
        return failed

    def _record(self, message: dict[str, Any]) -> dict[str, Any]:
        return {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "attributes": message["Attributes"],
            "messageAttributes": message.get("MessageAttributes", {}),
            "md5OfBody": message["MD5OfBody"],
            "eventSource": "aws:sqs",
            "eventSourceARN": self._arn,
            "awsRegion": "us-east-1",
        }
