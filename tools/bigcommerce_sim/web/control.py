"""The control API under `/_sim/`: act as people, set faults, turn the clock, read back.

It is JSON throughout and asks for no token: it is for the machine it runs on.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bigcommerce_sim.accounts import EVERY_SCOPE, Account
from bigcommerce_sim.api.order_view import line_body, order_body
from bigcommerce_sim.api.pages import whole_number
from bigcommerce_sim.faults import FaultRule
from bigcommerce_sim.store import SimulatedStore
from bigcommerce_sim.web.acts_by_name import PLACE, REGISTER, order_acts, read_fields
from bigcommerce_sim.web.plain import plain
from bigcommerce_sim.world.refusal import Refusal
from bigcommerce_sim.world.statuses import status_id_of

Json = Mapping[str, object]
Endpoint = Callable[[Request, Json], object]
_MOST_ROWS = 1000


def control_routes(store: SimulatedStore) -> list[Route]:
    """Return the routes of the control API."""
    control = _Control(store)
    return [
        _route("GET", "/_sim/status", control.status),
        _route("GET", "/_sim/orders/{id}", control.order),
        _route("POST", "/_sim/orders", control.place),
        _route("POST", "/_sim/orders/{id}/{act}", control.act),
        _route("POST", "/_sim/customers", control.register),
        _route("POST", "/_sim/customers/{id}", control.move_customer),
        _route("POST", "/_sim/stock", control.set_stock),
        _route("POST", "/_sim/labels", control.rename_status),
        _route("GET", "/_sim/faults", control.list_faults),
        _route("POST", "/_sim/faults", control.add_fault),
        _route("DELETE", "/_sim/faults", control.clear_faults),
        _route("DELETE", "/_sim/faults/{id}", control.remove_fault),
        _route("GET", "/_sim/settings", lambda _request, _body: asdict(store.settings)),
        _route("PATCH", "/_sim/settings", control.change_settings),
        _route("GET", "/_sim/clock", control.clock),
        _route("POST", "/_sim/clock", control.turn_clock),
        _route("POST", "/_sim/quota", control.use_quota),
        _route("POST", "/_sim/accounts", control.add_account),
        _route("DELETE", "/_sim/accounts/{token}", control.revoke),
        _route("GET", "/_sim/hooks", control.hooks),
        _route("GET", "/_sim/requests", control.requests),
        _route("GET", "/_sim/writes", control.writes),
        _route("GET", "/_sim/emails", control.emails),
        _route("GET", "/_sim/events", control.events),
        _route("GET", "/_sim/webhooks", control.webhooks),
    ]


class _Control:
    def __init__(self, store: SimulatedStore) -> None:
        self._store = store
        self._acts = order_acts(store)

    def status(self, _request: Request, _body: Json) -> object:
        store = self._store
        with store.lock:
            store.world.settle()
            return {
                "store": store.world.identity.hash,
                "now": store.clock.now(),
                "orders": len(store.world.orders),
                "requests": len(store.journal.requests),
                "writes": len(store.journal.writes),
                "emails": len(store.journal.emails),
                "events": len(store.journal.events),
                "webhook_attempts": len(store.attempts),
                "webhooks_pending": store.dispatcher.pending,
                "faults_fired": store.faults.counts(),
            }

    def order(self, request: Request, _body: Json) -> object:
        store = self._store
        with store.lock:
            order = store.order(_number(request))
            return {
                "order": order_body(store.world, order),
                "lines": [line_body(order, line) for line in order.lines],
                "writes": store.journal.writes_of(order.id),
            }

    def place(self, _request: Request, body: Json) -> object:
        given = read_fields(body, PLACE)
        return {"id": self._store.shopper.place(**given)}  # type: ignore[arg-type]

    def act(self, request: Request, body: Json) -> object:
        act = self._acts.get(request.path_params["act"])
        if act is None:
            raise LookupError(f"no such act; there are {', '.join(self._acts)}")
        return {"result": act.run(_number(request), **read_fields(body, act.fields))}

    def register(self, _request: Request, body: Json) -> object:
        given = read_fields(body, REGISTER)
        return {"id": self._store.shopper.register(**given)}  # type: ignore[arg-type]

    def move_customer(self, request: Request, body: Json) -> object:
        group_id = body.get("group_id")
        if not isinstance(group_id, int):
            raise ValueError("give group_id")
        self._store.staff.move_customer(_number(request), group_id)
        return {}

    def set_stock(self, _request: Request, body: Json) -> object:
        on_hand, sku = body.get("on_hand"), body.get("sku")
        if not isinstance(on_hand, int) or not isinstance(sku, str):
            raise ValueError("give sku and on_hand")
        self._store.staff.set_stock(sku, on_hand)
        return {}

    def rename_status(self, _request: Request, body: Json) -> object:
        status = body.get("status")
        if not isinstance(status, int | str):
            raise ValueError("give status and label")
        self._store.staff.rename_status(status_id_of(status), str(body.get("label", "")))
        return {}

    def list_faults(self, _request: Request, _body: Json) -> object:
        with self._store.lock:
            return {"rules": self._store.faults.rules, "fired": self._store.faults.fired}

    def add_fault(self, _request: Request, body: Json) -> object:
        if not body.keys() <= {each.name for each in fields(FaultRule)}:
            raise ValueError("unknown field of a fault rule")
        with self._store.lock:
            return {"id": self._store.faults.add(FaultRule(**body))}  # type: ignore[arg-type]

    def clear_faults(self, _request: Request, _body: Json) -> object:
        with self._store.lock:
            self._store.faults.clear()
        return {}

    def remove_fault(self, request: Request, _body: Json) -> object:
        with self._store.lock:
            if not self._store.faults.remove(_number(request)):
                raise LookupError("no such rule")
        return {}

    def change_settings(self, _request: Request, body: Json) -> object:
        settings = self._store.settings
        trial = replace(settings)
        for each in (trial, settings):  # a bad one among them changes nothing
            with self._store.lock:
                for name, value in body.items():
                    each.change(name, value)
        return asdict(settings)

    def clock(self, _request: Request, _body: Json) -> object:
        return {"now": self._store.clock.now()}

    def turn_clock(self, _request: Request, body: Json) -> object:
        seconds = body.get("turn_s")
        if not isinstance(seconds, int | float) or abs(seconds) > 10**9:
            raise ValueError("give turn_s in seconds")
        now = self._store.clock.turn(seconds)
        self._store.settle()
        return {"now": now}

    def use_quota(self, _request: Request, body: Json) -> object:
        units = body.get("units")
        if not isinstance(units, int) or units < 0:
            raise ValueError("give units")
        with self._store.lock:
            return {"taken": self._store.quota.take(self._store.clock.now(), units)}

    def add_account(self, _request: Request, body: Json) -> object:
        names = ("client_id", "client_secret", "token")
        client_id, client_secret, token = (str(body.get(name, "")) for name in names)
        scopes = body.get("scopes", list(EVERY_SCOPE))
        if not (client_id and client_secret and token) or not isinstance(scopes, list):
            raise ValueError("give client_id, client_secret, token and, if you like, scopes")
        account = Account(client_id, client_secret, token, frozenset(map(str, scopes)))
        with self._store.lock:
            self._store.accounts.add(account)
        return {"client_id": client_id}

    def revoke(self, request: Request, _body: Json) -> object:
        with self._store.lock:
            return {"revoked": self._store.accounts.revoke(request.path_params["token"])}

    def hooks(self, _request: Request, _body: Json) -> object:
        with self._store.lock:
            return list(self._store.hooks)

    def requests(self, request: Request, _body: Json) -> object:
        return _rows(request, self._store.journal.requests, lambda row: row.seq)

    def writes(self, request: Request, _body: Json) -> object:
        return _rows(request, self._store.journal.writes, lambda row: row.seq)

    def emails(self, request: Request, _body: Json) -> object:
        return _rows(request, self._store.journal.emails, lambda row: row.seq)

    def events(self, request: Request, _body: Json) -> object:
        return _rows(request, self._store.journal.events, lambda row: row.seq)

    def webhooks(self, request: Request, _body: Json) -> object:
        return _rows(request, self._store.attempts, lambda row: row.attempt.id)


Row = TypeVar("Row")


def _rows(request: Request, rows: Iterable[Row], number: Callable[[Row], int]) -> list[Row]:
    query = request.query_params
    after = int(query.get("after", "0"))
    found = [row for row in rows if number(row) > after]
    if "order_id" in query:
        wanted = int(query["order_id"])
        found = [row for row in found if getattr(row, "order_id", None) == wanted]
    return found[: int(query.get("limit", str(_MOST_ROWS)))]


def _number(request: Request) -> int:
    try:
        return whole_number(request.path_params["id"])
    except ValueError:
        raise LookupError("no such number") from None


def _route(method: str, path: str, endpoint: Endpoint) -> Route:
    async def run(request: Request) -> Response:
        try:
            body = json.loads(await request.body() or b"{}")
            if not isinstance(body, dict):
                raise ValueError("the body must be a JSON object")
            return JSONResponse(plain(endpoint(request, body)))
        except LookupError as problem:
            return _error(404, problem)
        except Refusal as refusal:
            return _error(refusal.status, refusal)
        except (ValueError, TypeError, OverflowError, RecursionError) as problem:
            return _error(400, problem)

    return Route(path, run, methods=[method])


def _error(status: int, problem: Exception) -> Response:
    return JSONResponse({"error": str(problem)}, status_code=status)
