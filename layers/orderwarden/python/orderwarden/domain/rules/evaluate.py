"""Ask a condition of an order: pure, three-valued, and with a trace of all that was seen.

What was not fetched leaves a test open. A resource is asked for only while the condition may
still become true, so whatever costs nothing is looked at first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from orderwarden.domain.facts import Facts, Resource
from orderwarden.domain.rules.fields import FIELDS, Reading
from orderwarden.domain.rules.model import All, AnyOf, Condition, Not, Test
from orderwarden.domain.rules.operators import EXISTS
from orderwarden.domain.rules.truth import (
    FALSE,
    OPEN,
    TRUE,
    UNKNOWN,
    Truth,
    is_open,
    negation,
    truth_of,
)

_READ: Final = {name: field.read for name, field in FIELDS.items()}
_CHEAPEST_FIRST: Final = tuple(Resource)

Visits = list[tuple[Test, Reading, int]]


@dataclass(frozen=True, slots=True)
class TestSeen:
    """One visit to a test.

    Attributes:
        value: What was seen; None where it is unknown, a resource where that was not fetched.
    """

    __test__ = False  # not a test class for the test runner

    test: Test
    value: Reading
    truth: Truth


class Outcome(NamedTuple):
    """The answer of a condition.

    Attributes:
        truth: UNKNOWN also while it is open.
        needs: The cheapest resource that may still make it true; None once nothing can.
        visits: The trace, raw.
    """

    truth: Truth
    needs: Resource | None
    visits: Visits

    @property
    def trace(self) -> tuple[TestSeen, ...]:
        """Return every test that was visited; those after a decision are not.

        Made on demand: of all the rules that are asked, one winner's trace is read.
        """
        return tuple(TestSeen(test, value, truth_of(p)) for test, value, p in self.visits)


def evaluate(condition: Condition, facts: Facts) -> Outcome:
    """Ask a condition of an order; fetch what it needs, add that to the facts and ask again."""
    visits: Visits = []
    possibility = _possibility(condition, facts, visits)
    needs = None
    if is_open(possibility) and possibility & TRUE:
        needs = min(_needed(condition, facts, TRUE), key=_CHEAPEST_FIRST.index)
    return Outcome(truth_of(possibility), needs, visits)


def _possibility(condition: Condition, facts: Facts, visits: Visits) -> int:
    if isinstance(condition, Test):
        value = _READ[condition.field](facts)
        if value is None and condition.operator != EXISTS:
            possibility = UNKNOWN
        elif type(value) is Resource:
            possibility = OPEN
        else:
            possibility = TRUE if condition.holds(value) else FALSE
        visits.append((condition, value, possibility))
        return possibility
    if isinstance(condition, All):
        return _all(condition.parts, facts, visits)
    if isinstance(condition, AnyOf):
        return _any(condition.parts, facts, visits)
    return negation(_possibility(condition.part, facts, visits))


def _all(parts: tuple[Condition, ...], facts: Facts, visits: Visits) -> int:
    """Return false if one is false, true if every one is; no parts at all are true."""
    in_every, in_some = TRUE, 0
    for part in parts:
        possibility = _possibility(part, facts, visits)
        if possibility == FALSE:
            return FALSE
        in_every &= possibility
        in_some |= possibility
    return in_every | (in_some & (FALSE | UNKNOWN))


def _any(parts: tuple[Condition, ...], facts: Facts, visits: Visits) -> int:
    """Return true if one is true, false if every one is; no parts at all are false."""
    in_every, in_some = FALSE, 0
    for part in parts:
        possibility = _possibility(part, facts, visits)
        if possibility == TRUE:
            return TRUE
        in_every &= possibility
        in_some |= possibility
    return in_every | (in_some & (TRUE | UNKNOWN))


def _needed(condition: Condition, facts: Facts, wanted: int) -> set[Resource]:
    """Return what may still turn an open condition into the wanted truth."""
    possibility = _possibility(condition, facts, [])
    if not (is_open(possibility) and possibility & wanted):
        return set()
    if isinstance(condition, Test):
        value = _READ[condition.field](facts)
        return {value} if isinstance(value, Resource) else set()
    if isinstance(condition, Not):
        return _needed(condition.part, facts, negation(wanted))
    return set().union(*(_needed(part, facts, wanted) for part in condition.parts))
