"""Step 2: claim a signal, so that one worker at a time has it and duplicates end here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from orderwarden.domain.receipt import ENDED, Receipt, ReceiptState
from orderwarden.domain.signal import Signal
from orderwarden.errors import TryAgain
from orderwarden.services.process_steps.ports import ProcessPorts

LEFT_ALONE: Final = timedelta(hours=1)
"""A stopped store, a machine that was off: longer than any wait between two looks."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The signal is ours.

    Attributes:
        was_taken_over: It was begun before: its last holder vanished, gave it back or parked it.
        was_parked: Its last holder parked it.
    """

    receipt: Receipt
    was_taken_over: bool
    was_parked: bool


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The signal was handled before, and nothing calls for another look."""

    receipt: Receipt


def claim(ports: ProcessPorts, signal: Signal) -> Claimed | Duplicate:
    """Take a signal, or say that it was handled.

    Raises:
        TryAgain: Another worker holds it; comes back when its lease ends.
    """
    token = ports.new_id()
    expected: Receipt | None = None
    for _ in range(4):  # each round lost means that somebody else just wrote it
        now = ports.clock.now()
        wanted = _held(expected, signal, token, now, ports.lease_s)
        found = ports.receipts.replace(wanted, expected)
        if found is None or found.token == token:
            was_parked = expected is not None and expected.state is ReceiptState.PARKED
            return Claimed(wanted, _was_begun(expected), was_parked)
        if found == expected:  # it expired or was deleted since it was read
            expected = None
            continue
        if found.has_ended and not _calls_for_another_look(ports, signal, found, now):
            return Duplicate(found)
        _wait_for_holder(found, now)
        expected = found
    raise TryAgain("receipt_contended", 1.0)


def _held(
    expected: Receipt | None, signal: Signal, token: str, now: datetime, lease_s: float
) -> Receipt:
    """Return the receipt as it is to stand once the claim succeeds."""
    until = now + timedelta(seconds=lease_s)
    if expected is None:
        first = Receipt.of(signal, ReceiptState.HELD, now)
        return replace(first, token=token, lease_until=until)
    died = expected.state is ReceiptState.HELD
    again = expected.state in ENDED
    waited_elsewhere = {ReceiptState.PARKED, ReceiptState.QUEUED}  # not between two looks
    is_anew = again or expected.state in waited_elsewhere or _was_left_alone(expected, now)
    return replace(
        expected,
        state=ReceiptState.HELD,
        revision=expected.revision + 1,
        token=token,
        lease_until=until,
        decision="" if again else expected.decision,
        deaths=0 if again else expected.deaths + died,
        failures=0 if is_anew else expected.failures,
        first_at=now if is_anew else expected.first_at,
        outcome=expected.outcome if expected.state is ReceiptState.QUEUED else "",
        look_again_at=None,
        expires_at=None,
    )


def _was_left_alone(expected: Receipt, now: datetime) -> bool:
    """Return whether nobody looked for long: that time was not spent looking in vain."""
    until = expected.lease_until
    return until is not None and now - until > LEFT_ALONE


def _was_begun(expected: Receipt | None) -> bool:
    begun = {ReceiptState.HELD, ReceiptState.RELEASED, ReceiptState.PARKED}
    return expected is not None and expected.state in begun


def _calls_for_another_look(
    ports: ProcessPorts, signal: Signal, found: Receipt, now: datetime
) -> bool:
    """Return whether an ended signal is decided once more; the lines guard its effects."""
    if found.look_again_at is not None and found.look_again_at <= now:
        return True
    if not signal.is_webhook or signal.order_id is None:
        return False
    seen = ports.state.seen(signal.store, signal.order_id)
    return seen is None or not seen.tells_of(signal)


def _wait_for_holder(found: Receipt, now: datetime) -> None:
    if found.state is ReceiptState.HELD and found.lease_until and found.lease_until > now:
        left_s = (found.lease_until - now).total_seconds()
        raise TryAgain("held", left_s, backs_off=False)
