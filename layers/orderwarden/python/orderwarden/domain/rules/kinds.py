"""The kinds of values in the language, and the operators that make sense for each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from orderwarden.domain.rules.operators import EXISTS


class Kind(StrEnum):
    """What a value is, and so how it is written and compared."""

    STATUS = "status"
    MONEY = "money"
    COUNT = "count"
    ID = "id"
    DURATION = "duration"
    TIME_OF_DAY = "time_of_day"
    TEXT = "text"
    WORD = "word"
    FLAG = "flag"


_EQUALS: Final = ("is", "is_not")
_ONE_OF: Final = ("in", "not_in")
_ORDER: Final = ("over", "under", "at_least", "at_most", "between")

OPERATORS_OF: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.STATUS: _EQUALS + _ONE_OF,
    Kind.MONEY: _EQUALS + _ONE_OF + _ORDER,
    Kind.COUNT: _EQUALS + _ONE_OF + _ORDER,
    Kind.ID: _EQUALS + _ONE_OF,
    Kind.DURATION: _ORDER,  # to the very second, nothing is ever equal
    Kind.TIME_OF_DAY: _ORDER,
    Kind.TEXT: (*_EQUALS, *_ONE_OF, "contains", "starts_with", EXISTS),
    Kind.WORD: _EQUALS + _ONE_OF,
    Kind.FLAG: _EQUALS,
}

BUSINESS_DAYS: Final = "business days"
"""The unit of a duration that counts business days only; every other unit is a currency."""
