"""Plain dataclasses as JSON objects, and back with every field checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from enum import StrEnum
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

from orderwarden.domain.instants import to_text

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    T = TypeVar("T", bound=DataclassInstance)
else:
    T = TypeVar("T")

Fields = Mapping[str, object]

NUMBER_MAX: Final = 2**63 - 1
"""More no backend can store."""

_SHOWN_MAX: Final = 60


class Unreadable(Exception):
    """Fields that are not what they should be: each problem with its remedy."""

    def __init__(self, *problems: str) -> None:
        """Keep every problem found."""
        super().__init__("; ".join(problems))
        self.problems = problems


class Shape(Generic[T]):
    """Objects that have a member for each field of a dataclass, by its name."""

    def __init__(self, kind: type[T]) -> None:
        """Learn the fields."""
        hints = get_type_hints(kind)
        self._kind = kind
        self._readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}

    def pack(self, value: T) -> Fields:
        """Return the object of a value."""
        return {name: _packed(getattr(value, name)) for name in self._readers}

    def unpack(self, found: Fields) -> T:
        """Return the value of an object.

        Raises:
            Unreadable: Fields are missing, unknown, or of another kind; every one is told.
        """
        problems = [f"{name}: is missing; {EXPORT_AGAIN}" for name in self._readers.keys() - found]
        problems += [f"{name}: no such field; {UPDATE}" for name in found.keys() - self._readers]
        values = {}
        for name in self._readers.keys() & found.keys():
            try:
                values[name] = self._readers[name](found[name])
            except (ValueError, OverflowError) as error:
                problems.append(f"{name}: found {shown(found[name])}, wants {error}")
        if problems:
            raise Unreadable(*sorted(problems))
        return self._kind(**values)


EXPORT_AGAIN: Final = "export it again, with this version of Orderwarden"
UPDATE: Final = "if a newer Orderwarden wrote it, update this one"


def shown(value: object) -> str:
    """Return a value as a message shows it, cut where it is long."""
    text = repr(value)
    return text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}..."


def visible(text: str) -> str:
    """Return a text with what a terminal would act on, or show as nothing, as escapes."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def _packed(value: object) -> object:
    if isinstance(value, datetime):
        return to_text(value)
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def _reader(hint: Any) -> Callable[[object], object]:  # noqa: ANN401  # a type, or a union of types
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    is_optional = NoneType in get_args(hint)
    kind = kinds[0] if is_optional else hint
    read = _of_kind(get_origin(kind) or kind)
    return lambda value: None if is_optional and value is None else read(value)


def _of_kind(kind: Any) -> Callable[[object], object]:  # noqa: ANN401  # any type
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return lambda value: _choice(kind, value)
    return _READERS[kind]


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("a text")  # told with the others
    try:
        value.encode()
    except UnicodeEncodeError:
        raise ValueError("a text that UTF-8 can write") from None
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= NUMBER_MAX:
        raise ValueError(f"a whole number from 0 to {NUMBER_MAX}")
    return value


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _time(value: object) -> datetime:
    try:
        at = datetime.fromisoformat(_text(value))
        if at.tzinfo is None:
            raise ValueError
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("a time with its zone, such as 2026-11-21T20:47:05+00:00") from None


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("a list of texts")
    return tuple(map(_text, value))


def _object(value: object) -> Fields:
    if not isinstance(value, dict):
        raise ValueError("an object")
    return value


def _choice(kind: type[StrEnum], value: object) -> StrEnum:
    try:
        return kind(_text(value))
    except ValueError:
        raise ValueError(f"one of {', '.join(kind)}") from None


_READERS: Final[Mapping[object, Callable[[object], object]]] = {
    str: _text,
    int: _number,
    bool: _truth,
    datetime: _time,
    tuple: _texts,
    Mapping: _object,
}
