"""The wire between a boto3 client and moto, on which answers get lost."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import ReadTimeoutError
from moto.core.models import botocore_stubber


class LossyWire:
    """Loses answers: what was asked is done, and botocore asks again.

    Attributes:
        sent: The body of every sending, by operation.
        answers_twice_asked: Operations of which each request is answered the second time only.
    """

    def __init__(self, client: Any) -> None:  # noqa: ANN401  # any boto3 client
        self.sent: defaultdict[str, list[str | bytes]] = defaultdict(list)
        self.answers_twice_asked: frozenset[str] = frozenset()
        self._losing: set[str] = set()
        client.meta.events.register_first("before-send", self._send)

    def lose_answer_to(self, operation: str) -> None:
        """Lose the next answer to this operation, e.g. `PutItem`."""
        self._losing.add(operation)

    def _send(self, event_name: str, request: AWSPreparedRequest, **_: object) -> None:
        operation, body = event_name.rpartition(".")[2], request.body
        assert isinstance(body, str | bytes)
        is_first = self.sent[operation][-1:] != [body]
        self.sent[operation].append(body)
        if operation in self._losing or (operation in self.answers_twice_asked and is_first):
            self._losing.discard(operation)
            botocore_stubber(event_name, request)
            raise ReadTimeoutError(endpoint_url=request.url)
