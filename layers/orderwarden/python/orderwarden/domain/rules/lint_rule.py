"""What is odd about one rule: that it can never act, or not when its writer thinks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from orderwarden.domain.choice import target_of
from orderwarden.domain.money import AUTHORIZED, PAID
from orderwarden.domain.rules.durations import to_text
from orderwarden.domain.rules.inspect import (
    named_statuses,
    possible_previous,
    possible_statuses,
    top_tests,
)
from orderwarden.domain.rules.model import Rule, Test
from orderwarden.domain.rules.overlap import is_never_true
from orderwarden.domain.rules.sweeping import LOOKS_FOR_ORDERS
from orderwarden.domain.rules.wording import words_of_test
from orderwarden.domain.signal import Trigger
from orderwarden.domain.statuses import DANGEROUS, NAMES, PROTECTED

_AGES: Final = frozenset({"age", "status_for", "unchanged_for"})
_FROM: Final = frozenset({"over", "at_least", "between"})


def why_dead(rule: Rule) -> str | None:
    """Return why a rule can never act, None where it can."""
    statuses, target = possible_statuses(rule), target_of(rule)
    if statuses == frozenset() or is_never_true(rule.when):
        return "its tests contradict each other"
    if possible_previous(rule) is not None and rule.on <= LOOKS_FOR_ORDERS:
        return "no event tells previous_status in a sweep, and what is unknown never fires"
    if target is not None and statuses == frozenset({target}) and len(rule.actions) == 1:
        return f"it sets {NAMES[target]}, and is true of no order in another status"
    named = named_statuses(rule)
    if statuses is not None and statuses <= PROTECTED - named:
        names = ", ".join(NAMES[each] for each in sorted(statuses))
        return f"{names}: protected, unless status names it at the top of `when`"
    money = next(filter(_asks_for_money, top_tests(rule.when)), None)
    if target is not None and target in DANGEROUS and money is not None:
        return f"{words_of_test(money)}: no order with money is set to {NAMES[target]}"
    return None


def why_late(rule: Rule, sweep_every_s: int) -> Iterator[tuple[str, bool]]:
    """Yield what the sweeps are too rare for; and whether orders may be missed by it."""
    if Trigger.SWEEP not in rule.on:
        return
    every = to_text(sweep_every_s)
    for test in top_tests(rule.when):
        if test.field not in _AGES or test.unit:
            continue
        first, *rest = (each for each in test.operands if isinstance(each, int))
        if rest and rest[0] - first < sweep_every_s:
            yield (
                f"{words_of_test(test)}: sweeps are {every} apart, so orders may slip through",
                True,
            )
        elif test.operator in _FROM and first < sweep_every_s:
            yield f"{words_of_test(test)}: sweeps are {every} apart, so it acts later", False


def _asks_for_money(test: Test) -> bool:
    """Return whether a test is true only of orders for which money came or is held."""
    match test.field, test.operator:
        case (("paid" | "authorized"), "is"):
            return test.operands[0] is True
        case "payment_status", ("is" | "in"):
            return {str(each).casefold() for each in test.operands} <= PAID | AUTHORIZED
        case "amount_paid", ("over" | "at_least" | "between"):
            return not test.holds(0)
        case _:
            return False
