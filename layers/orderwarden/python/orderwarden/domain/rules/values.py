"""The values of the language, as a merchant writes them: parsed by the type that is expected.

So `NO` is a text where a text is expected and false where a flag is, and `1:30` is no duration.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from orderwarden.domain.rules import durations
from orderwarden.domain.rules.fields import Kind
from orderwarden.domain.rules.operators import Scalar, folded
from orderwarden.domain.rules.places import NOT_YET, Place
from orderwarden.domain.rules.problems import quoted
from orderwarden.domain.statuses import IDS, NAMES

LONGEST_TEXT: Final = 250
"""Characters of one text to compare with."""

_AMOUNT: Final = re.compile(r"\d{1,12}(?:\.\d{1,4})?", re.ASCII)
_COUNT: Final = re.compile(r"\d{1,9}", re.ASCII)
_FLAGS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_STATUS_IDS: Final = {folded(name): status_id for name, status_id in IDS.items()}


def _amount(text: str) -> Decimal | None:
    # Without trailing zeros, so that 500 and 500.00 are one rule.
    number = Decimal(text) if _AMOUNT.fullmatch(text) else None
    return None if number is None else Decimal(f"{number.normalize():f}")


def _count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text) else None


def _status(text: str) -> int | None:
    number = _count(text)
    return number if number in NAMES else _STATUS_IDS.get(folded(text))


def _text(text: str) -> str | None:
    return text if 0 < len(text) <= LONGEST_TEXT else None


def _flag(text: str) -> bool | None:
    return _FLAGS.get(text.casefold())


@dataclass(frozen=True, slots=True)
class Form:
    """How values of one kind are written.

    Attributes:
        parse: Returns None for what is no such value.
        expected: For messages: what would be right.
    """

    parse: Callable[[str], Scalar | None]
    expected: str


FORMS: Final[Mapping[Kind, Form]] = {
    Kind.STATUS: Form(_status, "the name of a status, such as `Awaiting Payment`"),
    Kind.MONEY: Form(_amount, "an amount such as 500 or 49.90"),
    Kind.COUNT: Form(_count, "a whole number"),
    Kind.DURATION: Form(durations.parse, "a duration such as 90m, 12h or 3d, at most 3650d"),
    Kind.TEXT: Form(_text, f"a text of 1 to {LONGEST_TEXT} characters"),
    Kind.FLAG: Form(_flag, "true or false"),
}


def scalar(place: Place, kind: Kind, choices: Sequence[str] = ()) -> Scalar | None:
    """Return the value that stands at a place, or None after noting why it is none."""
    form = FORMS[kind]
    text = place.text(form.expected)
    if text is None:
        return None
    if choices:
        return choice(place, text, "value", choices)
    value = form.parse(text)
    if value is None:
        place.refuse(f"{quoted(text)}: {_what_would_be_right(place, text, kind)}")
    return value


def choice(place: Place, text: str, noun: str, choices: Sequence[str]) -> str | None:
    """Return the one of a few names that a text is, in whatever case, or None after noting it."""
    for each in choices:
        if folded(each) == folded(text):
            return each
    place.refuse(f"{quoted(text)}: no such {noun}; {place.problems.advice(text, choices)}")
    return None


def _what_would_be_right(place: Place, text: str, kind: Kind) -> str:
    if kind is Kind.STATUS:
        return f"no such status; {place.problems.advice(text, tuple(IDS))}"
    if kind is Kind.DURATION and durations.is_in_business_days(text):
        return f"business days are {NOT_YET}"
    return f"write {FORMS[kind].expected}"
