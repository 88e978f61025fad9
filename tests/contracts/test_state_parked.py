"""What `ports.ParkedSignals` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count

from contracts.backends import Backend
from contracts.builders import OTHER_STORE, STORE, a_parked, a_signal
from contracts.values import EXAMPLES, parked_signals
from fakes import NOON
from hypothesis import given
from orderwarden.ports import Parked

HOUR = timedelta(hours=1)


def due_keys(backend: Backend, hours: float, limit: int = 100) -> list[str]:
    found = backend.state.due(STORE, NOON + hours * HOUR, limit)
    return [parked.signal.receipt_key for parked in found]


def waiting_keys(backend: Backend, waits_for: str = "store", limit: int = 100) -> list[str]:
    found = backend.state.waiting_for(STORE, waits_for, limit)
    return [parked.signal.receipt_key for parked in found]


def test_a_signal_is_due_when_its_time_has_come(backend: Backend) -> None:
    backend.state.park(a_parked(until=NOON + HOUR))

    assert due_keys(backend, hours=0.999) == []
    assert due_keys(backend, hours=1) == ["k1"]


def test_a_signal_without_a_time_is_never_due(backend: Backend) -> None:
    backend.state.park(a_parked(until=None))

    assert due_keys(backend, hours=1_000_000) == []


def test_the_signals_due_longest_come_first(backend: Backend) -> None:
    for hours, key in ((3, "a"), (1, "b"), (2, "c")):
        backend.state.park(a_parked(key, until=NOON + hours * HOUR))

    assert due_keys(backend, hours=9, limit=2) == ["b", "c"]


def test_the_signals_that_wait_for_the_same_come_longest_parked_first(backend: Backend) -> None:
    for hours, key in ((3, "a"), (1, "b"), (2, "c")):
        backend.state.park(a_parked(key, at=NOON + hours * HOUR, waits_for="rule:x"))
    backend.state.park(a_parked("d", waits_for="rule:y"))

    assert waiting_keys(backend, "rule:x", limit=2) == ["b", "c"]
    assert waiting_keys(backend, "rule:y") == ["d"]
    assert waiting_keys(backend, "approval:x") == []


def test_a_signal_with_a_time_and_a_cause_is_found_by_both(backend: Backend) -> None:
    backend.state.park(a_parked(until=NOON + HOUR, waits_for="rule:x"))

    assert due_keys(backend, hours=1) == ["k1"]
    assert waiting_keys(backend, "rule:x") == ["k1"]


def test_the_newest_of_a_receipt_key_replaces(backend: Backend) -> None:
    backend.state.park(a_parked("k1", waits_for="store"))
    backend.state.park(a_parked("k1", waits_for="rule:x", until=NOON + HOUR))

    assert backend.state.count_parked(STORE) == 1
    assert waiting_keys(backend, "store") == []
    assert waiting_keys(backend, "rule:x") == ["k1"]


def test_a_signal_that_was_taken_out_is_gone(backend: Backend) -> None:
    backend.state.park(a_parked("k1", until=NOON))
    backend.state.park(a_parked("k2", until=NOON))
    [first, _] = backend.state.due(STORE, NOON, 2)

    backend.state.unpark(first)
    backend.state.unpark(first)

    assert due_keys(backend, hours=0) == ["k2"]


def test_a_signal_that_was_parked_anew_meanwhile_stays(backend: Backend) -> None:
    backend.state.park(a_parked(until=NOON))
    [read] = backend.state.due(STORE, NOON, 1)
    backend.state.park(a_parked(until=NOON, at=NOON + HOUR))

    backend.state.unpark(read)

    assert backend.state.count_parked(STORE) == 1


def test_every_parked_signal_is_listed_whatever_it_waits_for(backend: Backend) -> None:
    parked = [
        a_parked("k1"),
        a_parked("k2", until=NOON, waits_for=""),
        a_parked("k3", waits_for="rule:cancel-unpaid"),
    ]
    for each in parked:
        backend.state.park(each)
    backend.state.park(a_parked(signal=a_signal(store=OTHER_STORE)))

    found = backend.state.every_parked(STORE)

    assert sorted(found, key=lambda each: each.signal.receipt_key) == parked


def test_what_newer_code_parked_is_counted_and_not_listed(backend: Backend) -> None:
    backend.state.park(a_parked(signal=replace(a_signal(), version=99)))

    assert list(backend.state.every_parked(STORE)) == []
    assert backend.state.count_parked(STORE) == 1


def test_each_store_has_its_own_parked_signals(backend: Backend) -> None:
    backend.state.park(a_parked("k1", until=NOON))
    other = a_signal(key="k1", store=OTHER_STORE)
    backend.state.park(a_parked(signal=other, until=NOON))

    [of_other] = backend.state.due(OTHER_STORE, NOON, 10)
    backend.state.unpark(of_other)

    assert backend.state.count_parked(STORE) == 1
    assert backend.state.count_parked(OTHER_STORE) == 0


numbers = count()


@EXAMPLES
@given(parked=parked_signals)
def test_a_parked_signal_comes_back_as_it_was_stored_and_is_taken_out(
    backend: Backend, parked: Parked
) -> None:
    store = f"store-{next(numbers)}"
    parked = replace(parked, signal=replace(parked.signal, store=store))

    backend.state.park(parked)
    found = backend.state.waiting_for(store, parked.waits_for, 10)
    backend.state.unpark(found[0])

    assert list(found) == [parked]
    assert backend.state.count_parked(store) == 0
