"""What receipts say of signals: how long they are kept, and what a sweep makes of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from builders import a_signal, at
from orderwarden.adapters.sqs_limits import KEPT as KEPT_IN_THE_QUEUE
from orderwarden.domain.authenticity import MAX_AGE
from orderwarden.domain.receipt import KEPT, Receipt, ReceiptState
from orderwarden.domain.signal import Trigger
from orderwarden.domain.sweep_receipts import is_wanted, look_again_at, queued

HOURS = 3600.0


def a_receipt(state: ReceiptState, **more: object) -> Receipt:
    fields: dict[str, object] = {
        "key": "wh-1",
        "store": "abc123",
        "order_id": 118,
        "trigger": "sweep",
        "state": state,
        "first_at": at(0),
    }
    return Receipt(**(fields | more))  # type: ignore[arg-type]


def test_a_receipt_outlives_every_retry_of_its_webhook_and_the_queue() -> None:
    assert timedelta(days=17) == MAX_AGE + KEPT_IN_THE_QUEUE
    assert timedelta(days=17) < KEPT


@pytest.mark.parametrize("hours", [0.0, 5.9, 6.1, 999.0])
def test_what_is_parked_is_not_swept(hours: float) -> None:
    parked = a_receipt(ReceiptState.PARKED, outcome="paused")

    assert not is_wanted(parked, at(hours * HOURS))


@pytest.mark.parametrize(("hours", "expected"), [(5.9, False), (6.1, True)])
def test_what_was_queued_or_in_hand_for_six_hours_is_lost(hours: float, expected: bool) -> None:
    now = at(hours * HOURS)

    assert is_wanted(a_receipt(ReceiptState.QUEUED), now) is expected
    assert is_wanted(a_receipt(ReceiptState.HELD, lease_until=at(0)), now) is expected
    assert is_wanted(a_receipt(ReceiptState.RELEASED, lease_until=at(0)), now) is expected


def test_what_ended_is_swept_again_at_its_time_or_never() -> None:
    later = a_receipt(ReceiptState.DONE, look_again_at=at(24 * HOURS))

    assert is_wanted(None, at(0))
    assert not is_wanted(later, at(23 * HOURS))
    assert is_wanted(later, at(24 * HOURS))
    assert not is_wanted(a_receipt(ReceiptState.DONE), at(999 * HOURS))


@pytest.mark.parametrize(
    ("outcome", "before", "hours"),
    [
        ("no_match", "", 24.0),
        ("blocked: money_unknown", "", 24.0),
        ("blocked: transactions_unreadable", "", 0.25),
        ("blocked: transactions_unreadable", "blocked: transactions_unreadable", 1.0),
    ],
)
def test_a_sweep_comes_back_to_what_it_did_not_change(
    outcome: str, before: str, hours: float
) -> None:
    assert look_again_at(outcome, before, at(0)) == at(hours * HOURS)


@pytest.mark.parametrize("outcome", ["applied", "applied: more", "gave_up"])
def test_what_was_changed_or_given_up_is_not_swept_again(outcome: str) -> None:
    assert look_again_at(outcome, "", at(0)) is None


def test_what_is_queued_once_more_keeps_the_decision_that_was_begun() -> None:
    signal = a_signal(Trigger.SWEEP)
    begun = a_receipt(ReceiptState.RELEASED, decision="{...}", deaths=2)
    ended = a_receipt(ReceiptState.DONE, decision="{...}", deaths=2)

    again, anew = queued(signal, begun, at(0)), queued(signal, ended, at(0))

    assert (again.decision, again.deaths) == ("{...}", 2)
    assert (anew.decision, anew.deaths) == ("", 0)


@pytest.mark.parametrize("found", [None, a_receipt(ReceiptState.DONE)])
def test_the_receipt_of_what_is_queued_is_forgotten_in_the_end(found: Receipt | None) -> None:
    assert queued(a_signal(Trigger.SWEEP), found, at(0)).expires_at == at(21 * 24 * HOURS)
