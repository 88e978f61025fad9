"""A write whose answer is lost is sent again by botocore, and finds its own work."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from contracts.builders import (
    STORE,
    a_line,
    a_parked,
    a_receipt,
    a_review,
    a_seen,
    some_rules,
)
from dynamodb_backend import Dynamo
from fakes import NOON
from orderwarden.domain.line import Result
from orderwarden.domain.receipt import KEPT, Receipt, ReceiptState

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    "receipt",
    [a_receipt(), a_receipt(state=ReceiptState.NO_RULE, expires_at=NOON + KEPT)],
    ids=["claimed", "ended"],
)
def test_a_new_receipt_is_stored_once(tables: Dynamo, receipt: Receipt) -> None:
    tables.wire.lose_answer_to("PutItem")

    answer = tables.receipts.replace(receipt, None)

    assert answer is None
    assert len(tables.wire.sent["PutItem"]) == 2
    assert tables.receipts.look_up(["k1"]) == {"k1": receipt}


def test_a_receipt_is_replaced_once(tables: Dynamo) -> None:
    tables.receipts.replace(a_receipt(), None)
    tables.wire.lose_answer_to("PutItem")

    answer = tables.receipts.replace(a_receipt(state=ReceiptState.DONE), a_receipt())

    assert answer is None
    assert tables.receipts.look_up(["k1"])["k1"].revision == 2


def test_a_receipt_of_somebody_else_is_still_told_from_ours(tables: Dynamo) -> None:
    tables.receipts.replace(a_receipt(token="theirs"), None)
    tables.wire.lose_answer_to("PutItem")

    answer = tables.receipts.replace(a_receipt(token="ours"), None)

    assert answer == a_receipt(token="theirs")


def test_the_same_receipt_stored_by_another_call_is_not_this_call_s(tables: Dynamo) -> None:
    tables.receipts.replace(a_receipt(), None)

    answer = tables.receipts.replace(a_receipt(), None)

    assert answer == a_receipt()
    assert len(tables.wire.sent["PutItem"]) == 2


def test_a_line_is_intended_and_settled_once(tables: Dynamo) -> None:
    tables.wire.lose_answer_to("PutItem")
    intended = tables.changelog.replace(a_line(), None)
    settled = a_line(result=Result.APPLIED, settled_at=NOON + SECOND)
    tables.wire.lose_answer_to("PutItem")
    was_settled = tables.changelog.settle(settled)

    assert intended is None
    assert was_settled
    assert tables.changelog.of_order(STORE, 100) == [settled]


def test_a_line_that_somebody_else_settled_is_not_ours(tables: Dynamo) -> None:
    tables.changelog.replace(a_line(result=Result.RECOVERED), None)
    tables.wire.lose_answer_to("PutItem")

    was_settled = tables.changelog.settle(a_line(result=Result.APPLIED))

    assert not was_settled


def test_a_line_is_marked_once(tables: Dynamo) -> None:
    tables.changelog.replace(a_line(), None)
    tables.wire.lose_answer_to("UpdateItem")

    tables.changelog.mark_undone(STORE, 100, "l1", "l2")

    assert tables.changelog.of_order(STORE, 100) == [a_line(undone_by="l2")]


def test_a_reading_is_stored_once(tables: Dynamo) -> None:
    tables.wire.lose_answer_to("PutItem")
    first = tables.state.replace_seen(a_seen(), None)
    tables.wire.lose_answer_to("PutItem")
    second = tables.state.replace_seen(a_seen(status_id=10), a_seen())

    assert first
    assert second
    assert tables.state.seen(STORE, 100) == a_seen(status_id=10, revision=2)


def test_a_review_is_opened_and_closed_once(tables: Dynamo) -> None:
    tables.wire.lose_answer_to("PutItem")
    is_new = tables.state.open_review(a_review())
    tables.wire.lose_answer_to("UpdateItem")
    was_open = tables.state.close_review(STORE, "r1", "approved")

    assert is_new
    assert was_open


def test_a_review_that_somebody_else_rejected_was_not_open(tables: Dynamo) -> None:
    tables.state.open_review(a_review(state="rejected"))
    tables.wire.lose_answer_to("UpdateItem")

    was_open = tables.state.close_review(STORE, "r1", "approved")

    assert not was_open


def test_one_change_is_counted_once(tables: Dynamo) -> None:
    tables.state.take(STORE, "changes", 9)
    tables.wire.lose_answer_to("UpdateItem")

    taken = tables.state.take(STORE, "changes", 9)

    assert taken
    assert tables.state.counted(STORE, "changes") == 2


def test_the_last_change_below_the_ceiling_is_granted(tables: Dynamo) -> None:
    tables.wire.lose_answer_to("UpdateItem")

    taken = tables.state.take(STORE, "changes", 1)

    assert taken
    assert tables.state.counted(STORE, "changes") == 1


def test_a_ceiling_that_was_reached_before_lets_nothing_through(tables: Dynamo) -> None:
    tables.state.take(STORE, "changes", 1)
    tables.wire.lose_answer_to("UpdateItem")

    taken = tables.state.take(STORE, "changes", 1)

    assert not taken
    assert tables.state.counted(STORE, "changes") == 1


def test_one_change_is_given_back_once(tables: Dynamo) -> None:
    for _ in range(3):
        tables.state.take(STORE, "changes", 9)
    tables.wire.lose_answer_to("UpdateItem")

    tables.state.give_back(STORE, "changes")

    assert tables.state.counted(STORE, "changes") == 2


def test_who_stops_a_store_is_told_so(tables: Dynamo) -> None:
    tables.wire.lose_answer_to("UpdateItem")

    ran = tables.state.stop(STORE, "unauthorised_401")

    assert ran
    assert tables.state.controls(STORE).stopped == "unauthorised_401"


def test_who_did_not_stop_a_store_is_told_so(tables: Dynamo) -> None:
    tables.state.stop(STORE, "by ann")
    tables.wire.lose_answer_to("UpdateItem")

    ran = tables.state.stop(STORE, "unauthorised_401")

    assert not ran


def test_a_signal_is_taken_out_once(tables: Dynamo) -> None:
    tables.state.park(a_parked("k1"))
    tables.state.park(a_parked("k2"))
    tables.wire.lose_answer_to("DeleteItem")

    tables.state.unpark(a_parked("k1"))

    assert tables.state.count_parked(STORE) == 1


def test_the_second_sending_of_a_publication_carries_the_token_of_the_first(
    tables: Dynamo,
) -> None:
    tables.wire.lose_answer_to("TransactWriteItems")

    tables.state.publish(some_rules())

    # What DynamoDB answers to a known token is its own affair; moto does not know how.
    first, second = map(json.loads, tables.wire.sent["TransactWriteItems"])
    assert first["ClientRequestToken"]
    assert first == second
