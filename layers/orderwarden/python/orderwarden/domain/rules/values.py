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
from orderwarden.domain.rules.kinds import BUSINESS_DAYS, Kind
from orderwarden.domain.rules.operators import Scalar, folded
from orderwarden.domain.rules.places import Place
from orderwarden.domain.rules.problems import one_of, quoted
from orderwarden.domain.statuses import NAMES

LONGEST_TEXT: Final = 250
"""Characters of one text to compare with."""

_AMOUNT: Final = re.compile(r"\d{1,12}(?:\.\d{1,4})?", re.ASCII)
_IN_CURRENCY: Final = re.compile(r"(\S+) +([A-Za-z]{3})", re.ASCII)
_COUNT: Final = re.compile(r"\d{1,9}", re.ASCII)
_TIME: Final = re.compile(r"(\d{1,2}):([0-5]\d)", re.ASCII)
_FLAGS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def _amount(text: str) -> Decimal | None:
    # Without trailing zeros, so that 500 and 500.00 are one rule.
    number = Decimal(text) if _AMOUNT.fullmatch(text) else None
    return None if number is None else Decimal(f"{number.normalize():f}")


def _count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text) else None


def _time_of_day(text: str) -> int | None:
    written = _TIME.fullmatch(text)
    seconds = int(written[1]) * durations.HOUR + int(written[2]) * 60 if written else None
    return seconds if seconds is not None and seconds <= durations.DAY else None


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
    Kind.STATUS: Form(_count, "the name of a status, such as `Awaiting Payment`"),
    Kind.MONEY: Form(_amount, "an amount such as 500, 49.90 or 500 USD"),
    Kind.COUNT: Form(_count, "a whole number"),
    Kind.ID: Form(_count, "an id, a whole number"),
    Kind.DURATION: Form(
        durations.parse, "a duration such as 90m, 12h, 3d or 2 business days, at most 3650d"
    ),
    Kind.TIME_OF_DAY: Form(_time_of_day, "a time of day such as 09:30 or 17:00, at most 24:00"),
    Kind.TEXT: Form(_text, f"a text of 1 to {LONGEST_TEXT} characters"),
    Kind.WORD: Form(_text, "a word"),
    Kind.FLAG: Form(_flag, "true or false"),
}


def scalar(place: Place, kind: Kind, choices: Sequence[str] = ()) -> Scalar | None:
    """Return the value that stands at a place, or None after noting why it is none."""
    text = place.text(FORMS[kind].expected)
    return None if text is None else _parsed(place, text, kind, choices)


def measured(place: Place, kind: Kind, choices: Sequence[str] = ()) -> tuple[Scalar, str] | None:
    """Return the value that stands at a place and its unit, or None after noting why not.

    The unit is a currency in capitals, business days, or "" for the field's own.
    """
    text = place.text(FORMS[kind].expected)
    if text is None:
        return None
    if kind is Kind.DURATION:
        seconds = durations.parse_business_days(text)
        if seconds is not None:
            return seconds, BUSINESS_DAYS
    written = _IN_CURRENCY.fullmatch(text) if kind is Kind.MONEY else None
    number = _amount(written[1]) if written else None
    if written and number is not None:
        return number, written[2].upper()
    value = _parsed(place, text, kind, choices)
    return None if value is None else (value, "")


def choice(place: Place, text: str, noun: str, choices: Sequence[str]) -> str | None:
    """Return the one of a few names that a text is, in whatever case, or None after noting it."""
    for each in choices:
        if folded(each) == folded(text):
            return each
    place.refuse(f"{quoted(text)}: no such {noun}; {place.problems.advice(text, choices)}")
    return None


def _parsed(place: Place, text: str, kind: Kind, choices: Sequence[str]) -> Scalar | None:
    if choices:
        return choice(place, text, "value", choices)
    if kind is Kind.STATUS:
        return _status(place, text)
    value = FORMS[kind].parse(text)
    if value is None:
        place.refuse(f"{quoted(text)}: write {FORMS[kind].expected}")
    return value


def _status(place: Place, text: str) -> int | None:
    number = _count(text)
    ids = (number,) if number in NAMES else place.statuses.ids_of(text)
    if len(ids) == 1:
        return ids[0]
    if ids:
        shown = one_of(f"{each}" for each in ids)
        place.refuse(f"{quoted(text)}: two statuses of this store are called so; write {shown}")
    else:
        advice = place.problems.advice(text, place.statuses.every)
        place.refuse(f"{quoted(text)}: no such status; {advice}")
    return None
