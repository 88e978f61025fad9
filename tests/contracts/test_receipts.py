"""What `ports.Receipts` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import count

import pytest
from contracts.backends import RACES, Backend
from contracts.builders import a_receipt, all_at_once
from contracts.values import EXAMPLES, receipts
from hypothesis import given
from orderwarden.domain.receipt import Receipt, ReceiptState
from orderwarden.errors import Rejected

THREADS = 8
KEYS = 200


def stored(backend: Backend, key: str = "k1") -> Receipt | None:
    return backend.receipts.look_up([key]).get(key)


def test_an_unknown_key_is_not_in_the_answer(backend: Backend) -> None:
    backend.receipts.replace(a_receipt("known"), None)

    found = backend.receipts.look_up(["known", "unknown"])

    assert set(found) == {"known"}


def test_a_new_receipt_has_revision_1_whatever_the_caller_wrote(backend: Backend) -> None:
    answer = backend.receipts.replace(a_receipt(revision=7), None)

    assert answer is None
    assert stored(backend) == a_receipt(revision=1)


def test_a_receipt_is_replaced_where_the_revision_is_the_one_read(backend: Backend) -> None:
    backend.receipts.replace(a_receipt(), None)
    read = stored(backend)

    answer = backend.receipts.replace(a_receipt(state=ReceiptState.DONE), read)

    assert answer is None
    assert stored(backend) == a_receipt(state=ReceiptState.DONE, revision=2)


def test_a_receipt_that_exists_is_returned_and_kept_where_none_was_expected(
    backend: Backend,
) -> None:
    backend.receipts.replace(a_receipt(token="first"), None)

    answer = backend.receipts.replace(a_receipt(token="second"), None)

    assert answer == a_receipt(token="first")
    assert stored(backend) == a_receipt(token="first")


def test_a_receipt_of_another_revision_is_returned_and_kept(backend: Backend) -> None:
    backend.receipts.replace(a_receipt(), None)
    old = stored(backend)
    backend.receipts.replace(a_receipt(token="newer"), old)

    answer = backend.receipts.replace(a_receipt(token="late"), old)

    assert answer == a_receipt(token="newer", revision=2)
    assert stored(backend) == a_receipt(token="newer", revision=2)


def test_a_receipt_that_is_gone_is_answered_with_the_one_expected(backend: Backend) -> None:
    expected = a_receipt(revision=4)

    answer = backend.receipts.replace(a_receipt(token="late"), expected)

    assert answer == expected
    assert stored(backend) is None


def test_a_claim_whose_answer_was_lost_finds_its_own_token(backend: Backend) -> None:
    backend.receipts.replace(a_receipt(token="mine"), None)

    answer = backend.receipts.replace(a_receipt(token="mine"), None)

    assert answer is not None
    assert answer.token == "mine"


def test_a_replacement_whose_answer_was_lost_finds_its_own_token(backend: Backend) -> None:
    backend.receipts.replace(a_receipt(token="old"), None)
    read = stored(backend)
    backend.receipts.replace(a_receipt(token="mine"), read)

    answer = backend.receipts.replace(a_receipt(token="mine"), read)

    assert answer == a_receipt(token="mine", revision=2)


def test_an_expired_receipt_counts_as_absent(backend: Backend) -> None:
    expires_at = backend.clock.now() + timedelta(days=21)
    backend.receipts.replace(a_receipt(state=ReceiptState.DONE, expires_at=expires_at), None)

    backend.clock.advance(timedelta(days=21).total_seconds() - 1)
    before = stored(backend)
    backend.clock.advance(1)
    after = stored(backend)

    assert before is not None
    assert after is None


def test_an_expired_receipt_is_claimed_anew_from_revision_1(backend: Backend) -> None:
    expires_at = backend.clock.now() + timedelta(seconds=1)
    backend.receipts.replace(a_receipt(expires_at=expires_at), None)
    backend.clock.advance(1)

    answer = backend.receipts.replace(a_receipt(token="new"), None)

    assert answer is None
    assert stored(backend) == a_receipt(token="new", revision=1)


def test_an_expired_receipt_is_not_what_was_expected(backend: Backend) -> None:
    expires_at = backend.clock.now() + timedelta(seconds=1)
    backend.receipts.replace(a_receipt(expires_at=expires_at), None)
    read = stored(backend)
    backend.clock.advance(1)

    answer = backend.receipts.replace(a_receipt(token="late"), read)

    assert answer == read
    assert stored(backend) is None


def test_a_thousand_keys_are_looked_up_in_one_call(backend: Backend) -> None:
    for number in range(0, 1000, 100):
        backend.receipts.replace(a_receipt(f"k{number}"), None)

    found = backend.receipts.look_up(f"k{number}" for number in range(1000))

    assert set(found) == {f"k{number}" for number in range(0, 1000, 100)}


@pytest.mark.sqlite_only(RACES)
def test_one_of_eight_threads_wins_each_key(backend: Backend) -> None:
    def claim_all(token: str) -> set[str]:
        keys = (f"k{number}" for number in range(KEYS))
        return {
            key
            for key in keys
            if backend.receipts.replace(a_receipt(key, token=token), None) is None
        }

    won = all_at_once(partial(claim_all, f"t{n}") for n in range(THREADS))

    found = backend.receipts.look_up(f"k{number}" for number in range(KEYS))
    assert sum(len(keys) for keys in won) == KEYS
    assert {key: receipt.token for key, receipt in found.items()} == {
        key: f"t{n}" for n, keys in enumerate(won) for key in keys
    }


@pytest.mark.sqlite_only(RACES)
def test_revisions_count_every_write_of_eight_threads(backend: Backend) -> None:
    backend.receipts.replace(a_receipt(deaths=0), None)

    def add_ten() -> None:
        added = 0
        while added < 10:
            read = stored(backend)
            assert read is not None
            added += backend.receipts.replace(replace(read, deaths=read.deaths + 1), read) is None

    all_at_once([add_ten] * THREADS)

    assert stored(backend) == a_receipt(deaths=80, revision=81)


@pytest.mark.parametrize("receipt", [a_receipt(outcome="\ud800"), a_receipt(order_id=10**30)])
def test_what_no_table_can_hold_is_rejected(backend: Backend, receipt: Receipt) -> None:
    with pytest.raises(Rejected):
        backend.receipts.replace(receipt, None)

    assert stored(backend) is None


numbers = count()


@EXAMPLES
@given(receipt=receipts)
def test_a_receipt_comes_back_as_it_was_stored(backend: Backend, receipt: Receipt) -> None:
    receipt = replace(receipt, key=f"{next(numbers)} {receipt.key}")

    backend.receipts.replace(receipt, None)

    assert stored(backend, receipt.key) == receipt


def test_the_receipts_of_an_order_are_found_the_oldest_first(backend: Backend) -> None:
    now = backend.clock.now()
    later = replace(a_receipt("k1"), first_at=now + timedelta(seconds=5))
    earlier = replace(a_receipt("k2"), first_at=now)
    expired = replace(a_receipt("k3"), first_at=now, expires_at=now)
    for receipt in (later, earlier, expired, a_receipt("k4", order_id=101)):
        backend.receipts.replace(receipt, None)
    backend.receipts.replace(a_receipt("k5", store="xyz789"), None)

    assert list(backend.receipts.of_order(a_receipt().store, 100)) == [earlier, later]
    assert list(backend.receipts.of_order(a_receipt().store, 102)) == []
