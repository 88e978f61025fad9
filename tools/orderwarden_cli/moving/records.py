"""What a file of a move consists of: one JSON object a line, each of a kind.

A line of the changelog is an object of its own fields; every other kind names itself in
`record`. The first says whose file it is, the last how many there were before it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from orderwarden.domain.line import HOOKS, Line
from orderwarden.domain.receipt import Receipt
from orderwarden.domain.seen import Seen
from orderwarden.domain.signal import Signal
from orderwarden.errors import OrderwardenError
from orderwarden.ports import Hold, Parked, PublishedRules, Review, Run

from orderwarden_cli.moving.fields import UPDATE, Fields, Shape, Unreadable, shown

VERSION: Final = 1
RECORD: Final = "record"


@dataclass(frozen=True, slots=True)
class Head:
    """The first record: whose file it is."""

    version: int
    store: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class End:
    """The last record: how many records stand before it, so that a file cut short is noticed."""

    records: int


@dataclass(frozen=True, slots=True)
class Count:
    """How much a rule has changed."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class Approval:
    """A rule that a person let go on: `<rule>:<fingerprint>`."""

    approved: str


@dataclass(frozen=True, slots=True)
class PausedRule:
    """A rule that a person paused."""

    rule: str


@dataclass(frozen=True, slots=True)
class Bookmark:
    """How far something has read."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class _ParkedFields:
    signal: Mapping[str, object]
    reason: str
    at: datetime
    until: datetime | None
    waits_for: str


Record = (
    Head | End | Line | PublishedRules | Run | Review | Hold | Seen | Parked | Receipt | Count
    | Approval | PausedRule | Bookmark
)  # fmt: skip

LINE: Final = "line"
_LINES: Final = Shape(Line)
_PARKED: Final = Shape(_ParkedFields)

_SHAPES: Final[Mapping[str, tuple[type, Shape[Any]]]] = {
    "move": (Head, Shape(Head)),
    "rules": (PublishedRules, Shape(PublishedRules)),
    "approval": (Approval, Shape(Approval)),
    "paused_rule": (PausedRule, Shape(PausedRule)),
    "count": (Count, Shape(Count)),
    "hold": (Hold, Shape(Hold)),
    "review": (Review, Shape(Review)),
    "bookmark": (Bookmark, Shape(Bookmark)),
    "run": (Run, Shape(Run)),
    "receipt": (Receipt, Shape(Receipt)),
    "seen": (Seen, Shape(Seen)),
    "end": (End, Shape(End)),
}
_PARKED_KIND: Final = "parked"
_NAMES: Final = {
    Line: LINE,
    Parked: _PARKED_KIND,
    **{kind: name for name, (kind, _) in _SHAPES.items()},
}


def kind_of(record: Record) -> str:
    """Return what a record is called, a line `line`."""
    return _NAMES[type(record)]


def to_text(record: Record) -> str:
    """Return a record as one line of JSON, without its end."""
    return json.dumps(_fields_of(record))


def from_fields(found: Fields) -> Record:
    """Return the record of an object.

    Raises:
        Unreadable: It is none, or has bad fields.
    """
    if RECORD not in found:
        return _line(found)
    kind = found[RECORD]
    rest = {name: value for name, value in found.items() if name != RECORD}
    if kind == _PARKED_KIND:
        return _parked(rest)
    if not isinstance(kind, str) or kind not in _SHAPES:
        raise Unreadable(f"{RECORD}: found {shown(kind)}, no such record; {UPDATE}")
    record: Record = _SHAPES[kind][1].unpack(rest)
    return record


def line_fields(line: Line) -> Fields:
    """Return a line whole; one about hooks has neither order nor status."""
    about_hooks = {"order_id": None, "from_status_id": None} if line.order_id == HOOKS else {}
    return {**_LINES.pack(line), **about_hooks}


def _line(found: Fields) -> Line:
    fields = dict(found)
    if fields.get("order_id", HOOKS) is None and fields.get("from_status_id", 0) is None:
        fields |= {"order_id": HOOKS, "from_status_id": 0}
    return _LINES.unpack(fields)


def _parked(found: Fields) -> Parked:
    fields = _PARKED.unpack(found)
    try:
        signal = Signal.from_json(json.dumps(fields.signal))
    except OrderwardenError as error:
        raise Unreadable(f"signal: is none ({error}); {UPDATE}") from None
    return Parked(signal, fields.reason, fields.at, fields.until, fields.waits_for)


def _parked_fields(parked: Parked) -> Fields:
    signal = json.loads(parked.signal.to_json())
    fields = _ParkedFields(signal, parked.reason, parked.at, parked.until, parked.waits_for)
    return _PARKED.pack(fields)


def _fields_of(record: Record) -> Fields:
    if isinstance(record, Line):
        return line_fields(record)
    pack: Callable[[Any], Fields] = _parked_fields
    if not isinstance(record, Parked):
        pack = _SHAPES[kind_of(record)][1].pack
    return {RECORD: kind_of(record), **pack(record)}
