"""Readers of JSON values: each takes what the API takes and raises ValueError for the rest."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from bigcommerce_sim.world.amounts import read_amount
from bigcommerce_sim.world.dates import read_date, whole_second
from bigcommerce_sim.world.order import Address

Reader = Callable[[object], object]
Read = TypeVar("Read")
_LARGEST_ID = 2**63 - 1


def text(longest: int = 65535) -> Callable[[object], str]:
    """Return a reader of strings up to `longest` characters."""

    def read(value: object) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise ValueError("not a string, or too long")
        return value

    return read


def or_none(reader: Callable[[object], Read]) -> Callable[[object], Read | None]:
    """Return a reader that also takes null."""
    return lambda value: None if value is None else reader(value)


def whole(lowest: int = 0, highest: int = _LARGEST_ID) -> Callable[[object], int]:
    """Return a reader of whole numbers in a range."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError("not a whole number")
        if not lowest <= value <= highest:
            raise ValueError("out of range")
        return value

    return read


def yes_or_no(value: object) -> bool:
    """Read a boolean."""
    if not isinstance(value, bool):
        raise ValueError("not a boolean")
    return value


def amount(value: object) -> object:
    """Read an amount that is not negative."""
    found = read_amount(value)
    if found < 0:
        raise ValueError("negative")
    return found


def text_or_number(value: object) -> str | int:
    """Read a string, or a whole number."""
    return value if isinstance(value, str) and len(value) <= 255 else whole()(value)


def date(value: object) -> datetime:
    """Read a date in either of the formats."""
    moment = read_date(value) if isinstance(value, str) else None
    if moment is None:
        raise ValueError("not a date")
    return whole_second(moment)


def address(value: object) -> dict[str, str]:
    """Read the fields of an address that are given; `form_fields` is taken and dropped."""
    if not isinstance(value, dict):
        raise ValueError("not an object")
    given = {key: each for key, each in value.items() if key != "form_fields"}
    if not given.keys() <= set(Address.__dataclass_fields__):
        raise ValueError("unknown field")
    if not all(isinstance(each, str) and len(each) <= 255 for each in given.values()):
        raise ValueError("not a string")
    return given
