"""Pages: bare arrays in v2, `data` and `meta` in v3."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from urllib.parse import urlencode

from bigcommerce_sim.api.call import Call
from bigcommerce_sim.exchange import Response, json_response, no_content
from bigcommerce_sim.world.refusal import Refusal, invalid, unprocessable, unsupported

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 250
Row = TypeVar("Row")


def whole_number(text: str, lowest: int = 0) -> int:
    """Read a number from a query.

    Raises:
        ValueError: not a plain number, too long, or below `lowest`.
    """
    if not (text.isascii() and text.isdigit()) or len(text) > 18 or int(text) < lowest:
        raise ValueError("not a whole number")
    return int(text)


def page_and_limit(call: Call, most: int = LARGEST_LIMIT) -> tuple[int, int]:
    """Read `page` and `limit`.

    Raises:
        Refusal: 400 (v3: 422) for what is not a number, 413 for a limit above `most`
            where the store is set to refuse it.
    """
    numbers = []
    for name, standard in (("page", 1), ("limit", DEFAULT_LIMIT)):
        try:
            numbers.append(whole_number(call.query.get(name, str(standard)), 1))
        except ValueError:
            raise bad_parameter(call, name) from None
    page, limit = numbers
    if limit > most and call.world.settings.over_limit == "refuse":
        raise Refusal(413, f"No more than {most} rows at once.")
    return page, min(limit, most)


def bad_parameter(call: Call, name: str) -> Refusal:
    """Return the refusal of a query parameter, in the version's manner."""
    if "/v3/" in call.request.path:
        return unprocessable({name: "error.expected.number"})
    return invalid(name)


def v2_list(
    call: Call,
    rows: Sequence[Row],
    show: Callable[[Row], object],
    also: frozenset[str] = frozenset(),
) -> Response:
    """Return one page of rows as a bare array; 204 where it is empty.

    Raises:
        Refusal: 400 for a parameter that is neither for pages nor named in `also`.
    """
    for name in call.query:
        if name not in ("page", "limit") and name not in also:
            raise unsupported(name)
    page, limit = page_and_limit(call)
    shown = [show(row) for row in rows[(page - 1) * limit : page * limit]]
    return json_response(shown) if shown else no_content()


def v3_list(
    call: Call,
    rows: Sequence[Row],
    show: Callable[[Row], object],
    most: int = LARGEST_LIMIT,
) -> Response:
    """Return one page of rows with `meta.pagination`."""
    page, limit = page_and_limit(call, most=most)
    shown = [show(row) for row in rows[(page - 1) * limit : page * limit]]
    pages = pagination(call, len(rows), len(shown), page, limit)
    return json_response({"data": shown, "meta": {"pagination": pages}})


def v3_one(data: object, status: int = 200) -> Response:
    """Return one thing with an empty `meta`."""
    return json_response({"data": data, "meta": {}}, status)


def pagination(call: Call, total: int, count: int, page: int, limit: int) -> dict[str, object]:
    """Return `meta.pagination`; links are only there where they lead somewhere."""
    total_pages = -(-total // limit)
    links = {"current": _link(call, page, limit)}
    if page > 1:
        links["previous"] = _link(call, page - 1, limit)
    if page < total_pages:
        links["next"] = _link(call, page + 1, limit)
    return {
        "total": total,
        "count": count,
        "per_page": limit,
        "current_page": page,
        "total_pages": total_pages,
        "links": links,
    }


def _link(call: Call, page: int, limit: int) -> str:
    return "?" + urlencode({**call.query, "page": page, "limit": limit})
