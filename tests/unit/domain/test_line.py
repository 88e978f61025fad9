"""Which lines a new attempt may write over, and what their ids are made of."""

from __future__ import annotations

import pytest
from builders import a_line, at
from orderwarden.domain.line import Result, effect_key, may_be_replaced


@pytest.mark.parametrize("result", [Result.BLOCKED, Result.WOULD, Result.NOT_APPLIED])
def test_what_was_not_written_may_be_tried_again(result: Result) -> None:
    assert may_be_replaced(a_line(result=result), at(1))


@pytest.mark.parametrize(
    "result",
    [Result.INTENDED, Result.APPLIED, Result.RECOVERED, Result.UNCONFIRMED, Result.UNDONE],
)
def test_what_was_or_may_have_been_written_stands(result: Result) -> None:
    assert not may_be_replaced(a_line(result=result), at(10**8))


def test_what_the_store_refused_stands_for_a_day() -> None:
    line = a_line(result=Result.FAILED, settled=0)

    assert not may_be_replaced(line, at(86_399))
    assert may_be_replaced(line, at(86_400))


def test_an_effect_is_one_store_order_rule_action_and_occasion() -> None:
    keys = {
        effect_key("abc", 1, "rule", "set_status", "x"),
        effect_key("abd", 1, "rule", "set_status", "x"),
        effect_key("abc", 2, "rule", "set_status", "x"),
        effect_key("abc", 1, "rule2", "set_status", "x"),
        effect_key("abc", 1, "rule", "staff_note", "x"),
        effect_key("abc", 1, "rule", "set_status", "y"),
    }

    assert len(keys) == 6
    assert effect_key("abc", 1, "rule", "set_status", "x") in keys


@pytest.mark.parametrize("action", ["capture", "void", "refund"])
def test_what_moved_money_and_was_refused_is_never_tried_again(action: str) -> None:
    line = a_line(result=Result.FAILED, settled=0, action=action)

    assert not may_be_replaced(line, at(999 * 86_400))
