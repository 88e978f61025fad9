"""A batch of messages from a FIFO queue: what must wait holds up its own group, and no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from orderwarden.domain.signal import Signal
from orderwarden.errors import OrderwardenError
from orderwarden.services.attempt import AFTER_A_BUG_S, DEAD_LETTER, Worker, attempt
from orderwarden.services.process_steps.outcome import Outcome

TIME_NEEDED_S: Final = 70.0
"""What one signal may take at worst: 20 s for the quota, the rest for a few slow answers."""

UNTIL_READABLE_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message as the queue hands it out.

    Attributes:
        id: By which it is named if it must come again.
        group: What is handed out in order, one after the other.
        receive_count: 1 the first time.
    """

    id: str
    body: str
    receipt_handle: str
    group: str
    receive_count: int


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of one message.

    Attributes:
        signal: None where the message is none.
    """

    message: Message
    signal: Signal | None
    outcome: Outcome
    began_at: datetime


class Waits(Protocol):
    """The other end of the queue."""

    def give_back(self, receipt_handle: str, seconds: float) -> bool:
        """Hide a message for so many seconds from now."""
        ...


class Graveyard(Protocol):
    """Where a message goes that no code can read."""

    def bury(self, body: str, group: str, reason: str) -> None:
        """Keep a message; the caller acknowledges it then."""
        ...


class Batch:
    """Handles messages one after the other."""

    def __init__(
        self,
        worker: Worker,
        waits: Waits,
        graveyard: Graveyard | None,
        now: Callable[[], datetime],
        tell: Callable[[Handled], None],
    ) -> None:
        """Keep what it works with.

        Args:
            worker: Handles a signal.
            waits: Lets a message come back later.
            graveyard: None: what cannot be read comes back until the queue gives it up.
            now: The time.
            tell: Called once for each message that was begun.
        """
        self._worker = worker
        self._waits = waits
        self._graveyard = graveyard
        self._now = now
        self._tell = tell

    def handle(self, messages: Sequence[Message], time_left_s: Callable[[], float]) -> list[str]:
        """Handle messages in their order; return the ids of those that must come again.

        A group of which one must wait is not gone on with. What was not begun, for that or for
        want of time, may come again at once.
        """
        again: list[str] = []
        waiting: set[str] = set()
        for message in messages:
            if message.group in waiting or time_left_s() < TIME_NEEDED_S:
                waiting.add(message.group)
                again.append(message.id)
                self._hide(message, 0.0)
            elif not self._is_done_with(message):
                waiting.add(message.group)
                again.append(message.id)
        return again

    def _is_done_with(self, message: Message) -> bool:
        handled = self._handled(message)
        outcome = handled.outcome
        if outcome.again_s is not None:
            self._hide(message, outcome.again_s)
        self._tell(handled)
        return outcome.again_s is None

    def _handled(self, message: Message) -> Handled:
        began_at = self._now()
        signal, outcome = attempt(self._worker, message.body, message.receive_count)
        if outcome.kind == DEAD_LETTER:
            outcome = self._buried(message, outcome.reason)
        return Handled(message, signal, outcome, began_at)

    def _buried(self, message: Message, reason: str) -> Outcome:
        if self._graveyard is None:
            return Outcome(DEAD_LETTER, reason=reason, again_s=UNTIL_READABLE_S)
        try:
            self._graveyard.bury(message.body, message.group, reason)
        except OrderwardenError as error:
            return Outcome("again", reason=str(error), again_s=AFTER_A_BUG_S)
        return Outcome(DEAD_LETTER, reason=reason)

    def _hide(self, message: Message, seconds: float) -> None:
        with suppress(OrderwardenError):  # else it comes back by itself when its time is up
            self._waits.give_back(message.receipt_handle, seconds)
