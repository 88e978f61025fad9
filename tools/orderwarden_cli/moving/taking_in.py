"""Take a checked file in: compare all of it with what stands there, then write what is new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from orderwarden.errors import ConfigurationError
from orderwarden.ports import PublishedRules

from orderwarden_cli.moving.checking import found_in
from orderwarden_cli.moving.fields import Unreadable
from orderwarden_cli.moving.records import End, Head, Record, kind_of
from orderwarden_cli.moving.target import Standing, Target
from orderwarden_cli.progress import Advance

PAGE: Final = 500

Numbered = tuple[int, Record]


@dataclass
class Compared:
    """How a file compares with what stands there.

    Attributes:
        new: How many records of each kind are not there.
        there: How many are there already.
        different: Records of which another stands there, with the numbers of their lines.
    """

    new: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)
    different: list[Numbered] = field(default_factory=list)


def compare(stream: BinaryIO, target: Target, total: int, advance: Advance) -> Compared:
    """Return how a file compares with what stands there; writes nothing."""
    compared = Compared()
    done = 0
    for page in _pages(stream):
        standings = target.standing_of([record for _, record in page])
        for (number, record), standing in zip(page, standings, strict=True):
            _tally(compared, number, record, standing)
        done += len(page)
        advance(done, total)
    return compared


def write(
    stream: BinaryIO, target: Target, total: int, advance: Advance, look: Callable[[], None]
) -> Sequence[Numbered]:
    """Write all that is not there, the rules last; return what stands there otherwise.

    What is written twice is written once: a run that died is made good by another. `look` is
    called before each page and each version of the rules, and raises where nothing more may be
    written: without rules a store does nothing, however much of its lines is there.
    """
    refused: list[Numbered] = []
    rules: list[Numbered] = []
    done = 0
    for page in _pages(stream):
        rules += [each for each in page if isinstance(each[1], PublishedRules)]
        others = [each for each in page if not isinstance(each[1], PublishedRules)]
        look()
        refused += _written(target, others)
        done += len(page)
        advance(done, total)
    for each in rules:  # one after the other: each follows the one before it
        look()
        refused += _written(target, [each])
    return refused


def _written(target: Target, page: Sequence[Numbered]) -> Iterator[Numbered]:
    """Write what of a page is new; yield those of which another stands there."""
    standings = target.standing_of([record for _, record in page])
    compared = list(zip(page, standings, strict=True))
    yield from (each for each, standing in compared if standing is Standing.DIFFERENT)
    new = [each for each, standing in compared if standing is Standing.NEW]
    written = target.write([record for _, record in new])
    for each, standing in zip(new, written, strict=True):
        if standing is Standing.DIFFERENT:  # somebody wrote it just now
            yield each


def _tally(compared: Compared, number: int, record: Record, standing: Standing) -> None:
    match standing:
        case Standing.NEW:
            compared.new[kind_of(record)] += 1
        case Standing.THERE:
            compared.there[kind_of(record)] += 1
        case Standing.DIFFERENT:
            compared.different.append((number, record))


def _pages(stream: BinaryIO) -> Iterator[Sequence[Numbered]]:
    page: list[Numbered] = []
    for number, record in found_in(stream):
        if isinstance(record, Unreadable):
            raise ConfigurationError(
                f"line {number}: the file was changed while it was imported, and can no longer be "
                "read; what was written stays: run the import again once nobody writes to the file"
            )
        if not isinstance(record, Head | End):
            page.append((number, record))
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page
