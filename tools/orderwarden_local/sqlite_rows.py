"""How our plain dataclasses lie in the rows of a table."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from types import NoneType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, get_args, get_origin, get_type_hints

from orderwarden.domain.instants import from_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    T = TypeVar("T", bound=DataclassInstance)
else:
    T = TypeVar("T")

Cell = str | int | None


def time_text(at: datetime) -> str:
    """Return an aware time in UTC, 32 characters always: the order of texts is that of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


class Table(Generic[T]):
    """A table that has a column for each field of a dataclass.

    Attributes:
        select: `SELECT` of these columns, up to the table's name.
        insert: `INSERT` of a row as `pack` makes it.
        replace: The same; an existing row of its key goes.
    """

    def __init__(self, name: str, kind: type[T]) -> None:
        columns = [field.name for field in fields(kind)]
        hints = get_type_hints(kind)
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        into = f"INTO {name} ({names}) VALUES ({marks})"
        self.select = f"SELECT {names} FROM {name}"  # noqa: S608  # every name is our own
        self.insert = f"INSERT {into}"
        self.replace = f"INSERT OR REPLACE {into}"
        self._kind = kind
        self._columns = columns
        self._readers = [_reader(hints[column]) for column in columns]

    def pack(self, value: T) -> tuple[Cell, ...]:
        """Return the row of a value."""
        return tuple(_cell(getattr(value, column)) for column in self._columns)

    def unpack(self, row: Sequence[Any]) -> T:
        """Return the value of a row."""
        cells = zip(self._readers, row, strict=True)
        return self._kind(*(None if cell is None else read(cell) for read, cell in cells))


def _cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return time_text(value)
    if isinstance(value, tuple):
        return json.dumps(value, ensure_ascii=False)
    if value is None or isinstance(value, int):
        return value
    return str(value)


def _reader(hint: Any) -> Callable[[Any], object]:  # noqa: ANN401  # a type, or a union of types
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    kind = kinds[0] if NoneType in get_args(hint) else hint
    if kind is datetime:
        return from_text
    if get_origin(kind) is tuple:
        return _tuple
    plain: Callable[[Any], object] = kind
    return plain


def _tuple(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))
