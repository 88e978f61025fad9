"""What `ports.Queue` promises, and what its other end, Lambda's on AWS, relies on."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from contracts.backends import MAX_RECEIVE_COUNT, RACES, Backend
from contracts.builders import a_signal, all_at_once
from contracts.values import EXAMPLES, signals
from fakes import NOON
from hypothesis import given
from orderwarden.domain.signal import Signal
from orderwarden.ports import Depth


def received(backend: Backend, limit: int = 1, visibility_s: float = 30) -> list[str]:
    deliveries = backend.queue.receive(limit, visibility_s)
    return [Signal.from_json(delivery.body).receipt_key for delivery in deliveries]


def test_an_empty_queue_gives_nothing(backend: Backend) -> None:
    assert list(backend.queue.receive()) == []
    assert backend.queue.depth() == Depth(queued=0, in_flight=0, dead_letters=0)


def test_a_delivery_tells_when_it_was_sent_and_how_often_it_came(backend: Backend) -> None:
    backend.queue.put(a_signal())
    backend.clock.advance(5)

    [delivery] = backend.queue.receive()

    assert delivery.sent_at == NOON
    assert delivery.receive_count == 1
    assert delivery.group == a_signal().group


def test_the_signals_of_an_order_come_in_the_order_they_were_put(backend: Backend) -> None:
    for number in range(5):
        backend.queue.put(a_signal(100, f"k{number}"))

    order = []
    while deliveries := backend.queue.receive():
        order += [Signal.from_json(delivery.body).receipt_key for delivery in deliveries]
        backend.queue.delete(deliveries[0].receipt_handle)

    assert order == ["k0", "k1", "k2", "k3", "k4"]


def test_two_equal_signals_are_two_messages(backend: Backend) -> None:
    backend.queue.put(a_signal(100, "k1"))
    backend.queue.put(a_signal(100, "k1"))

    assert received(backend, limit=10) == ["k1", "k1"]


def test_a_batch_may_hold_an_order_several_times_in_its_order(backend: Backend) -> None:
    for number in range(4):
        backend.queue.put(a_signal(100, f"k{number}"))

    assert received(backend, limit=3) == ["k0", "k1", "k2"]
    assert received(backend, limit=3) == []


def test_while_a_signal_is_in_hand_its_order_waits_and_others_do_not(backend: Backend) -> None:
    backend.queue.put(a_signal(100, "k1"))
    backend.queue.put(a_signal(100, "k2"))
    backend.queue.put(a_signal(200, "k3"))

    assert received(backend) == ["k1"]
    assert received(backend) == ["k3"]
    assert received(backend) == []


def test_the_longest_waiting_order_comes_first(backend: Backend) -> None:
    for order_id in (300, 100, 200):
        backend.queue.put(a_signal(order_id, f"of {order_id}"))

    assert [received(backend), received(backend)] == [["of 300"], ["of 100"]]


def test_a_deleted_signal_never_comes_back(backend: Backend) -> None:
    backend.queue.put(a_signal(100, "k1"))
    backend.queue.put(a_signal(100, "k2"))
    [first] = backend.queue.receive()

    was_deleted = backend.queue.delete(first.receipt_handle)
    backend.clock.advance(86_400)

    assert was_deleted
    assert received(backend) == ["k2"]


def test_a_signal_that_nobody_deletes_comes_back_before_the_next_of_its_order(
    backend: Backend,
) -> None:
    backend.queue.put(a_signal(100, "k1"))
    backend.queue.put(a_signal(100, "k2"))
    backend.queue.receive(visibility_s=30)

    backend.clock.advance(29)
    too_early = received(backend)
    backend.clock.advance(1)
    [again] = backend.queue.receive()

    assert too_early == []
    assert Signal.from_json(again.body).receipt_key == "k1"
    assert again.receive_count == 2


def test_a_signal_given_back_comes_back_after_its_wait_and_its_order_waits_with_it(
    backend: Backend,
) -> None:
    backend.queue.put(a_signal(100, "k1"))
    backend.queue.put(a_signal(100, "k2"))
    [delivery] = backend.queue.receive(visibility_s=30)

    was_given_back = backend.queue.give_back(delivery.receipt_handle, 60)
    backend.clock.advance(59)
    too_early = received(backend)
    backend.clock.advance(1)

    assert was_given_back
    assert too_early == []
    assert received(backend) == ["k1"]


def test_a_signal_given_back_without_a_wait_comes_back_at_once(backend: Backend) -> None:
    backend.queue.put(a_signal(100, "k1"))
    [delivery] = backend.queue.receive()

    backend.queue.give_back(delivery.receipt_handle, 0)

    assert received(backend) == ["k1"]


def test_of_a_batch_only_what_was_given_back_comes_back(backend: Backend) -> None:
    for number in range(3):
        backend.queue.put(a_signal(100, f"k{number}"))
    first, second, third = backend.queue.receive(3, 30)

    backend.queue.delete(first.receipt_handle)
    backend.queue.give_back(second.receipt_handle, 0)
    while_the_third_is_out = received(backend, limit=10)
    backend.queue.give_back(third.receipt_handle, 0)

    assert while_the_third_is_out == []
    assert received(backend, limit=10) == ["k1", "k2"]


def test_a_signal_stays_in_hand_while_its_visibility_is_renewed(backend: Backend) -> None:
    backend.queue.put(a_signal())
    [delivery] = backend.queue.receive(visibility_s=30)

    for _ in range(4):
        backend.clock.advance(20)
        assert backend.queue.change_visibility(delivery.receipt_handle, 30)

    assert received(backend) == []
    assert backend.queue.depth() == Depth(queued=0, in_flight=1, dead_letters=0)


@pytest.mark.sqlite_only("SQS counts what waits out a visibility timeout as in flight")
def test_depth_tells_what_waits_from_what_is_in_hand(backend: Backend) -> None:
    for order_id in range(6):
        backend.queue.put(a_signal(order_id + 1))
    deliveries = backend.queue.receive(4, 30)
    backend.queue.delete(deliveries[0].receipt_handle)
    backend.queue.give_back(deliveries[1].receipt_handle, 600)

    at_first = backend.queue.depth()
    backend.clock.advance(30)

    assert at_first == Depth(queued=3, in_flight=2, dead_letters=0)
    assert backend.queue.depth() == Depth(queued=5, in_flight=0, dead_letters=0)


def test_a_signal_received_too_often_is_a_dead_letter_and_its_order_goes_on(
    backend: Backend,
) -> None:
    backend.queue.put(a_signal(100, "poison"))
    backend.queue.put(a_signal(100, "next"))
    counts = []
    for _ in range(MAX_RECEIVE_COUNT):
        [delivery] = backend.queue.receive()
        counts.append(delivery.receive_count)
        backend.queue.give_back(delivery.receipt_handle, 0)

    assert counts == [1, 2, 3]
    assert received(backend) == ["next"]
    assert backend.queue.depth() == Depth(queued=0, in_flight=1, dead_letters=1)


@pytest.mark.sqlite_only(RACES)
def test_eight_receivers_never_share_a_signal(backend: Backend) -> None:
    for order_id in range(1, 101):
        backend.queue.put(a_signal(order_id, f"k{order_id}"))

    def receive_all() -> list[str]:
        keys: list[str] = []
        while some := received(backend, limit=3):
            keys += some
        return keys

    shares = all_at_once([receive_all] * 8)

    assert Counter(key for keys in shares for key in keys) == Counter(
        f"k{order_id}" for order_id in range(1, 101)
    )


@pytest.mark.sqlite_only(RACES)
def test_four_threads_handle_each_order_in_order_and_never_two_at_once(
    backend: Backend,
) -> None:
    for number in range(120):
        backend.queue.put(a_signal(number % 6 + 1, str(number)))
    handled: dict[int, list[int]] = defaultdict(list)
    in_hand: set[int] = set()
    overlaps: list[int] = []

    def work() -> None:
        while backend.queue.depth().queued:
            for delivery in backend.queue.receive():
                signal = Signal.from_json(delivery.body)
                order_id = signal.order_id or 0
                overlaps.extend({order_id} & in_hand)
                in_hand.add(order_id)
                handled[order_id].append(int(signal.receipt_key))
                in_hand.discard(order_id)
                backend.queue.delete(delivery.receipt_handle)

    all_at_once([work] * 4)

    assert overlaps == []
    assert handled == {order_id: list(range(order_id - 1, 120, 6)) for order_id in range(1, 7)}


@EXAMPLES
@given(signal=signals)
def test_a_signal_comes_back_as_it_was_put(backend: Backend, signal: Signal) -> None:
    backend.queue.put(signal)

    [delivery] = backend.queue.receive()
    backend.queue.delete(delivery.receipt_handle)

    assert Signal.from_json(delivery.body) == signal
