"""What became of a write whose answer was lost: the table, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from builders import a_decision, a_line, an_order, at
from orderwarden.domain.decision import Decision
from orderwarden.domain.line import Line, Result
from orderwarden.domain.order import Order
from orderwarden.domain.settlement import Shown, Verdict, adopt, judge, shown_by

INTENDED = a_line(result=Result.INTENDED, settled=None)
NOTE = "Completed by rule complete."


def judged(decision: Decision, line: Line, order: Order | None, now: datetime) -> Verdict:
    return judge(decision, shown_by(order, decision.write, line), now)


@pytest.mark.parametrize("modified", [-2, 0, 30])
def test_the_wanted_status_dated_around_the_attempt_is_recovered(modified: float) -> None:
    order = an_order("Completed", modified=modified)

    assert judged(a_decision(), INTENDED, order, at(5)) is Verdict.RECOVERED


@pytest.mark.parametrize("modified", [-3, 31])
def test_the_wanted_status_dated_otherwise_is_somebody_elses(modified: float) -> None:
    order = an_order("Completed", modified=modified)
    looked = a_decision().looked(at(5))

    assert judged(looked, INTENDED, order, at(65)) is Verdict.UNCONFIRMED


def test_the_status_without_our_note_is_not_ours() -> None:
    decision = a_decision(note=NOTE, looked_at=at(5))
    without = an_order("Completed", modified=1, notes="Call first")
    with_it = an_order("Completed", modified=1, notes=f"Call first\r\n{NOTE}")

    assert judged(decision, INTENDED, without, at(65)) is Verdict.UNCONFIRMED
    assert judged(decision, INTENDED, with_it, at(65)) is Verdict.RECOVERED


def test_a_note_that_stood_there_before_must_stand_there_twice() -> None:
    decision = a_decision(note=NOTE, notes_before=1, looked_at=at(5))
    once = an_order("Completed", modified=1, notes=NOTE)
    twice = an_order("Completed", modified=1, notes=f"{NOTE}\n{NOTE}")

    assert judged(decision, INTENDED, once, at(65)) is Verdict.UNCONFIRMED
    assert judged(decision, INTENDED, twice, at(65)) is Verdict.RECOVERED


def test_nothing_is_concluded_from_one_look() -> None:
    unchanged = an_order("Shipped", modified=-10)

    assert judged(a_decision(), INTENDED, unchanged, at(5)) is Verdict.LOOK_AGAIN
    assert judged(a_decision(looked_at=at(5)), INTENDED, unchanged, at(64)) is Verdict.LOOK_AGAIN


def test_an_order_unchanged_in_two_looks_a_minute_apart_was_not_written() -> None:
    unchanged = an_order("Shipped", modified=-10)

    verdict = judged(a_decision(looked_at=at(5)), INTENDED, unchanged, at(65))

    assert verdict is Verdict.NOT_APPLIED


def test_an_order_that_changed_otherwise_is_unconfirmed() -> None:
    changed = an_order("Disputed", modified=20)

    verdict = judged(a_decision(looked_at=at(5)), INTENDED, changed, at(65))

    assert verdict is Verdict.UNCONFIRMED


def test_an_order_that_vanished_is_unconfirmed() -> None:
    assert judged(a_decision(looked_at=at(5)), INTENDED, None, at(65)) is Verdict.UNCONFIRMED


def test_an_adopted_note_is_never_taken_for_made() -> None:
    line = a_line(result=Result.INTENDED, after=None, settled=None)
    adopted = adopt(line).looked(at(5))

    changed = judged(adopted, line, an_order("Shipped", modified=1, notes="anything"), at(65))
    unchanged = judged(adopted, line, an_order("Shipped", modified=-10), at(65))

    assert changed is Verdict.UNCONFIRMED
    assert unchanged is Verdict.NOT_APPLIED


def test_fields_that_do_not_show_were_not_written() -> None:
    decision = a_decision()
    content = {"fields": {"customer_message": "Thank you"}}
    write = replace(decision.write, content=content)
    shown = an_order("Completed", modified=1, customer_message="Thank you")
    other = an_order("Completed", modified=1, customer_message="")

    assert shown_by(shown, write, INTENDED) is Shown.WANTED
    assert shown_by(other, write, INTENDED) is Shown.OTHERWISE


def test_the_looks_at_a_write_begin_with_that_write() -> None:
    first = a_decision().write
    decision = a_decision(writes=(first, replace(first, rule="other"))).looked(at(0))

    following = [decision.after(), decision.anew(), decision.without_turn()]

    for each in following:
        assert each is not None
        assert judge(each, Shown.AS_BEFORE, at(3600)) is Verdict.LOOK_AGAIN
