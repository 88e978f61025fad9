"""Read a file of a move, and find everything that is wrong with it before anything is written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from orderwarden.domain.line import Line, Result, effect_key
from orderwarden.domain.receipt import Receipt
from orderwarden.domain.rules.canonical import digest
from orderwarden.domain.seen import Seen
from orderwarden.ports import Parked, PublishedRules, Review, Run

from orderwarden_cli.moving.contents import problem_of_decision, problem_of_rules
from orderwarden_cli.moving.fields import EXPORT_AGAIN, UPDATE, Unreadable, shown
from orderwarden_cli.moving.records import (
    LINE,
    VERSION,
    End,
    Head,
    Record,
    from_fields,
    kind_of,
)

LINE_BYTES_MAX: Final = 32 * 1024 * 1024
"""Longer than any rules: so much at most is read at once of a file that is none of ours."""

Found = tuple[int, Record | Unreadable]
"""The number of a line of the file, and what stands there."""


@dataclass
class Checked:
    """What a file says.

    Attributes:
        name: As messages call it.
        store: Whose records are wanted.
        counts: Of the records, by kind.
        unsettled: Lines whose writes may have been made or not.
        problems: Everything that is wrong, each with file, line, field and remedy.
    """

    name: str
    store: str
    counts: Counter[str] = field(default_factory=Counter)
    unsettled: list[Line] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    is_whole: bool = False
    _places: dict[object, int] = field(default_factory=dict)
    _versions: int = 0
    _last_rules: tuple[int, PublishedRules] | None = None

    def read(self, stream: BinaryIO, *, takes_unsettled: bool) -> None:
        """Check every record of a file."""
        head = end = number = 0
        for number, record in found_in(stream):
            if end:
                self._wrong(number, f"stands behind the end in line {end}; {EXPORT_AGAIN}")
            if isinstance(record, Unreadable):
                for problem in record.problems:
                    self._wrong(number, problem)
                continue
            head = number if isinstance(record, Head) else head
            end = number if isinstance(record, End) else end
            for problem in self._problems_of(number, record, takes_unsettled=takes_unsettled):
                self._wrong(number, problem)
        self._ends(number, has_head=bool(head), has_end=bool(end))

    def _ends(self, number: int, *, has_head: bool, has_end: bool) -> None:
        """Tell what is wrong with a file as a whole."""
        if has_head and not has_end:
            self._wrong(number, f"the file ends before its end; {EXPORT_AGAIN}")
        if not has_head and self.counts.keys() - {LINE}:
            self._wrong(1, f"the head is missing; {_CUT}")
        if self._last_rules is not None:
            place, rules = (
                self._last_rules
            )  # those before it only tell what was: none works by them
            if problem := problem_of_rules(rules):
                self._wrong(place, problem)
        if not number:
            self.problems.append(f"{self.name}: is empty; {EXPORT_AGAIN}")
        self.is_whole = has_head and has_end

    def _wrong(self, number: int, problem: str) -> None:
        self.problems.append(f"{self.name}, line {number}, {problem}")

    def _problems_of(self, number: int, record: Record, *, takes_unsettled: bool) -> Iterator[str]:
        if isinstance(record, End):
            if record.records != number - 1:
                yield f"records: found {record.records}, but {number - 1} stand before it; {_CUT}"
            return
        if isinstance(record, Head):
            yield from self._problems_of_head(number, record)
            return
        self.counts[kind_of(record)] += 1
        store = _store_of(record)
        if store not in {None, self.store}:
            yield f"store: found {shown(store)}, wants {self.store!r}; {_OTHER_STORE}"
        if isinstance(record, Line):
            yield from self._problems_of_line(number, record, takes_unsettled=takes_unsettled)
        if isinstance(record, PublishedRules):
            self._last_rules = number, record
            yield from self._problems_of_rules(record)
        if isinstance(record, Receipt) and record.decision:
            yield from filter(None, [problem_of_decision(record.decision)])

    def _problems_of_head(self, number: int, head: Head) -> Iterator[str]:
        if number != 1:
            yield f"a second head; import one export after the other, {EXPORT_AGAIN}"
        if head.version != VERSION:
            yield f"version: found {head.version}, this Orderwarden knows {VERSION}; {UPDATE}"
        if head.store != self.store:
            yield f"store: found {shown(head.store)}, wants {self.store!r}; {_OTHER_STORE}"

    def _problems_of_line(
        self, number: int, line: Line, *, takes_unsettled: bool
    ) -> Iterator[str]:
        wanted = effect_key(line.store, line.order_id, line.rule, line.action, line.occasion)
        if line.id != wanted:
            yield f"id: found {shown(line.id)}, but its parts make {wanted!r}; {EXPORT_AGAIN}"
        first = self._places.setdefault((line.order_id, line.id), number)
        if first != number:
            yield f"id: stands in line {first} as well; {EXPORT_AGAIN}"
        if line.result is Result.INTENDED:
            self.unsettled.append(line)
            if not takes_unsettled:
                yield _UNSETTLED

    def _problems_of_rules(self, rules: PublishedRules) -> Iterator[str]:
        self._versions += 1
        if rules.version != self._versions:
            yield f"version: found {rules.version}, wants {self._versions}; {EXPORT_AGAIN}"
        if digest(rules.compiled) != rules.digest:
            yield f"digest: is not that of `compiled`; {EXPORT_AGAIN}"


_CUT: Final = "the file was cut or changed; copy it again, or " + EXPORT_AGAIN
_OTHER_STORE: Final = "it is another store's; name the file of this store, or add --store"
_UNSETTLED: Final = (
    "result: found 'intended': nobody knows yet whether this was written; let the old host "
    "settle it (minutes) and export again, or, if that host is gone for good, add "
    "--take-unsettled: then this one asks the store what became of it"
)


def found_in(stream: BinaryIO) -> Iterator[Found]:
    """Yield what stands in each line of a file, from its beginning."""
    stream.seek(0)
    number = 0
    while text := stream.readline(LINE_BYTES_MAX):
        number += 1
        if len(text) == LINE_BYTES_MAX:
            yield number, Unreadable(f"has more than {LINE_BYTES_MAX:,} bytes; {_NO_EXPORT}")
            return
        yield number, _record(text)


_NO_EXPORT: Final = "this is no export of Orderwarden's"


def _record(text: bytes) -> Record | Unreadable:
    try:
        found = json.loads(text.decode(), object_pairs_hook=_once_each, parse_constant=_none)
    except (ValueError, RecursionError):
        return Unreadable(f"is no JSON object; {_NO_EXPORT}, or it was cut")
    if not isinstance(found, dict):
        return Unreadable(f"is no JSON object; {_NO_EXPORT}")
    try:
        return from_fields(found)
    except Unreadable as unreadable:
        return unreadable


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _none(constant: str) -> float:
    raise ValueError(f"{constant} is no JSON")


def _store_of(record: Record) -> str | None:
    if isinstance(record, Parked):
        return record.signal.store
    if isinstance(record, Line | PublishedRules | Receipt | Run | Review | Seen):
        return record.store
    return None
