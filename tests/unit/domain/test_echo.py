"""Which status events announce our own change, and which betray one that ours hid."""

from __future__ import annotations

import pytest
from builders import a_line, a_status_event
from orderwarden.domain.echo import echoed_line, overwriting_line
from orderwarden.domain.line import Result


def test_the_event_of_our_change_is_our_echo() -> None:
    line = a_line()

    assert echoed_line(a_status_event("Shipped", "Completed"), [line]) is line


@pytest.mark.parametrize("occurred", [-3.0, 6.0])
def test_the_same_change_at_another_time_is_somebody_elses(occurred: float) -> None:
    event = a_status_event("Shipped", "Completed", occurred=occurred)

    assert echoed_line(event, [a_line()]) is None


def test_a_line_settled_hours_later_does_not_swallow_hours_of_events() -> None:
    line = a_line(result=Result.RECOVERED, settled=7200)

    assert echoed_line(a_status_event("Shipped", "Completed", occurred=34), [line]) is line
    assert echoed_line(a_status_event("Shipped", "Completed", occurred=36), [line]) is None


@pytest.mark.parametrize(
    "result", [Result.INTENDED, Result.NOT_APPLIED, Result.BLOCKED, Result.UNCONFIRMED]
)
def test_only_what_the_store_shows_has_an_echo(result: Result) -> None:
    event = a_status_event("Shipped", "Completed")

    assert echoed_line(event, [a_line(result=result)]) is None


def test_another_from_is_no_echo_but_a_hidden_change() -> None:
    line = a_line()
    event = a_status_event("Disputed", "Completed")

    assert echoed_line(event, [line]) is None
    assert overwriting_line(event, [line]) is line


def test_an_event_that_an_earlier_decision_had_read_hid_nothing() -> None:
    before = a_line(
        id="line-0",
        before="Completed",
        after="Shipped",
        intended=-1.0,
        read_modified=event_time(),
    )
    line = a_line()

    assert overwriting_line(a_status_event("Disputed", "Completed"), [before, line]) is None


def test_a_line_from_after_the_change_that_hid_another_explains_nothing() -> None:
    line = a_line(intended=0.0)
    later = a_line(
        id="line-2",
        before="Completed",
        after="Shipped",
        intended=1.0,
        read_modified=event_time(),
    )

    assert overwriting_line(a_status_event("Disputed", "Completed"), [line, later]) is line


def test_the_echo_of_one_change_of_ours_accuses_no_other() -> None:
    first = a_line(before="Disputed", intended=0.0)
    second = a_line(id="line-2", intended=1.0)

    assert (
        overwriting_line(a_status_event("Shipped", "Completed", occurred=1), [first, second])
        is None
    )


def test_a_note_alone_that_moved_the_status_back_hid_a_change() -> None:
    note = a_line(before="Completed", after=None, intended=0.0, read_modified=event_time(-10))
    event = a_status_event("Disputed", "Completed")

    assert overwriting_line(event, [note]) is note


def test_a_note_alone_upon_a_change_that_was_read_hid_nothing() -> None:
    note = a_line(before="Completed", after=None, intended=1.0, read_modified=event_time())

    assert overwriting_line(a_status_event("Disputed", "Completed"), [note]) is None


def test_of_two_changes_of_ours_the_later_one_hid_it() -> None:
    first = a_line(intended=0.0)
    second = a_line(id="line-2", intended=2.0)
    event = a_status_event("Disputed", "Completed", occurred=2)

    assert overwriting_line(event, [first, second]) is second


def event_time(seconds: float = 0.0) -> object:
    return a_status_event("Disputed", "Completed", occurred=seconds).occurred_at
