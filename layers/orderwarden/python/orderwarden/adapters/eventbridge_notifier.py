"""Notices on an EventBridge bus, where e-mail, Slack or anything else may listen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from orderwarden.adapters.aws_errors import in_our_words
from orderwarden.errors import TryAgain

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

SOURCE: Final = "orderwarden"
RETRY_S: Final = 2.0


class EventBridgeNotifier:
    """`ports.Notifier`: source `orderwarden`, detail-type the kind."""

    def __init__(self, client: EventBridgeClient, bus: str) -> None:
        """Put events on a bus, named or by its ARN."""
        self._client = client
        self._bus = bus

    def notify(self, store: str, kind: str, notice_id: str, detail: Mapping[str, object]) -> None:
        """Put one event; its detail is `detail` with `store` and `notice_id`.

        Raises:
            TryAgain: `notice_not_taken`: the bus did not take it; an earlier sending may have
                been taken, and who listens knows it by `notice_id`.
        """
        event = {**detail, "store": store, "notice_id": notice_id}
        with in_our_words(f"event bus {self._bus}"):
            answer = self._client.put_events(
                Entries=[
                    {
                        "EventBusName": self._bus,
                        "Source": SOURCE,
                        "DetailType": kind,
                        "Detail": json.dumps(event),
                    }
                ]
            )
        if answer["FailedEntryCount"]:
            raise TryAgain("notice_not_taken", RETRY_S)
