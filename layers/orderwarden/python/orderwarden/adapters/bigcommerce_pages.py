"""Lists of the store's API, page after page: complete, or an error.

No link in an answer is followed. Source: docs/bigcommerce.md, "Lists".
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from operator import attrgetter
from typing import Final, Generic, TypeVar

from orderwarden.adapters.bigcommerce_call import Call, Query, Reply
from orderwarden.adapters.bigcommerce_http import StoreHttp
from orderwarden.adapters.bigcommerce_parse import rows
from orderwarden.domain.order import Json, whole
from orderwarden.errors import Rejected
from orderwarden.ports import Answer

LIMIT: Final = 250
"""The most rows that v2 gives at once."""

SURELY_SHORT: Final = 50
"""The page size of a store that ignores our limit: fewer rows than this are the last ones."""

MOST_PAGES: Final = 100
"""A list that goes on longer never ends; no order has thousands of lines."""

MOST_IDS: Final = 50
"""Ids asked for in one call."""

MOST_STALE_PAGES: Final = 10
"""Pages without a new row, one after the other, of a list that never ends."""

BY_ID: Final = attrgetter("id")

Row = TypeVar("Row")
Id = TypeVar("Id", int, str)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list."""

    rows: tuple[Row, ...]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """One list of the store's API.

    Attributes:
        path: As in `Call`.
        parse: Reads a row; raises `Rejected` for one that makes no sense.
        key: Tells rows apart; no two of a list have the same.
        query: What is asked for, without paging.
        most_pages: More of them make no sense.
    """

    path: str
    parse: Callable[[Json], Row]
    key: Callable[[Row], Hashable] = BY_ID
    query: Query = field(default_factory=dict)
    most_pages: int = MOST_PAGES


def all_v2(http: StoreHttp, wanted: Listing[Row]) -> Answer[tuple[Row, ...]]:
    """Read a whole v2 list: bare arrays, 204 where there is nothing (more).

    Returns:
        Every row, and the time of the first page.

    Raises:
        TryAgain: Also for a list that repeats rows or does not end.
    """

    def query(page: int) -> Query:
        return {**wanted.query, "page": page, "limit": LIMIT}

    def read(_page: int, reply: Reply) -> Page[Row]:
        found = () if reply.http_status == 204 else tuple(map(wanted.parse, rows(reply.json)))
        return Page(found, is_last=len(found) < SURELY_SHORT)

    return _all(http, wanted, query, read)


def all_v3(http: StoreHttp, wanted: Listing[Row]) -> Answer[tuple[Row, ...]]:
    """Read a whole v3 list: `data`, and `meta.pagination` which says how many pages there are.

    The first request names no page, since the documents know that parameter for few lists.
    Returns and raises as `all_v2` does.
    """
    return _all(http, wanted, partial(_v3_query, wanted), partial(_v3_page, wanted.parse))


def each_v3(http: StoreHttp, wanted: Listing[Row]) -> Iterator[Row]:
    """Read a v3 list to its end, a page at a time, however many there are.

    Rows that come again are left out: the list may grow at its front while it is read.

    Raises:
        TryAgain: Also for a list of which page after page tells nothing new.
    """
    seen: set[Hashable] = set()
    stale = 0
    for number in count(1):
        call = Call("GET", wanted.path, _v3_query(wanted, number))
        page = http.answer(call, partial(_v3_page, wanted.parse, number)).value
        new = {wanted.key(row): row for row in page.rows if wanted.key(row) not in seen}
        yield from new.values()
        if page.is_last:
            return
        seen.update(new)
        stale = 0 if new else stale + 1
        if stale == MOST_STALE_PAGES:
            raise call.unclear("nonsense_answer")


def all_by_ids(
    http: StoreHttp, wanted: Listing[Row], name: str, ids: Iterable[Id], at_once: int = MOST_IDS
) -> Answer[tuple[Row, ...]]:
    """Read the rows of a v3 list that some ids ask for, some a call; no ids, no call.

    Args:
        http: The way there.
        wanted: The list.
        name: Of the parameter that takes the ids, e.g. `id:in`.
        ids: In any order; numbers, or texts without commas.
        at_once: So many of them a call.
    """
    found: dict[Hashable, Row] = {}
    first_at = None
    for some in _by_ids(wanted, name, ids, at_once):
        answer = all_v3(http, some)
        first_at = first_at or answer.at
        found.update((wanted.key(row), row) for row in answer.value)
    return Answer(tuple(found.values()), first_at or http.now())


def each_by_ids(
    http: StoreHttp, wanted: Listing[Row], name: str, ids: Iterable[int]
) -> Iterator[Row]:
    """Read the rows that some ids ask for as `each_v3` does; no ids ask for all."""
    lists = list(_by_ids(wanted, name, ids, MOST_IDS))
    for some in lists or [wanted]:
        yield from each_v3(http, some)


def _by_ids(
    wanted: Listing[Row], name: str, ids: Iterable[Id], at_once: int
) -> Iterator[Listing[Row]]:
    left = sorted(set(ids))
    for begin in range(0, len(left), at_once):
        some = ",".join(map(str, left[begin : begin + at_once]))
        yield replace(wanted, query={**wanted.query, name: some})


def _all(
    http: StoreHttp,
    wanted: Listing[Row],
    query: Callable[[int], Query],
    read: Callable[[int, Reply], Page[Row]],
) -> Answer[tuple[Row, ...]]:
    found: dict[Hashable, Row] = {}
    first_at = None
    for number in range(1, wanted.most_pages + 1):
        call = Call("GET", wanted.path, query(number))
        answer = http.answer(call, partial(read, number))
        first_at = first_at or answer.at
        expected = len(found) + len(answer.value.rows)
        found.update((wanted.key(row), row) for row in answer.value.rows)
        if len(found) < expected:
            break  # the store repeats itself
        if answer.value.is_last:
            return Answer(tuple(found.values()), first_at)
    raise call.unclear("nonsense_answer")


def _v3_query(wanted: Listing[Row], page: int) -> Query:
    return {**wanted.query, "page": page} if page > 1 else wanted.query


def _v3_page(parse: Callable[[Json], Row], page: int, reply: Reply) -> Page[Row]:
    if reply.http_status == 204 and page == 1:
        return Page((), is_last=True)
    if not isinstance(reply.json, Mapping):
        raise Rejected("no_envelope")
    found = tuple(map(parse, rows(reply.json.get("data"))))
    is_last = page >= _pages(reply.json.get("meta"))
    if not found and not (is_last and page == 1):
        raise Rejected("more_was_promised")
    return Page(found, is_last)


def _pages(meta: object) -> int:
    """Return how many pages there are; one where nothing is said."""
    pagination = meta.get("pagination") if isinstance(meta, Mapping) else None
    said = pagination.get("total_pages") if isinstance(pagination, Mapping) else None
    if said is None:
        return 1
    pages = whole(said)
    if pages is None:
        raise Rejected("no_total_pages")
    return pages
