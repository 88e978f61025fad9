"""What a reconciliation finds of one order of the list."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import a_line, an_order, at
from builders import seen as a_reading
from orderwarden.domain.missed import Found, Row, is_our_own
from orderwarden.domain.order import Order
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden.domain.reconciliation import signal_of
from orderwarden.domain.rules.model import RuleSet
from orderwarden.domain.seen import Seen
from orderwarden_cli.rules_yaml import read_rules

NOW = at(3600)
COMPLETE = (
    "{name: complete, on: status_updated, when: {status: Shipped}, do: [set_status: Completed]}"
)
LARGE = "{name: large, on: order_updated, when: {total: {over: 100}}, do: [staff_note: Large]}"
NOTE_PARCELS = (
    "{name: parcels, on: shipment_created, when: {status: Shipped}, repeat: each_shipment, "
    "do: [staff_note: Parcel]}"
)
FROM_PENDING = (
    "{name: from, on: status_updated, when: {previous_status: Pending}, "
    "do: [set_status: Completed]}"
)


def rules(*texts: str) -> RuleSet:
    body = "".join(f"  - {text}\n" for text in texts)
    return read_rules(f"version: 1\nmode: live\ntime_zone: UTC\nrules:\n{body}", "rules.yaml")


def row(
    order: Order | None = None, *, seen: Seen | None = None, receipt: Receipt | None = None
) -> Row:
    order = order or an_order("Shipped", modified=0)
    return Row(order, at(3600), seen, signal_of("abc123", order, 1, "run-1"), receipt)


def a_receipt(state: ReceiptState, *, first: float = 3500, lease: float | None = None) -> Receipt:
    lease_until = None if lease is None else at(lease)
    return Receipt("k1", "abc123", 118, "reconcile", state, at(first), lease_until=lease_until)


READ_LATER = a_reading(modified=0, read=1)
READ_AT_ONCE = a_reading(modified=0, read=0.9)
READ_BEFORE = a_reading(modified=-60, read=1)


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (None, Found.RECOVERED),
        (READ_BEFORE, Found.RECOVERED),
        (READ_AT_ONCE, Found.RECHECKED),
        (READ_LATER, Found.ALREADY_HANDLED),
        (a_reading(modified=60, read=61), Found.RECOVERED),  # equality, not order of clocks
        (a_reading(modified=0, read=1, status="Partially Shipped"), Found.RECOVERED),  # it lagged
    ],
)
def test_a_body_was_seen_if_it_is_that_very_one_read_in_a_later_second(
    seen: Seen | None, found: Found
) -> None:
    assert row(seen=seen).found(rules(COMPLETE), NOW) is found


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (None, Found.UNMATCHED),
        (READ_BEFORE, Found.UNMATCHED),
        (a_reading(modified=0, read=0.9, status="Pending"), Found.ALREADY_HANDLED),
    ],
)
def test_an_order_that_no_rule_could_match_is_left_alone(seen: Seen | None, found: Found) -> None:
    one = row(an_order("Pending", modified=0), seen=seen)

    assert one.found(rules(COMPLETE, FROM_PENDING), NOW) is found
    assert one.has_nothing_left(found)


def test_a_rule_that_has_nothing_to_change_does_not_count() -> None:
    assert row(an_order("Completed")).found(rules(FROM_PENDING), NOW) is Found.UNMATCHED


def test_what_is_unknown_counts_as_could() -> None:
    assert row(an_order("Pending")).found(rules(LARGE), NOW) is Found.RECOVERED


def test_an_archived_order_is_left_alone() -> None:
    archived = an_order("Shipped", is_archived=True)

    assert row(archived).found(rules(COMPLETE), NOW) is Found.UNMATCHED


def test_a_rule_that_does_not_catch_up_leaves_the_order_to_its_webhook() -> None:
    opted_out = COMPLETE.replace("on:", "catch_up: false, on:")
    one = row()

    assert one.found(rules(opted_out), NOW) is Found.OPTED_OUT
    assert one.found(rules(opted_out, COMPLETE.replace("complete", "b")), NOW) is Found.RECOVERED
    assert not one.has_nothing_left(Found.OPTED_OUT)


def test_a_seen_order_is_looked_at_once_more_for_a_rule_that_repeats() -> None:
    parcels = rules(NOTE_PARCELS)
    seen = row(seen=READ_LATER)
    was_seen = a_reading(modified=0, read=1, status="Pending")
    elsewhere = row(an_order("Pending"), seen=was_seen)
    done = replace(seen, receipt=a_receipt(ReceiptState.DONE))

    assert seen.is_to_be_looked_up(parcels)
    assert seen.found(parcels, NOW) is Found.RECHECKED
    assert elsewhere.found(parcels, NOW) is Found.ALREADY_HANDLED
    assert done.found(parcels, NOW) is Found.ALREADY_HANDLED


@pytest.mark.parametrize(
    ("receipt", "found"),
    [
        (a_receipt(ReceiptState.DONE, first=0), Found.ALREADY_HANDLED),
        (a_receipt(ReceiptState.NO_RULE, first=0), Found.ALREADY_HANDLED),
        (a_receipt(ReceiptState.QUEUED, first=3600 - 6 * 3600), Found.WAITING),
        (a_receipt(ReceiptState.QUEUED, first=3599 - 6 * 3600), Found.RECOVERED),
        (a_receipt(ReceiptState.RELEASED, first=-90_000, lease=3000), Found.WAITING),
        (a_receipt(ReceiptState.HELD, first=-90_000, lease=-20_000), Found.RECOVERED),
    ],
)
def test_a_signal_that_nobody_touched_for_six_hours_is_lost(
    receipt: Receipt, found: Found
) -> None:
    assert row(receipt=receipt).found(rules(COMPLETE), NOW) is found


def test_what_is_noted_as_seen_moves_only_forward() -> None:
    pending = an_order("Pending", modified=0)

    first = row(pending).seen_now()
    later = row(pending, seen=replace(READ_BEFORE, revision=4)).seen_now()

    assert first == Seen("abc123", 118, at(3600), at(0), 1)
    assert later == Seen("abc123", 118, at(3600), at(0), 1, status_since=at(0), revision=4)
    assert row(pending, seen=a_reading(modified=60, read=61)).seen_now() is None
    assert row(pending, seen=a_reading(modified=0, read=3601)).seen_now() is None


def test_a_status_that_did_not_change_keeps_the_time_since_which_it_is_known() -> None:
    before = replace(READ_BEFORE, status_since=at(-600))

    noted = row(seen=before).seen_now()

    assert noted is not None
    assert noted.status_since == at(-600)


def test_a_body_of_our_own_has_our_status_and_our_time() -> None:
    line = a_line(intended=100)

    assert is_our_own(line, an_order("Completed", modified=100))
    assert not is_our_own(line, an_order("Shipped", modified=100))
    assert not is_our_own(line, an_order("Completed", modified=131))
