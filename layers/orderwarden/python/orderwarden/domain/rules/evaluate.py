"""Ask a condition of an order: pure, three-valued, and with a trace of all that was seen.

What was not fetched leaves a test open. A resource is asked for only while the condition may
still become true, so whatever costs nothing is looked at first.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

from orderwarden.domain.facts import UNREADABLE, Facts, Resource, Unreadable
from orderwarden.domain.rules.model import All, AnyOf, Condition, Not, Test
from orderwarden.domain.rules.operators import AT_LEAST, EXISTS, NEGATIVE, Scalar, folded
from orderwarden.domain.rules.readings import AtLeast, Reading, Several
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

_CHEAPEST_FIRST: Final = tuple(Resource)

_Ready = tuple[Reading, Scalar | None, Several]
"""A reading as it is shown; as it is compared, where it is one value; and where it is several."""

Visits = list[tuple[Test, Reading, int]]


class TestSeen(NamedTuple):
    """One visit to a test.

    Attributes:
        value: What was seen; None where it is unknown, a resource where that was not fetched.
        possibility: What that left the test to be.
    """

    test: Test
    value: Reading
    possibility: int

    @property
    def truth(self) -> Truth:
        """Return what the test came to; unknown while it is open."""
        return truth_of(self.possibility)


TestSeen.__test__ = False  # type: ignore[attr-defined]  # not a test class for the test runner


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
        return tuple(TestSeen(*visit) for visit in self.visits)


def evaluate(condition: Condition, facts: Facts) -> Outcome:
    """Ask a condition of an order; fetch what it needs, add that to the facts and ask again."""
    visits: Visits = []
    possibility = _possibility(condition, facts, visits)
    needs = None
    if is_open(possibility) and possibility & TRUE:
        needs = min(_needed(condition, facts, TRUE), key=_CHEAPEST_FIRST.index)
    return Outcome(truth_of(possibility), needs, visits)


def settled(condition: Condition, facts: Facts) -> Truth | None:
    """Return what a condition amounts to; None while what was not fetched may decide it."""
    possibility = _possibility(condition, facts, [])
    return None if is_open(possibility) else truth_of(possibility)


def _possibility(condition: Condition, facts: Facts, visits: Visits) -> int:
    if isinstance(condition, Test):
        return _test(condition, facts, visits)
    if isinstance(condition, All):
        return _all(condition.parts, facts, visits)
    if isinstance(condition, AnyOf):
        return _any(condition.parts, facts, visits)
    return negation(_possibility(condition.part, facts, visits))


def _test(test: Test, facts: Facts, visits: Visits) -> int:
    ready = facts.memo.get(test.key)
    if ready is None:
        ready = facts.memo[test.key] = _ready(test.read(facts))
    value, plain, several = ready
    if plain is None:
        possibility = _unusual(test, value, several)
    else:
        possibility = TRUE if test.holds(plain) else FALSE
    visits.append((test, value, possibility))
    return possibility


def _ready(value: Reading) -> _Ready:
    if value is None or isinstance(value, Resource | AtLeast | Unreadable):
        return value, None, ()
    if isinstance(value, str):
        return value, folded(value), ()
    if isinstance(value, int | Decimal):
        return value, value, ()
    return value, None, tuple(None if each is None else folded(each) for each in value)


def _unusual(test: Test, value: Reading, several: Several) -> int:
    """Return the possibility of a test whose reading is not one plain value."""
    if value is UNREADABLE:
        return UNKNOWN
    if isinstance(value, Resource):
        return OPEN
    if test.operator == EXISTS:
        return TRUE if test.holds(True if value else None) else FALSE
    if value is None:
        return UNKNOWN
    if isinstance(value, AtLeast):
        is_enough = test.operator == AT_LEAST and test.holds(value.seconds)
        return TRUE if is_enough else UNKNOWN
    return _of_several(test, several)


def _of_several(test: Test, several: Several) -> int:
    decides = test.operator not in NEGATIVE
    if any(test.holds(each) is decides for each in several if each is not None):
        return TRUE if decides else FALSE
    if None in several:
        return UNKNOWN
    return FALSE if decides else TRUE


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
    visits: Visits = []
    possibility = _possibility(condition, facts, visits)
    if not (is_open(possibility) and possibility & wanted):
        return set()
    if isinstance(condition, Test):
        return {value for _, value, _ in visits if isinstance(value, Resource)}
    if isinstance(condition, Not):
        return _needed(condition.part, facts, negation(wanted))
    return set().union(*(_needed(part, facts, wanted) for part in condition.parts))
