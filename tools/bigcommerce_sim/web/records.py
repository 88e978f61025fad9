"""Reading back: every request, write, e-mail, event and webhook, from where one left off."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from starlette.requests import Request
from starlette.routing import Route

from bigcommerce_sim.store import SimulatedStore
from bigcommerce_sim.web.json_route import json_route

_MOST_ROWS = 1000
Row = TypeVar("Row")


def record_routes(store: SimulatedStore) -> list[Route]:
    """Return the routes that read records."""
    journal = store.journal
    return [
        _route("requests", journal.requests, lambda row: row.seq),
        _route("writes", journal.writes, lambda row: row.seq),
        _route("emails", journal.emails, lambda row: row.seq),
        _route("events", journal.events, lambda row: row.seq),
        _route("webhooks", store.attempts, lambda row: row.attempt.id),
    ]


def _route(name: str, rows: Iterable[Row], number: Callable[[Row], int]) -> Route:
    return json_route(
        "GET", f"/_sim/{name}", lambda request, _body: _chosen(request, rows, number)
    )


def _chosen(request: Request, rows: Iterable[Row], number: Callable[[Row], int]) -> list[Row]:
    query = request.query_params
    after = int(query.get("after", "0"))
    found = [row for row in rows if number(row) > after]
    if "order_id" in query:
        wanted = int(query["order_id"])
        found = [row for row in found if getattr(row, "order_id", None) == wanted]
    return found[: int(query.get("limit", str(_MOST_ROWS)))]
