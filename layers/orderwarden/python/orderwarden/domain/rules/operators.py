"""The operators of a test, each made ready once: operands in, a function of the value out."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Final

Scalar = str | int | bool | Decimal
"""What a test compares with; durations and times of day are seconds, statuses are ids."""

Check = Callable[[Scalar | None], bool]

EXISTS: Final = "exists"
"""The one operator that is asked of a missing value, too."""

AT_LEAST: Final = "at_least"

NEGATIVE: Final = frozenset({"is_not", "not_in"})
"""Of several values, none may be the one that these name; for all others one must pass."""


def folded(text: str) -> str:
    """Return a text as it is compared: without outer spaces, upper and lower case alike."""
    return text.strip().casefold()


def check_of(name: str, operands: tuple[Scalar, ...]) -> Check:
    """Return the function that says whether a value passes; texts come folded.

    Raises:
        KeyError: There is no such operator.
    """
    comparable = (folded(each) if isinstance(each, str) else each for each in operands)
    return _READY[name](tuple(comparable))


def _between(operands: tuple[Scalar, ...]) -> Check:
    low, high = operands
    if low > high:  # type: ignore[operator]  # of a time of day: across midnight
        return lambda value: value >= low or value <= high  # type: ignore[operator]
    return lambda value: low <= value <= high  # type: ignore[operator]


def _not_in(operands: tuple[Scalar, ...]) -> Check:
    excluded = frozenset(operands)
    return lambda value: value not in excluded


# The value comes second: "over 5" is `5 < value`.
_READY: Final[Mapping[str, Callable[[tuple[Scalar, ...]], Check]]] = {
    "is": lambda operands: partial(operator.eq, operands[0]),
    "is_not": lambda operands: partial(operator.ne, operands[0]),
    "in": lambda operands: frozenset(operands).__contains__,
    "not_in": _not_in,
    "over": lambda operands: partial(operator.lt, operands[0]),
    AT_LEAST: lambda operands: partial(operator.le, operands[0]),
    "under": lambda operands: partial(operator.gt, operands[0]),
    "at_most": lambda operands: partial(operator.ge, operands[0]),
    "between": _between,
    "contains": lambda operands: lambda value: str(operands[0]) in str(value),
    "starts_with": lambda operands: lambda value: str(value).startswith(str(operands[0])),
    EXISTS: lambda operands: lambda value: (value not in {None, ""}) is operands[0],
}

OPERATORS: Final = frozenset(_READY)
