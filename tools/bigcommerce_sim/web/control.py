"""The control API under `/_sim/`: act as people, set faults, turn the clock.

It is JSON throughout and asks for no token: it is for the machine it runs on.
"""

from dataclasses import asdict, fields, replace

from starlette.requests import Request
from starlette.routing import Route

from bigcommerce_sim.accounts import EVERY_SCOPE, Account
from bigcommerce_sim.api.order_view import line_body, order_body
from bigcommerce_sim.api.pages import whole_number
from bigcommerce_sim.faults import FaultRule
from bigcommerce_sim.store import SimulatedStore
from bigcommerce_sim.web.acts_by_name import (
    LOCATION,
    PLACE,
    REGISTER,
    STOCK,
    order_acts,
    read_fields,
)
from bigcommerce_sim.web.json_route import Json, json_route
from bigcommerce_sim.web.records import record_routes
from bigcommerce_sim.world.statuses import status_id_of


def control_routes(store: SimulatedStore) -> list[Route]:
    """Return the routes of the control API."""
    control = _Control(store)
    return [
        json_route("GET", "/_sim/status", control.status),
        json_route("GET", "/_sim/orders/{id}", control.order),
        json_route("POST", "/_sim/orders", control.place),
        json_route("POST", "/_sim/orders/{id}/{act}", control.act),
        json_route("POST", "/_sim/customers", control.register),
        json_route("POST", "/_sim/customers/{id}", control.move_customer),
        json_route("POST", "/_sim/stock", control.set_stock),
        json_route("POST", "/_sim/locations", control.open_location),
        json_route("POST", "/_sim/labels", control.rename_status),
        json_route("GET", "/_sim/faults", control.list_faults),
        json_route("POST", "/_sim/faults", control.add_fault),
        json_route("DELETE", "/_sim/faults", control.clear_faults),
        json_route("DELETE", "/_sim/faults/{id}", control.remove_fault),
        json_route("GET", "/_sim/settings", lambda _request, _body: asdict(store.settings)),
        json_route("PATCH", "/_sim/settings", control.change_settings),
        json_route("GET", "/_sim/clock", control.clock),
        json_route("POST", "/_sim/clock", control.turn_clock),
        json_route("POST", "/_sim/quota", control.use_quota),
        json_route("POST", "/_sim/accounts", control.add_account),
        json_route("DELETE", "/_sim/accounts/{token}", control.revoke),
        json_route("GET", "/_sim/hooks", control.hooks),
        json_route("POST", "/_sim/hooks/{id}/deactivate", control.deactivate_hook),
        json_route("POST", "/_sim/blocks", control.block_domain),
        *record_routes(store),
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
        if "sku" not in body:
            raise ValueError("give sku")
        self._store.staff.set_stock(**read_fields(body, STOCK))  # type: ignore[arg-type]
        return {}

    def open_location(self, _request: Request, body: Json) -> object:
        if "code" not in body:
            raise ValueError("give code")
        given = read_fields(body, LOCATION)
        return {"id": self._store.staff.open_location(**given)}  # type: ignore[arg-type]

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

    def deactivate_hook(self, request: Request, _body: Json) -> object:
        self._store.deactivate_hook(_number(request))
        return {}

    def block_domain(self, _request: Request, body: Json) -> object:
        client_id, domain = body.get("client_id"), body.get("domain")
        if not isinstance(client_id, str) or not isinstance(domain, str):
            raise ValueError("give client_id and domain")
        self._store.block_domain(client_id, domain)
        return {}


def _number(request: Request) -> int:
    try:
        return whole_number(request.path_params["id"])
    except ValueError:
        raise LookupError("no such number") from None
