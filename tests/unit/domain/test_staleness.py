"""When a reading is mistrusted, and how long we wait for a better one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from builders import a_line, a_signal, a_status_event, an_order, at, seen
from orderwarden.domain.order import Transaction
from orderwarden.domain.signal import Trigger
from orderwarden.domain.staleness import (
    Staleness,
    money_unshown_since,
    next_look_for_missing_s,
    next_look_s,
    staleness,
)


def test_a_body_as_new_as_the_event_is_fresh() -> None:
    order = an_order("Completed", modified=0)

    assert staleness(order, a_status_event("Shipped", "Completed"), None, []) is Staleness.FRESH


def test_an_older_body_with_another_status_lags_behind_the_event() -> None:
    order = an_order("Shipped", modified=-1)
    event = a_status_event("Shipped", "Completed")

    assert staleness(order, event, None, []) is Staleness.BEHIND_EVENT


@pytest.mark.parametrize(
    ("status", "modified", "expected"),
    [
        ("Shipped", 0, "behind_event"),  # what the event left: from just before it, perhaps
        ("Disputed", 0, "fresh"),  # it moved on within the second
        ("Completed", 0, "fresh"),
        ("Shipped", 1, "fresh"),  # it went back
    ],
)
def test_a_body_of_the_events_second_must_not_show_the_status_that_it_left(
    status: str, modified: float, expected: str
) -> None:
    event = a_status_event("Shipped", "Completed")

    assert staleness(an_order(status, modified=modified), event, None, []).value == expected


def test_a_newer_body_with_another_status_has_moved_on() -> None:
    order = an_order("Disputed", modified=60)
    event = a_status_event("Shipped", "Completed")

    assert staleness(order, event, None, []) is Staleness.FRESH


@pytest.mark.parametrize(("modified", "expected"), [(-5, "fresh"), (-6, "behind_event")])
def test_a_body_may_be_five_seconds_older_than_its_event(modified: float, expected: str) -> None:
    assert staleness(an_order(modified=modified), a_signal(), None, []).value == expected


def test_a_transaction_says_nothing_of_the_orders_date() -> None:
    order = an_order(modified=-9999)

    assert staleness(order, a_signal(Trigger.TRANSACTION_CREATED), None, []) is Staleness.FRESH


def test_a_body_older_than_what_was_seen_is_behind() -> None:
    order = an_order(modified=0)

    assert staleness(order, a_signal(), seen(modified=1), []) is Staleness.BEHIND_SEEN


def test_a_body_from_before_our_own_status_change_is_behind() -> None:
    order, line = an_order(modified=-3), a_line()

    assert staleness(order, a_signal(), None, [line]) is Staleness.BEHIND_OUR_CHANGE


def test_a_note_of_ours_that_moved_no_date_holds_nothing_up() -> None:
    order, line = an_order(modified=-3), a_line(after=None)

    assert staleness(order, a_signal(), None, [line]) is Staleness.FRESH


def a_transaction(
    event: str, seconds: float, *, status: str = "ok", is_test: bool = False
) -> Transaction:
    raw = {"date_created": at(seconds).isoformat()}
    return Transaction("7", event, status, Decimal(20), "USD", is_test, None, raw)


@pytest.mark.parametrize(
    ("payment_status", "transaction", "since"),
    [
        ("", a_transaction("purchase", 0), 0),
        ("", a_transaction("purchase", 3), 3),
        ("", a_transaction("purchase", -1), None),  # the body is newer
        ("", a_transaction("purchase", 0, status="error"), None),
        ("", a_transaction("purchase", 0, is_test=True), None),
        ("captured", a_transaction("purchase", 0), None),
        ("authorized", a_transaction("capture", 0), 0),
        ("", a_transaction("authorization", 0), 0),
        ("authorized", a_transaction("authorization", 0), None),
    ],
)
def test_a_body_that_does_not_show_newer_money_may_be_from_before_it(
    payment_status: str, transaction: Transaction, since: float | None
) -> None:
    order = an_order("Awaiting Payment", modified=0, payment_status=payment_status)

    found = money_unshown_since(order, [transaction])

    assert found == (None if since is None else at(since))


@pytest.mark.parametrize(
    ("waited_s", "wait_s"), [(0, 2), (1.5, 0.5), (2, 15), (10, 7), (17, None), (500, None)]
)
def test_a_lagging_reading_is_looked_at_again_after_2_and_15_seconds(
    waited_s: float, wait_s: float | None
) -> None:
    assert next_look_s(timedelta(seconds=waited_s)) == wait_s


def test_a_missing_order_is_looked_for_ever_more_slowly_for_an_hour() -> None:
    waited, waits = 0.0, []
    while (wait_s := next_look_for_missing_s(timedelta(seconds=waited))) is not None:
        waits.append(wait_s)
        waited += wait_s

    assert waits[:4] == [2, 5, 10, 20]
    assert waits[4:24] == [30] * 20
    assert set(waits[24:]) == {60}
    assert 3600 <= waited < 3660


def test_an_older_body_with_a_third_status_lags_behind_the_event() -> None:
    order = an_order("Disputed", modified=-1)
    event = a_status_event("Shipped", "Completed")

    assert staleness(order, event, None, []) is Staleness.BEHIND_EVENT


def test_the_very_body_that_was_decided_on_is_from_before_our_change() -> None:
    line = a_line(intended=0.0, read_modified=at(-1))

    before = staleness(an_order("Shipped", modified=-1), a_signal(), None, [line])
    after = staleness(an_order("Disputed", modified=-1), a_signal(), None, [line])

    assert before is Staleness.BEHIND_OUR_CHANGE
    assert after is Staleness.FRESH


def test_an_order_that_stays_away_for_an_hour_is_looked_for_no_more() -> None:
    assert next_look_for_missing_s(timedelta(minutes=59)) == 60.0
    assert next_look_for_missing_s(timedelta(hours=1)) is None


@pytest.mark.parametrize(
    ("status", "modified", "expected"),
    [
        ("Shipped", 0, "behind_event"),  # from between our look and our write, perhaps
        ("Shipped", 1, "behind_event"),  # our answer came a second later
        ("Shipped", 2, "fresh"),  # somebody put it back
        ("Disputed", 0, "fresh"),  # it moved on
        ("Completed", 0, "fresh"),
    ],
)
def test_a_body_of_the_second_of_our_change_must_not_show_the_status_before_it(
    status: str, modified: float, expected: str
) -> None:
    order, line = an_order(status, modified=modified), a_line(intended=0.2, settled=1.1)

    assert staleness(order, a_signal(occurred=-60), None, [line]).value == expected


def test_a_change_that_was_taken_back_leaves_its_second_undoubted() -> None:
    order, line = an_order(modified=0), a_line(intended=0.2, undone_by="line-2")

    assert staleness(order, a_signal(), None, [line]) is Staleness.FRESH
