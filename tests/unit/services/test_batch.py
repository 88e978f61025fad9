"""A batch: what must wait holds up its own group, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest
from builders import a_signal
from fakes import TurnableClock
from hypothesis import given
from hypothesis import strategies as st
from orderwarden.domain.signal import Signal
from orderwarden.errors import ConfigurationError, OrderwardenError, TryAgain
from orderwarden.services.batch import Batch, Handled, Message
from orderwarden.services.process_steps.outcome import Outcome

DONE = Outcome("applied")
WAIT = Outcome("again", reason="quota", again_s=7.0)
PLENTY = 89.0


@dataclass
class Rig:
    """A batch whose worker does what each order is to do."""

    acts: dict[int, Outcome | Exception] = field(default_factory=dict)
    broken: OrderwardenError | None = None
    worked_on: list[int] = field(default_factory=list)
    hidden: dict[str, float] = field(default_factory=dict)
    buried: list[tuple[str, str, str]] = field(default_factory=list)
    told: list[Handled] = field(default_factory=list)
    has_graveyard: bool = True

    def run(self, *messages: Message, left_s: Callable[[], float] = lambda: PLENTY) -> list[str]:
        graveyard = self if self.has_graveyard else None
        batch = Batch(self, self, graveyard, TurnableClock().now, self.told.append)
        return batch.handle(messages, left_s)

    def handle(self, signal: Signal, receive_count: int) -> Outcome:
        assert receive_count == 1
        assert signal.order_id
        self.worked_on.append(signal.order_id)
        act = self.acts.get(signal.order_id, DONE)
        if isinstance(act, Exception):
            raise act
        return act

    def give_back(self, receipt_handle: str, seconds: float) -> bool:
        if self.broken:
            raise self.broken
        self.hidden[receipt_handle] = seconds
        return True

    def bury(self, body: str, group: str, reason: str) -> None:
        if self.broken:
            raise self.broken
        self.buried.append((body, group, reason))


def a_signal_of(order: int) -> Signal:
    return replace(a_signal(), order_id=order)


def a_message(name: str, order: int, group: str = "", body: str | None = None) -> Message:
    text = a_signal_of(order).to_json() if body is None else body
    return Message(name, text, f"handle-{name}", group or f"group-{order}", receive_count=1)


def test_what_is_done_need_not_come_again() -> None:
    rig = Rig()

    again = rig.run(a_message("a", 1), a_message("b", 2))

    assert (again, rig.worked_on, rig.hidden) == ([], [1, 2], {})
    assert [handled.outcome for handled in rig.told] == [DONE, DONE]


def test_what_must_wait_is_hidden_for_as_long_and_other_groups_go_on() -> None:
    rig = Rig({1: WAIT})

    again = rig.run(a_message("a", 1), a_message("b", 2))

    assert (again, rig.worked_on) == (["a"], [1, 2])
    assert rig.hidden == {"handle-a": 7.0}


def test_the_rest_of_a_group_that_waits_is_not_begun_and_may_come_at_once() -> None:
    rig = Rig({1: WAIT})

    again = rig.run(a_message("a", 1), a_message("b", 2), a_message("c", 1))

    assert (again, rig.worked_on) == (["a", "c"], [1, 2])
    assert rig.hidden == {"handle-a": 7.0, "handle-c": 0.0}


def test_it_does_not_raise_because_all_must_wait() -> None:
    rig = Rig({1: WAIT, 2: TryAgain("aws_throttled", 3.0)})

    again = rig.run(a_message("a", 1), a_message("b", 2))

    assert again == ["a", "b"]
    assert rig.hidden == {"handle-a": 7.0, "handle-b": 3.0}


def test_nothing_is_begun_once_less_than_70_seconds_are_left() -> None:
    rig = Rig()
    left_s = iter((70.0, 69.9, 80.0))

    again = rig.run(*map(a_message, "abc", (1, 2, 3)), left_s=lambda: next(left_s))

    assert (again, rig.worked_on) == (["b"], [1, 3])
    assert rig.hidden == {"handle-b": 0.0}


@pytest.mark.parametrize(
    ("error", "kind", "again_s"),
    [
        (TryAgain("quota", 12.0), "again", 12.0),
        (TryAgain("contended"), "again", 1.0),
        (ConfigurationError("no such table"), "again", 60.0),
        (ZeroDivisionError("a secret"), "bug", 60.0),
    ],
)
def test_what_goes_wrong_is_told_and_comes_again(
    error: Exception, kind: str, again_s: float
) -> None:
    rig = Rig({1: error})

    again = rig.run(a_message("a", 1), a_message("b", 2))

    outcome = rig.told[0].outcome
    assert (again, outcome.kind, outcome.again_s) == (["a"], kind, again_s)
    assert "a secret" not in outcome.reason


def test_what_no_code_can_read_is_buried_and_its_group_goes_on() -> None:
    rig = Rig()

    again = rig.run(a_message("a", 1, body="{}"), a_message("b", 1))

    assert (again, rig.worked_on) == ([], [1])
    assert rig.buried == [("{}", "group-1", "not_a_signal")]


def test_without_a_graveyard_it_comes_back_until_the_queue_gives_it_up() -> None:
    rig = Rig(has_graveyard=False)

    again = rig.run(a_message("a", 1, body="{}"), a_message("b", 2))

    assert (again, rig.worked_on) == (["a"], [2])
    assert rig.hidden == {"handle-a": 900.0}


def test_what_could_not_be_buried_is_not_acknowledged() -> None:
    rig = Rig(broken=TryAgain("aws_throttled"))

    again = rig.run(a_message("a", 1, body="{}"))

    assert (again, rig.told[0].outcome.kind) == (["a"], "again")


def test_a_signal_of_newer_code_comes_again_and_is_not_buried() -> None:
    rig = Rig()
    newer = a_signal_of(1).to_json().replace('"version": 1', '"version": 2')

    again = rig.run(a_message("a", 1, body=newer))

    assert (again, rig.buried, rig.told[0].signal) == (["a"], [], None)


@given(
    orders=st.lists(st.integers(1, 4), max_size=10),
    waiting=st.sets(st.integers(1, 4)),
    left_s=st.lists(st.sampled_from([60.0, 80.0]), min_size=10, max_size=10),
)
def test_each_message_is_either_done_or_comes_again_and_no_group_is_reordered(
    orders: Sequence[int], waiting: set[int], left_s: Sequence[float]
) -> None:
    rig = Rig(dict.fromkeys(waiting, WAIT))
    messages = [a_message(str(number), order) for number, order in enumerate(orders)]
    left = iter(left_s)

    again = rig.run(*messages, left_s=lambda: next(left))

    done = [h.message.id for h in rig.told if h.outcome == DONE]
    assert sorted(done + again) == sorted(message.id for message in messages)
    for order in set(orders):
        fates = [m.id in again for m in messages if m.group == f"group-{order}"]
        assert fates == sorted(fates), "one was done after another of its group had to wait"
