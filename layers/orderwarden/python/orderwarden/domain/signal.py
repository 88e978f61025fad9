"""A signal: one thing to look into, as it travels through the queue."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from orderwarden.domain.instants import from_text, to_text
from orderwarden.errors import Rejected, TryAgain

VERSION: Final = 1


class Trigger(StrEnum):
    """What made somebody look at an order."""

    ORDER_CREATED = "order_created"
    ORDER_UPDATED = "order_updated"
    STATUS_UPDATED = "status_updated"
    ORDER_ARCHIVED = "order_archived"
    SHIPMENT_CREATED = "shipment_created"
    SHIPMENT_UPDATED = "shipment_updated"
    REFUND_CREATED = "refund_created"
    TRANSACTION_CREATED = "transaction_created"
    MESSAGE_CREATED = "message_created"
    STOCK_CHANGED = "stock_changed"
    SWEEP = "sweep"
    RECONCILE = "reconcile"
    MANUAL = "manual"


OWN_TRIGGERS: Final = frozenset({Trigger.SWEEP, Trigger.RECONCILE, Trigger.MANUAL})
WEBHOOK_TRIGGERS: Final = frozenset(Trigger) - OWN_TRIGGERS


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing to look into.

    Attributes:
        store: Store hash.
        order_id: The order, or None for `stock_changed`, which names a product.
        occurred_at: When it happened by the store's clock (one-second grain).
        receipt_key: Its identity: equal for duplicates of one event.
        previous_status_id: Status before, where the event says so.
        new_status_id: Status after, where the event says so.
        resource_id: The shipment, refund, transaction, message or product of the event.
        run_id: The sweep, reconciliation or command that asked.
    """

    store: str
    order_id: int | None
    trigger: Trigger
    occurred_at: datetime
    receipt_key: str
    previous_status_id: int | None = None
    new_status_id: int | None = None
    resource_id: str | None = None
    run_id: str | None = None
    version: int = VERSION

    @property
    def group(self) -> str:
        """Return the queue group, 32 hex digits: what must be handled one after the other."""
        subject = f"order:{self.order_id}" if self.order_id else f"product:{self.resource_id}"
        return hashlib.sha256(f"{self.store}\n{subject}".encode()).hexdigest()[:32]

    @property
    def is_webhook(self) -> bool:
        """Return whether BigCommerce announced it."""
        return self.trigger in WEBHOOK_TRIGGERS

    def may_be_news_to(self, status_id: int, modified_at: datetime) -> bool:
        """Return whether a body may be from just before this status event.

        It shows the status that the event left, and is not dated after the event: of what
        happened within one second, dates do not tell which came first.
        """
        is_left = status_id == self.previous_status_id and status_id != self.new_status_id
        return is_left and self.new_status_id is not None and modified_at <= self.occurred_at

    def to_json(self) -> str:
        """Return the queue's message body: one JSON object, absent values left out."""
        fields: dict[str, object] = {
            "version": self.version,
            "store": self.store,
            "order_id": self.order_id,
            "trigger": self.trigger.value,
            "occurred_at": to_text(self.occurred_at),
            "receipt_key": self.receipt_key,
            "previous_status_id": self.previous_status_id,
            "new_status_id": self.new_status_id,
            "resource_id": self.resource_id,
            "run_id": self.run_id,
        }
        return json.dumps({k: v for k, v in fields.items() if v is not None})

    @classmethod
    def from_json(cls, body: str) -> Signal:
        """Read a message body.

        Raises:
            TryAgain: It was written by a newer version of this code.
            Rejected: It is no signal at all.
        """
        try:
            fields = json.loads(body)
            if fields["version"] > VERSION:
                raise TryAgain("unknown_version", 60.0)
            return cls._from_fields(fields)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise Rejected("not_a_signal") from error

    @classmethod
    def _from_fields(cls, fields: Mapping[str, object]) -> Signal:
        occurred_at = from_text(_text(fields["occurred_at"]))
        if occurred_at.tzinfo is None:
            raise ValueError("naive time")
        return cls(
            store=_text(fields["store"]),
            order_id=_number(fields.get("order_id")),
            trigger=Trigger(_text(fields["trigger"])),
            occurred_at=occurred_at,
            receipt_key=_text(fields["receipt_key"]),
            previous_status_id=_number(fields.get("previous_status_id")),
            new_status_id=_number(fields.get("new_status_id")),
            resource_id=_optional_text(fields.get("resource_id")),
            run_id=_optional_text(fields.get("run_id")),
        )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _optional_text(value: object) -> str | None:
    return None if value is None else _text(value)


def _number(value: object) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise TypeError(value)
