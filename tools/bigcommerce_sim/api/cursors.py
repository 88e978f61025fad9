"""Lists of v3 that can be paged by cursor as well as by number."""

import base64
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar
from urllib.parse import quote

from bigcommerce_sim.api.call import Call, JsonObject
from bigcommerce_sim.api.pages import page_and_limit, pagination
from bigcommerce_sim.exchange import Response, json_response
from bigcommerce_sim.world.refusal import unprocessable

CURSORS = frozenset({"after", "before"})


class Numbered(Protocol):
    """Have an id."""

    @property
    def id(self) -> int:
        """Return the id."""
        ...


Row = TypeVar("Row", bound=Numbered)


def cursor_list(call: Call, rows: Sequence[Row], show: Callable[[Row], object]) -> Response:
    """Return one page of rows with both kinds of `meta`.

    Raises:
        Refusal: 422 for a cursor that leads nowhere, or two of them.
    """
    page, limit = page_and_limit(call)
    shown = _cut(call, rows, page, limit)
    meta = {
        "pagination": pagination(call, len(rows), len(shown), page, limit),
        "cursor_pagination": _cursors(shown, rows, limit),
    }
    return json_response({"data": [show(row) for row in shown], "meta": meta})


def _cut(call: Call, rows: Sequence[Row], page: int, limit: int) -> Sequence[Row]:
    ids = [row.id for row in rows]
    if call.query.keys() >= CURSORS:
        raise unprocessable({"cursor": "after and before exclude each other"})
    try:
        if "after" in call.query:
            start = ids.index(_id_of(call.query["after"])) + 1
            return rows[start : start + limit]
        if "before" in call.query:
            end = ids.index(_id_of(call.query["before"]))
            return rows[max(end - limit, 0) : end]
    except ValueError:
        raise unprocessable({"cursor": "error.expected.validvalue"}) from None
    return rows[(page - 1) * limit : page * limit]


def _cursors(shown: Sequence[Row], rows: Sequence[Row], limit: int) -> JsonObject:
    body: JsonObject = {"count": len(shown), "per_page": limit, "links": {}}
    if not shown:
        return body
    start, end = _cursor_of(shown[0]), _cursor_of(shown[-1])
    links = {}
    if shown[0] is not rows[0]:
        links["previous"] = f"?limit={limit}&before={quote(start)}"
    if shown[-1] is not rows[-1]:
        links["next"] = f"?limit={limit}&after={quote(end)}"
    return {**body, "start_cursor": start, "end_cursor": end, "links": links}


def _cursor_of(row: Numbered) -> str:
    return base64.b64encode(f"id:{row.id}".encode()).decode("ascii")


def _id_of(cursor: str) -> int:
    return int(base64.b64decode(cursor, validate=True).removeprefix(b"id:")[:18])
