"""True, false, unknown; and what something may still turn out to be before it is fetched.

A *possibility* is a set of truths, as bits. One bit: settled. Several: open, until the store is
asked. Kleene's three-valued logic works on whole sets as well, so that what is open settles as
soon as the rest decides it.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

FALSE: Final = 1
UNKNOWN: Final = 2
TRUE: Final = 4
OPEN: Final = FALSE | UNKNOWN | TRUE


class Truth(Enum):
    """The answer of a condition; only TRUE lets a rule fire."""

    FALSE = "false"
    UNKNOWN = "unknown"
    TRUE = "true"

    def __bool__(self) -> bool:
        """Refuse: `if truth:` would take unknown for true."""
        raise TypeError("compare a Truth with `is`")


_SETTLED: Final = {FALSE: Truth.FALSE, UNKNOWN: Truth.UNKNOWN, TRUE: Truth.TRUE}


def truth_of(possibility: int) -> Truth:
    """Return the truth that a possibility amounts to; unknown while it is open."""
    return _SETTLED.get(possibility, Truth.UNKNOWN)


def is_open(possibility: int) -> bool:
    """Return whether it may still turn out in more than one way."""
    return possibility not in _SETTLED


def negation(possibility: int) -> int:
    """Swap true and false; unknown stays unknown."""
    return (possibility & TRUE) >> 2 | (possibility & UNKNOWN) | (possibility & FALSE) << 2
