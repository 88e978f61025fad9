"""How our values lie in DynamoDB items, so that a person can read them in the console."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, datetime
from types import NoneType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Generic,
    TypeVar,
    get_args,
    get_origin,
    get_type_hints,
)

from orderwarden.domain.instants import from_text
from orderwarden.errors import Rejected

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef as Attribute

    T = TypeVar("T", bound=DataclassInstance)
else:
    T = TypeVar("T")

Value = str | int | bool | bytes | datetime | tuple[str, ...] | frozenset[str]
Item = Mapping[str, "Attribute"]

NUMBER_BITS: Final = 64
"""SQLite's range. DynamoDB's is wider, but nothing may work on AWS that fails on one machine."""


def time_text(at: datetime) -> str:
    """Return an aware time in UTC, 32 characters always: the order of texts is that of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def attribute(value: Value) -> Attribute:
    """Return a value as DynamoDB takes it.

    Raises:
        Rejected: `text_not_storable` or `number_not_storable`.
    """
    if isinstance(value, datetime):
        value = time_text(value)
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int):
        return {"N": _number(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, tuple):
        return {"L": [attribute(each) for each in value]}
    if isinstance(value, frozenset):
        return {"SS": [attribute(each)["S"] for each in sorted(value)]}
    bytes_of(value)
    return {"S": str(value)}


def bytes_of(text: str) -> bytes:
    """Return a text in UTF-8.

    Raises:
        Rejected: `text_not_storable`: half a surrogate pair.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise Rejected("text_not_storable") from error


def item_of(**values: Value | None) -> Item:
    """Return an item of these attributes; None is left out."""
    return {name: attribute(value) for name, value in values.items() if value is not None}


def text_in(item: Item, name: str) -> str:
    """Return a text attribute; empty where there is none."""
    return item[name]["S"] if name in item else ""


def number_in(item: Item, name: str) -> int:
    """Return a whole number attribute; 0 where there is none."""
    return int(item[name]["N"]) if name in item else 0


def texts_in(item: Item, name: str) -> frozenset[str]:
    """Return a set of texts; empty where there is none."""
    return frozenset(item[name]["SS"] if name in item else ())


def size_of(item: Item) -> int:
    """Return an item's size in bytes as DynamoDB counts it; numbers as long as they print.

    Source: DynamoDB Developer Guide, "DynamoDB item sizes and formats".
    """
    return sum(len(name.encode()) + _size(value) for name, value in item.items())


class Shape(Generic[T]):
    """Items that have an attribute for each field of a dataclass, by its name."""

    def __init__(self, kind: type[T]) -> None:
        """Learn the fields of a plain dataclass."""
        hints = get_type_hints(kind)
        self._kind = kind
        self._readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
        self._needed = {field.name for field in fields(kind) if field.default is MISSING}

    def pack(self, value: T) -> Item:
        """Return the item of a value; a field that is None is left out."""
        return item_of(**{name: getattr(value, name) for name in self._readers})

    def unpack(self, item: Item) -> T:
        """Return the value of an item; a field that newer code added has its default."""
        known = {
            name: read(_plain(item[name])) for name, read in self._readers.items() if name in item
        }
        return self._kind(**dict.fromkeys(self._needed) | known)


def _number(value: int) -> str:
    if value.bit_length() >= NUMBER_BITS:
        raise Rejected("number_not_storable")
    return str(value)


def _size(value: Attribute) -> int:
    plain = _plain(value)
    if isinstance(plain, list):
        return 3 + sum(1 + _size(each) for each in plain)
    if isinstance(plain, bool):
        return 1
    return len(plain.encode() if isinstance(plain, str) else plain)


def _plain(value: Attribute) -> Any:  # noqa: ANN401  # whatever the one type key of it holds
    return next(iter(value.values()))


def _reader(hint: Any) -> Callable[[Any], object]:  # noqa: ANN401  # a type, or a union of types
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    kind = kinds[0] if NoneType in get_args(hint) else hint
    if kind is datetime:
        return from_text
    if get_origin(kind) is tuple:
        return lambda texts: tuple(text["S"] for text in texts)
    plain: Callable[[Any], object] = kind
    return plain
