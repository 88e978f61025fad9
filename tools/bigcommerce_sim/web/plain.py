"""Turning records into what JSON can hold."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import datetime
from decimal import Decimal


def plain(value: object) -> object:
    """Return `value` with dataclasses as objects, dates as ISO 8601, bytes as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return _plain_collection(value)


def _plain_collection(value: object) -> object:
    if is_dataclass(value):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, Set):
        return sorted(plain(each) for each in value)  # type: ignore[type-var]
    if isinstance(value, Sequence):
        return [plain(each) for each in value]
    return str(value)
