"""Lists of the store's API, page after page: complete, or an error.

No link in an answer is followed. Source: docs/bigcommerce.md, "Lists".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final, Generic, Protocol, TypeVar

from orderwarden.adapters.bigcommerce_call import Call, Reply
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


class HasId(Protocol):
    """A row of a list."""

    @property
    def id(self) -> int | str:
        """Return what no other row of the list has."""
        ...


Row = TypeVar("Row", bound=HasId)


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list."""

    rows: tuple[Row, ...]
    is_last: bool


def all_v2(http: StoreHttp, path: str, parse: Callable[[Json], Row]) -> Answer[tuple[Row, ...]]:
    """Read a whole v2 list: bare arrays, 204 where there is nothing (more).

    Returns:
        Every row, and the time of the first page.

    Raises:
        TryAgain: Also for a list that repeats rows or does not end.
    """

    def query(page: int) -> Mapping[str, int]:
        return {"page": page, "limit": LIMIT}

    def read(_page: int, reply: Reply) -> Page[Row]:
        found = () if reply.http_status == 204 else tuple(map(parse, rows(reply.json)))
        return Page(found, is_last=len(found) < SURELY_SHORT)

    return _all(http, path, query, read)


def all_v3(http: StoreHttp, path: str, parse: Callable[[Json], Row]) -> Answer[tuple[Row, ...]]:
    """Read a whole v3 list: `data`, and `meta.pagination` which says how many pages there are.

    The first request names no page, since the documents know that parameter for few lists.
    Returns and raises as `all_v2` does.
    """

    def query(page: int) -> Mapping[str, int]:
        return {"page": page} if page > 1 else {}

    def read(page: int, reply: Reply) -> Page[Row]:
        if reply.http_status == 204 and page == 1:
            return Page((), is_last=True)
        if not isinstance(reply.json, Mapping):
            raise Rejected("no_envelope")
        found = tuple(map(parse, rows(reply.json.get("data"))))
        is_last = page >= _pages(reply.json.get("meta"))
        if not found and not (is_last and page == 1):
            raise Rejected("more_was_promised")
        return Page(found, is_last)

    return _all(http, path, query, read)


def _all(
    http: StoreHttp,
    path: str,
    query: Callable[[int], Mapping[str, int]],
    read: Callable[[int, Reply], Page[Row]],
) -> Answer[tuple[Row, ...]]:
    found: dict[int | str, Row] = {}
    first_at = None
    for number in range(1, MOST_PAGES + 1):
        call = Call("GET", path, query(number))
        answer = http.answer(call, partial(read, number))
        first_at = first_at or answer.at
        count = len(found) + len(answer.value.rows)
        found.update((row.id, row) for row in answer.value.rows)
        if len(found) < count:
            break  # the store repeats itself
        if answer.value.is_last:
            return Answer(tuple(found.values()), first_at)
    raise call.unclear("nonsense_answer")


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
