from __future__ import annotations

from dataclasses import replace

from builders import a_line, an_order, at
from orderwarden.domain.line import Result
from orderwarden.domain.verification import (
    Checked,
    Wrong,
    held_against,
    last_changes,
    problems_of,
)

NOW = at(86_400)


def wrong(*lines: object) -> list[tuple[str, str]]:
    found = problems_of(lines, NOW)  # type: ignore[arg-type]
    return [(problem.line.id, problem.wrong.value) for problem in found]


def test_settled_lines_of_different_effects_are_right() -> None:
    first = a_line(id="l1", occasion="t1", read_modified=at(1))
    second = a_line(id="l2", occasion="t2", read_modified=at(2), intended=60)

    assert wrong(first, second) == []


def test_a_line_that_stays_intended_is_told_after_two_hours() -> None:
    old = a_line(id="l1", result=Result.INTENDED, settled=None)
    young = a_line(id="l2", result=Result.INTENDED, settled=None, intended=86_400 - 7200)
    young = replace(young, occasion="t2")

    assert wrong(old, young) == [("l1", Wrong.UNSETTLED)]


def test_two_lines_for_one_effect_are_told() -> None:
    first = a_line(id="l1", occasion="t1", result=Result.BLOCKED)
    second = replace(first, id="l2")

    assert wrong(first, second) == [("l2", Wrong.DOUBLED)]


def test_one_change_from_one_body_made_by_two_rules_is_told() -> None:
    first = a_line(id="l1", rule="a", occasion="t1")
    second = a_line(id="l2", rule="b", occasion="t1")

    assert wrong(first, second) == [("l2", Wrong.REPEATED)]


def test_a_change_made_anew_after_somebody_took_it_back_is_right() -> None:
    first = a_line(id="l1", occasion="t1")
    second = a_line(id="l2", occasion="t1#2", intended=60)

    assert wrong(first, second) == []


def test_the_last_change_of_each_order_counts() -> None:
    first = a_line(id="l1")
    note = a_line(id="l2", after=None, intended=60)
    second = a_line(id="l3", intended=120)
    other = a_line(id="l4", order_id=119)
    failed = a_line(id="l5", intended=180, result=Result.FAILED)

    found = last_changes([first, other, note, second, failed])

    assert {line.id for line in found} == {"l3", "l4"}


def test_the_store_agrees_differs_or_was_changed_since() -> None:
    line = a_line(intended=100)

    assert held_against(line, an_order("Completed", modified=100)) is Checked.AGREES
    assert held_against(line, an_order("Shipped", modified=100)) is Checked.DIFFERS
    assert held_against(line, an_order("Completed", modified=90)) is Checked.DIFFERS
    assert held_against(line, an_order("Shipped", modified=131)) is Checked.CHANGED_SINCE
