"""The host that a move ends in: what stands there already, and how the rest is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from enum import Enum
from functools import cached_property, partial
from itertools import chain
from typing import Any, Final, TypeVar

from orderwarden.domain.line import HOOKS, Line, Result, hides_effect
from orderwarden.domain.receipt import Receipt
from orderwarden.domain.seen import Seen
from orderwarden.ports import Hold, Parked, PublishedRules, Review, Run

from orderwarden_cli.moving.patience import patiently
from orderwarden_cli.moving.ports import Movable
from orderwarden_cli.moving.records import (
    LINE,
    Approval,
    Bookmark,
    Count,
    PausedRule,
    Record,
)

AT_ONCE: Final = 8
"""Threads: a table takes far more, and one write after the other would be a day's work."""

T = TypeVar("T")


class Standing(Enum):
    """How a record of the file compares with what stands there."""

    NEW = "new"
    THERE = "there"
    DIFFERENT = "different"


class Target:
    """Takes records in, each by a conditional write of its own; nothing that stands is changed.

    One exception, where what differs is kept: a line that leaves an effect open gives way to one
    that says it was had, or it would be had again.

    DynamoDB's batches know no conditions, and a line must never be written over: so there are
    single writes. A page of records is compared or written as a whole.
    """

    def __init__(
        self, here: Movable, store: str, pool: ThreadPoolExecutor, *, keeps_different: bool
    ) -> None:
        """Work on a store of a host, by the threads of a pool."""
        self._changelog = here.changelog
        self._receipts = here.receipts
        self._state = here.state
        self._clock = here.clock
        self._store = store
        self._pool = pool
        self._keeps_different = keeps_different
        self._has_other_rules = False

    def standing_of(self, page: Sequence[Record]) -> Iterator[Standing]:
        """Yield how each record compares with what stands there."""
        orders = {each.order_id for each in page if isinstance(each, Line)}
        lines = {line.id: line for found in self._all(self._lines_of, orders) for line in found}
        seen_ids = [each.order_id for each in page if isinstance(each, Seen)]
        seen = patiently(self._clock, lambda: self._state.seen_many(self._store, seen_ids))
        for each in page:
            if isinstance(each, Line):
                yield self._compared(each, lines.get(each.id))
            elif isinstance(each, PublishedRules):
                yield self._standing_of_rules(each)
            elif isinstance(each, Seen):
                yield _there(each.order_id in seen)
            else:
                yield _there(self._is_there(each))

    def write(self, page: Sequence[Record]) -> Sequence[Standing]:
        """Write records; what somebody else wrote meanwhile is told as different.

        Several at a time, but what lies in one place one after the other.
        """
        places: dict[object, list[int]] = {}
        for number, record in enumerate(page):
            places.setdefault(_place_of(record), []).append(number)

        def written(numbers: list[int]) -> list[tuple[int, Standing]]:
            return [
                (number, patiently(self._clock, partial(self._write, page[number])))
                for number in numbers
            ]

        found = dict(chain.from_iterable(self._pool.map(written, places.values())))
        return [found[number] for number in range(len(page))]

    @cached_property
    def _versions(self) -> Mapping[int, PublishedRules]:
        return {each.version: each for each in self._state.versions(self._store)}

    @cached_property
    def _counts(self) -> Mapping[str, int]:
        return self._state.every_count(self._store)

    @cached_property
    def _names(self) -> frozenset[tuple[type, str]]:
        """Return what is there, of kinds that have few."""
        state, store = self._state, self._store
        controls = state.controls(store)
        return frozenset(
            [(Review, each.id) for each in state.reviews(store, None)]
            + [(Parked, each.signal.receipt_key) for each in state.every_parked(store)]
            + [(Approval, each) for each in controls.approved]
            + [(PausedRule, each) for each in controls.paused_rules]
        )

    def _is_there(self, record: Record) -> bool:
        match record:
            case Hold():
                return record.rule in self._state.holds(self._store, record.order_id)
            case Count():
                return self._counts.get(record.name, 0) >= record.count
            case Bookmark():
                return self._state.bookmark(self._store, record.name) is not None
            case Receipt():
                return record.key in self._receipts.look_up([record.key])
            case Run():
                return self._state.run(self._store, record.id) is not None
            case _:
                return _name_of(record) in self._names

    def _lines_of(self, order_id: int) -> Sequence[Line]:
        return self._changelog.of_order(self._store, order_id)

    def _write(self, record: Record) -> Standing:
        if isinstance(record, Line):
            return self._write_line(record)
        if isinstance(record, PublishedRules):
            if self._state.publish(record):
                return Standing.NEW
            standing = self._state.version(self._store, record.version)
            return _compared_rules(record, standing) if standing else Standing.DIFFERENT
        self._writers[type(record)](record)
        return Standing.NEW

    def _write_line(self, line: Line) -> Standing:
        found = self._changelog.replace(line, None)
        if found is not None and self._compared(line, found) is Standing.NEW:
            found = self._changelog.replace(line, found)
        return Standing.NEW if found is None else _compared(line, found)

    def _compared(self, line: Line, found: Line | None) -> Standing:
        standing = _compared(line, found)
        if found is None or standing is Standing.THERE or not self._keeps_different:
            return standing
        return Standing.NEW if hides_effect(found, line) else standing

    def _standing_of_rules(self, rules: PublishedRules) -> Standing:
        """Compare a version; one that follows another's is not new here: it would be in force."""
        standing = _compared_rules(rules, self._versions.get(rules.version))
        self._has_other_rules |= standing is Standing.DIFFERENT
        is_behind = self._has_other_rules and standing is Standing.NEW
        return Standing.DIFFERENT if is_behind else standing

    @cached_property
    def _writers(self) -> Mapping[type, Callable[[Any], object]]:
        state, store = self._state, self._store
        return {
            Approval: lambda one: state.approve(store, *_rule_and_fingerprint(one)),
            Bookmark: lambda one: state.replace_bookmark(store, one.name, one.text, None),
            Count: lambda one: state.raise_to(store, one.name, one.count),
            Hold: lambda one: state.hold(store, one.order_id, one.rule, one.reason),
            Parked: state.park,
            PausedRule: lambda one: state.pause_rule(store, one.rule),
            Receipt: lambda one: self._receipts.replace(one, None),
            Review: state.open_review,
            Run: lambda one: state.replace_run(one, None),
            Seen: lambda one: state.replace_seen(one, None),
        }

    def _all(self, work: Callable[[Any], T], values: Iterable[Any]) -> Iterator[T]:
        """Do something with each value, several at a time."""
        return self._pool.map(lambda value: patiently(self._clock, partial(work, value)), values)


@contextmanager
def target_of(here: Movable, store: str, *, keeps_different: bool = False) -> Iterator[Target]:
    """Yield a store of a host as a target for the length of the block."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield Target(here, store, pool, keeps_different=keeps_different)


def _place_of(record: Record) -> object:
    """Return what records have in common that lie together, as in a partition of a table."""
    match record:
        case Line():
            return LINE, record.order_id
        case Seen() | Hold():
            return record.order_id
        case _:
            return None


def _there(is_there: bool) -> Standing:
    return Standing.THERE if is_there else Standing.NEW


def _compared(line: Line, found: Line | None) -> Standing:
    if found is None:
        return Standing.NEW
    was_open = line.result is Result.INTENDED and line.attempt == found.attempt  # settled since
    is_about_hooks = line.order_id == HOOKS  # each host tries again in its own
    is_there = was_open or is_about_hooks or found == line
    return Standing.THERE if is_there else Standing.DIFFERENT


def _compared_rules(rules: PublishedRules, found: PublishedRules | None) -> Standing:
    if found is None:
        return Standing.NEW
    return Standing.THERE if found.digest == rules.digest else Standing.DIFFERENT


def _name_of(record: Record) -> tuple[type, str]:
    match record:
        case Review():
            return Review, record.id
        case Parked():
            return Parked, record.signal.receipt_key
        case Approval():
            return Approval, record.approved
        case PausedRule():
            return PausedRule, record.rule
    raise AssertionError(record)


def _rule_and_fingerprint(approval: Approval) -> tuple[str, str]:
    rule, _, fingerprint = approval.approved.rpartition(":")
    return rule, fingerprint
