"""Messages between a customer and the store about an order; the API can only read them."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Message:
    """Hold one message; `from_staff` says who wrote it."""

    id: int
    order_id: int
    customer_id: int
    subject: str
    text: str
    created_at: datetime
    from_staff: bool = False
    is_read: bool = False
    is_flagged: bool = False


class MessageBook:
    """Keep messages by order."""

    def __init__(self) -> None:
        self._by_order: dict[int, list[Message]] = {}

    def add(self, message: Message) -> None:
        """Keep a message."""
        self._by_order.setdefault(message.order_id, []).append(message)

    def mark_read(self, order_id: int) -> None:
        """Note that the staff has read what is there."""
        self._by_order[order_id] = [replace(each, is_read=True) for each in self.of(order_id)]

    def flag(self, order_id: int) -> None:
        """Flag all messages of an order."""
        self._by_order[order_id] = [replace(each, is_flagged=True) for each in self.of(order_id)]

    def of(self, order_id: int) -> list[Message]:
        """Return an order's messages, oldest first."""
        return list(self._by_order.get(order_id, ()))
